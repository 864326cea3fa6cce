"""The list at the left of my page: one line a section, the one shown marked; a number beside what wants to be read."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame
from desktop.ui.kit.buttons import KitButton
from desktop.ui.theme import themed_icon
from desktop.views.me.sections import MeSection

_WIDTH = 208


class _Line(KitButton):
    """One section."""

    def __init__(self, section: MeSection) -> None:
        super().__init__(icon=section.icon, name=f"meSection_{section.id}")
        self.setCheckable(True)
        self.setIconSize(QSize(28, 20))
        self.toggled.connect(self._tint)

    def _tint(self) -> None:
        self.setIcon(themed_icon(self._icon, "primary" if self.isChecked() else "muted"))


class SectionList(KitFrame):
    """`chosen(id)` when a person picks a section; arrow keys move the choice."""

    chosen = Signal(str)

    def __init__(self, sections: Sequence[MeSection], parent: QWidget | None = None) -> None:
        super().__init__("meSections", "sections", parent)
        self.setFixedWidth(_WIDTH)
        self._sections = tuple(sections)
        self._counts: dict[str, int] = {}
        self._group = QButtonGroup(self)
        self._lines: dict[str, _Line] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for section in self._sections:
            line = _Line(section)
            line.clicked.connect(lambda _checked=False, identity=section.id: self.chosen.emit(identity))
            self._group.addButton(line)
            self._lines[section.id] = line
            column.addWidget(line)
        column.addStretch()
        self._built()

    @property
    def current(self) -> str:
        """The id of the section marked."""
        return next((identity for identity, line in self._lines.items() if line.isChecked()), "")

    def set_current(self, identity: str) -> None:
        """Mark a section without telling `chosen`."""
        self._lines[identity].setChecked(True)

    def set_offered(self, identity: str, *, offered: bool) -> None:
        """Show or hide a section's line."""
        self._lines[identity].setVisible(offered)

    def is_offered(self, identity: str) -> bool:
        """Whether there is such a section for this person."""
        return identity in self._lines and not self._lines[identity].isHidden()

    def set_count(self, identity: str, count: int) -> None:
        """Put a number beside a section's title; 0 takes it away."""
        if self._counts.get(identity, 0) != count:
            self._counts[identity] = count
            self.retranslate()

    def retranslate(self) -> None:
        """Say the titles."""
        self.setAccessibleName(tr("我的"))
        for section in self._sections:
            count = self._counts.get(section.id, 0)
            title = section.title()
            self._lines[section.id].setText(tr("{title} ({count})", title=title, count=count) if count else title)
