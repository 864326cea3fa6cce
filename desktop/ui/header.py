"""The header: what page this is, for which unit one works and as what, platform time, notices, the person.

Where a person belongs to several units, the unit is a menu to switch by; whether that may be done now is for whoever
hears `unit_chosen` to say, so the header shows another unit only when it is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from desktop.domain.clock import Clock
from desktop.ui.i18n import tr
from desktop.ui.kit.base import ElidedLabel, KitFrame, Label, plain_tooltip
from desktop.ui.kit.buttons import IconButton
from desktop.ui.kit.progress import ServerClock
from desktop.ui.theme import current, themed_icon

#: What parts an icon from its words.
_ROOM = 4
_MOST = 99
_UNIT_CHARACTERS = 28
_UNIT_LEAST_PX = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One line of the account menu; `is_separated` draws a line above it."""

    id: str
    title: Callable[[], str]
    icon: str
    action: Callable[[], object]
    is_separated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """A unit that the person may work for; `role` is called for the word, so that it follows the language."""

    id: str
    name: str
    role: Callable[[], str]


class NoticeBell(IconButton):
    """A bell with the number of unread notices on it; the number is said to a screen reader as well."""

    def __init__(self) -> None:
        super().__init__("bell", "", name="noticeBell")
        self._unread = 0
        self.setFixedSize(40, 36)
        self.retranslate()

    @property
    def unread(self) -> int:
        """How many notices nobody has read."""
        return self._unread

    def set_unread(self, count: int) -> None:
        """Show how many notices are unread."""
        self._unread = count
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        """Say the number."""
        self.set_text(tr("通知: {count} 条未读", count=self._unread) if self._unread else tr("通知: 没有未读"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number over the upper right of the bell."""
        super().paintEvent(event)
        if not self._unread:
            return
        colours = current().colours
        text = str(self._unread) if self._unread <= _MOST else f"{_MOST}+"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(10)
        font.setBold(True)
        painter.setFont(font)
        width = max(16.0, painter.fontMetrics().horizontalAdvance(text) + 8.0)
        badge = QRectF(self.width() - width - 1, 1, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.problem))
        painter.drawRoundedRect(badge, 8, 8)
        painter.setPen(QColor(colours.surface))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


class UnitButton(QToolButton):
    """The unit and the role in it; where both do not fit, the name loses its middle: its ends tell units apart."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = self._rest = ""

    def set_words(self, name: str, role: str) -> None:
        """Say unit and role."""
        self._name, self._rest = name, f"  ·  {role}  ▾"
        self.setText(_unmarked(f"{_shortened(name)}{self._rest}"))

    @property
    def shown_text(self) -> str:
        """What is drawn: as much as fits."""
        room = self.width() - self.sizeHint().width() + self._advance(f"{_shortened(self._name)}{self._rest}")
        name = self.fontMetrics().elidedText(
            _shortened(self._name), Qt.TextElideMode.ElideMiddle, max(0, room - self._advance(self._rest))
        )
        return f"{name}{self._rest}"

    def minimumSizeHint(self) -> QSize:
        """Give way to what stands beside it."""
        return QSize(_UNIT_LEAST_PX, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button with as much of the words as fits."""
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = _unmarked(self.shown_text)
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)


class Header(KitFrame):
    """Tells by signals what was asked for: `unit_chosen(id)`, `notices_requested`, `check_requested`."""

    unit_chosen = Signal(str)
    notices_requested = Signal()
    check_requested = Signal()

    def __init__(self, clock: Clock, user_menu: Sequence[MenuEntry]) -> None:
        super().__init__("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(current().sizes.header)
        self._user_menu, self._units, self._unit_id = tuple(user_menu), tuple[UnitEntry, ...](), ""
        self.title = Label(role="heading", name="pageTitle")
        self._organization = ElidedLabel(role="muted", name="organization")
        self._organization.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._unit = UnitButton(self)
        self._dress(self._unit, "unitMenu")
        self._unit.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._unit.setMenu(QMenu(self))
        self._choices = QActionGroup(self)
        self.clock = ServerClock(clock)
        self.bell = NoticeBell()
        self._account = QToolButton(self)
        self._dress(self._account, "accountMenu")
        self._account.setMenu(self._build_menu())
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 0, 24, 0)
        row.setSpacing(16)
        row.addWidget(self.title)
        row.addWidget(self._organization, 1)
        parts = (self._unit, self.clock, self.bell, self._account)
        for part in parts:
            row.addWidget(part)
            part.setVisible(part is self.clock)
        for before, after in pairwise(parts):
            self.setTabOrder(before, after)
        self.bell.clicked.connect(self.notices_requested)
        self.clock.activated.connect(self.check_requested)
        self._built()

    def set_account(self, organization: str, person: str) -> None:
        """Show who works for whom; an empty person hides the account menu and the bell."""
        self._organization.setText(organization)
        self._account.setText(person)
        self._account.setAccessibleName(person)
        self._account.setVisible(bool(person))
        self.bell.setVisible(bool(person))
        if not person:
            self.bell.set_unread(0)
        self.set_units((), "")

    def set_units(self, units: Sequence[UnitEntry], chosen: str) -> None:
        """Show the unit `chosen` with the person's role in it; of several units another can be asked for."""
        self._units, self._unit_id = tuple(units), chosen
        menu = self._unit.menu()
        menu.clear()
        for action in self._choices.actions():
            self._choices.removeAction(action)
        for unit in self._units:
            action = QAction(menu)
            action.setObjectName(f"unit_{unit.id}")
            action.setCheckable(True)
            action.setChecked(unit.id == chosen)
            action.triggered.connect(lambda _checked=False, identity=unit.id: self._choose(identity))
            self._choices.addAction(action)
            menu.addAction(action)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._account.setToolTip(tr("账号"))
        for action, line in zip(self._account.menu().actions(), self._menu_lines(), strict=True):
            if line is not None:
                action.setText(line.title())
        for action, choice in zip(self._choices.actions(), self._units, strict=True):
            action.setText(_unmarked(f"{choice.name}  ·  {choice.role()}"))
        unit = next((u for u in self._units if u.id == self._unit_id), None)
        is_menu = len(self._units) > 1 and unit is not None
        self._unit.setVisible(is_menu)
        self._organization.setVisible(not is_menu)
        if unit is None:
            return
        words = f"{unit.name}  ·  {unit.role()}"
        self._organization.setText(words)
        self._unit.set_words(unit.name, unit.role())
        self._unit.setAccessibleName(tr("当前单位: {unit}, 可切换", unit=words))
        self._unit.setToolTip(plain_tooltip(f"{words}\n{tr('切换单位')}"))
        self.bell.retranslate()

    def retheme(self) -> None:
        """Tint the icons again."""
        self._account.setIcon(themed_icon("user", "muted", room=_ROOM))
        self._unit.setIcon(themed_icon("building-2", "muted", room=_ROOM))
        for action, line in zip(self._account.menu().actions(), self._menu_lines(), strict=True):
            if line is not None:
                action.setIcon(themed_icon(line.icon, "muted"))

    def _choose(self, identity: str) -> None:
        """Ask for another unit; the one shown stays marked until the switch is told."""
        for action, unit in zip(self._choices.actions(), self._units, strict=True):
            action.setChecked(unit.id == self._unit_id)
        if identity != self._unit_id:
            self.unit_chosen.emit(identity)

    @staticmethod
    def _dress(button: QToolButton, name: str) -> None:
        button.setObjectName(name)
        button.setIconSize(QSize(20 + _ROOM, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        for line in self._menu_lines():
            if line is None:
                menu.addSeparator()
                continue
            action = QAction(menu)
            action.setObjectName(f"account_{line.id}")
            action.triggered.connect(lambda _checked=False, run=line.action: run())
            menu.addAction(action)
        return menu

    def _menu_lines(self) -> list[MenuEntry | None]:
        lines: list[MenuEntry | None] = []
        for entry in self._user_menu:
            lines += [None, entry] if entry.is_separated else [entry]
        return lines


def _unmarked(text: str) -> str:
    """Have an ampersand shown, not taken for a shortcut."""
    return text.replace("&", "&&")


def _shortened(name: str) -> str:
    """Keep the beginning and the end of a long name: both tell units of one group apart."""
    if len(name) <= _UNIT_CHARACTERS:
        return name
    half = _UNIT_CHARACTERS // 2
    return f"{name[:half]}…{name[-half + 1 :]}"


__all__ = ["Header", "MenuEntry", "NoticeBell", "UnitEntry"]
