"""The main window: rail of modules on the left, header with organization, platform time and account, content, toasts.

The shell knows no module: it is handed `NavEntry`s and makes each page the first time it is shown. Another role is
another list (`set_entries`). At most seven entries take the shortcuts Ctrl+1…7; the rest stands at the foot.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QButtonGroup, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.clock import Clock
from desktop.domain.errors import MisuseError
from desktop.ui.focus_ring import FocusRings
from desktop.ui.header import Header, MenuEntry, UnitEntry
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import KitButton
from desktop.ui.kit.progress import SyncState
from desktop.ui.kit.surfaces import Icon
from desktop.ui.kit.toast import Toast
from desktop.ui.shortcuts import ShortcutsDialog
from desktop.ui.theme import current, themed_icon

MAX_ENTRIES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """One module. `title` is called for the words, so that it follows the language; `factory` makes the page once.

    `within` names the module that this one is reached from: it has no entry in the rail, which marks that module.
    """

    id: str
    title: Callable[[], str]
    icon: str
    factory: Callable[[], QWidget]
    shortcut: str = ""
    is_foot: bool = False
    within: str = ""


class _RailButton(KitButton):
    """A module in the rail."""

    def __init__(self, entry: NavEntry) -> None:
        super().__init__(icon=entry.icon, name=f"nav_{entry.id}")
        self.setCheckable(True)
        # Wider than the icon: the room beside it parts it from the words.
        self.setIconSize(QSize(32, 20))
        self.toggled.connect(self._tint)

    def _tint(self) -> None:
        self.setIcon(themed_icon(self._icon, "rail_text" if self.isChecked() else "rail_muted"))


class MainShell(QMainWindow):
    """The window. `page_shown(id)` tells of each change of page."""

    page_shown = Signal(str)
    closing = Signal()

    def __init__(
        self,
        entries: Sequence[NavEntry],
        *,
        clock: Clock,
        user_menu: Sequence[MenuEntry] = (),
        product: Callable[[], str] = lambda: tr("投标签章客户端"),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("mainShell")
        sizes = current().sizes
        self.setMinimumSize(sizes.window_width, sizes.window_height)
        self._product = product
        self._entries: tuple[NavEntry, ...] = ()
        self._buttons: dict[str, _RailButton] = {}
        self._pages: dict[str, QWidget] = {}
        self._shortcuts: list[QShortcut] = []
        self._current_id = ""
        #: Asked before the window closes; who answers no closes it later, or not at all.
        self.may_close: Callable[[], bool] = lambda: True
        self.header = Header(clock, user_menu)
        self.clock = self.header.clock
        self._stack = QStackedWidget()
        self._stack.setObjectName("shellContent")
        central = self._build()
        self.toast = Toast(central)
        self._add_help()
        FocusRings(self)
        self._is_built = True
        self.set_entries(entries)

    _is_built = False

    @property
    def current_id(self) -> str:
        """The id of the page shown."""
        return self._current_id

    def has_page(self, identity: str) -> bool:
        """Tell whether this role has a page called `identity`."""
        return any(entry.id == identity for entry in self._entries)

    @property
    def pages(self) -> dict[str, QWidget]:
        """The pages that were made, by id."""
        return dict(self._pages)

    def page(self, identity: str) -> QWidget:
        """Return the page `identity`, making it if it was never shown.

        Raises:
            MisuseError: there is no such entry.
        """
        if identity not in self._pages:
            entry = next((entry for entry in self._entries if entry.id == identity), None)
            if entry is None:
                raise MisuseError("general.unexpected", f"no page {identity}")
            made = entry.factory()
            self._pages[identity] = made
            self._stack.addWidget(made)
        return self._pages[identity]

    def show_page(self, identity: str) -> None:
        """Bring the page `identity` to the front."""
        shown = self.page(identity)
        self._stack.setCurrentWidget(shown)
        within = next(entry.within for entry in self._entries if entry.id == identity)
        button = self._buttons[within or identity]
        button.setChecked(True)
        self._current_id = identity
        (_first_focus(shown) or button).setFocus(Qt.FocusReason.OtherFocusReason)
        self._retitle()
        self.page_shown.emit(identity)

    def set_entries(self, entries: Sequence[NavEntry]) -> None:
        """Replace all modules, as when another role logs in; earlier pages are deleted and the first entry is shown.

        Raises:
            MisuseError: more than seven entries above the foot.
        """
        if sum(not (entry.is_foot or entry.within) for entry in entries) > MAX_ENTRIES:
            raise MisuseError("general.unexpected", "more than seven entries in the rail")
        self._forget_pages()
        self._entries = tuple(entries)
        for entry in self._entries:
            if not entry.within:
                self._add_button(entry)
        self.retranslate()
        if self._entries:
            self.show_page(self._entries[0].id)

    def set_account(self, organization: str, person: str) -> None:
        """Show who works for whom; an empty person hides the account menu."""
        self.header.set_account(organization, person)

    def set_units(self, units: Sequence[UnitEntry], chosen: str) -> None:
        """Show for which of the person's units work is done; `header.unit_chosen` asks for another."""
        self.header.set_units(units, chosen)

    def set_unread(self, count: int) -> None:
        """Show how many notices are unread."""
        self.header.bell.set_unread(count)

    def show_shortcuts(self) -> None:
        """List the keys that work here."""
        pages = [(entry.shortcut, entry.title()) for entry in self._entries if entry.shortcut]
        ShortcutsDialog(pages, self).open()

    def next_region(self, step: int = 1) -> None:
        """Bring the focus to the next of rail, page and header, so that no long page has to be walked through."""
        regions = [region for region in (self._rail, self._stack.currentWidget(), self.header) if region is not None]
        focus = QApplication.focusWidget()
        at = next((n for n, region in enumerate(regions) if focus and region.isAncestorOf(focus)), -1)
        for offset in range(1, len(regions) + 1):
            region = regions[(at + step * offset) % len(regions)]
            target = self._group.checkedButton() if region is self._rail else _first_focus(region)
            if target is not None and target.isVisible():
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def set_sync_state(self, state: SyncState) -> None:
        """Show whether the clock is in step with the platform."""
        self.clock.set_state(state)

    def show_toast(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Say `text` for a moment at the lower edge."""
        self.toast.show_text(text, tone)

    def add_bar(self, bar: QWidget) -> None:
        """Put `bar`, which shows and hides itself, between header and page: it is there whatever page is shown."""
        self._bars.addWidget(bar)

    def set_rail_visible(self, *, visible: bool) -> None:
        """Hide the rail where there is nothing to go to, as before login."""
        self._rail.setVisible(visible)

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._brand.setText(self._product())
        for entry in self._entries:
            if entry.within:
                continue
            button = self._buttons[entry.id]
            button.setText(entry.title())
            button.setToolTip(f"{entry.title()}  {entry.shortcut}".strip())
        self._retitle()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if not self._is_built:
            return
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whether it may be now, and tell whoever must stop something first."""
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    def _retitle(self) -> None:
        entry = next((entry for entry in self._entries if entry.id == self._current_id), None)
        self.header.title.setText(entry.title() if entry else "")
        self.setWindowTitle(f"{entry.title()} - {self._product()}" if entry else self._product())

    def _build(self) -> QWidget:
        central = QWidget()
        row = QHBoxLayout(central)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._rail = self._build_rail()
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.header)
        self._bars = QVBoxLayout()
        right.addLayout(self._bars)
        right.addWidget(self._stack, 1)
        row.addWidget(self._rail)
        row.addLayout(right, 1)
        self.setCentralWidget(central)
        return central

    def _add_help(self) -> None:
        # Where a question mark needs Shift, some platforms tell Shift with it and some do not, and some both.
        for keys, act in (
            (("F1", "?", "Shift+?"), self.show_shortcuts),
            (("F6",), self.next_region),
            (("Shift+F6",), lambda: self.next_region(-1)),
        ):
            shortcut = QShortcut(self)
            shortcut.setKeys([QKeySequence(each) for each in keys])
            shortcut.activated.connect(act)
            shortcut.activatedAmbiguously.connect(act)

    def _build_rail(self) -> QWidget:
        rail = QWidget()
        rail.setObjectName("rail")
        rail.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rail.setFixedWidth(current().sizes.rail)
        self._brand = Label(role="lead", name="brand")
        mark = QHBoxLayout()
        mark.setContentsMargins(20, 0, 16, 0)
        mark.setSpacing(12)
        mark.addWidget(Icon("brand", "rail_marker", 24))
        mark.addWidget(self._brand, 1)
        self._group = QButtonGroup(self)
        self._main_entries, self._foot_entries = QVBoxLayout(), QVBoxLayout()
        column = QVBoxLayout(rail)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(0)
        column.addLayout(mark)
        column.addSpacing(24)
        for part in (self._main_entries, self._foot_entries):
            part.setSpacing(0)
        column.addLayout(self._main_entries)
        column.addStretch()
        column.addLayout(self._foot_entries)
        return rail

    def _add_button(self, entry: NavEntry) -> None:
        button = _RailButton(entry)
        button.clicked.connect(lambda: self.show_page(entry.id))
        self._group.addButton(button)
        self._buttons[entry.id] = button
        (self._foot_entries if entry.is_foot else self._main_entries).addWidget(button)
        if entry.shortcut:
            shortcut = QShortcut(QKeySequence(entry.shortcut), self)
            shortcut.activated.connect(lambda: self.show_page(entry.id))
            self._shortcuts.append(shortcut)

    def _forget_pages(self) -> None:
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.setParent(None)
            button.deleteLater()
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        for page in self._pages.values():
            self._stack.removeWidget(page)
            page.deleteLater()
        self._buttons, self._pages, self._current_id = {}, {}, ""
        self._shortcuts = []


def _first_focus(page: QWidget) -> QWidget | None:
    """Return what Tab would reach first inside `page`, if anything."""
    candidate = page.nextInFocusChain()
    while candidate is not None and page.isAncestorOf(candidate):
        takes_tab = candidate.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
        if takes_tab and candidate.isEnabled() and candidate.isVisibleTo(page):
            return candidate
        candidate = candidate.nextInFocusChain()
    return None


__all__ = ["MAX_ENTRIES", "MainShell", "MenuEntry", "NavEntry", "UnitEntry"]
