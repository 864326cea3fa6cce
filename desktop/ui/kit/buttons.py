"""Buttons. One screen has one primary button; a dangerous one is outlined and never the default."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.ui.kit.base import KitFrame
from desktop.ui.theme import themed_icon

_ROOM = 4


class KitButton(QPushButton):
    """Base of the text buttons; the accessible name follows the text."""

    KIND = ""
    ICON_COLOUR = "text"

    def __init__(self, text: str = "", icon: str = "", *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setObjectName(name)
        self.setProperty("kind", self.KIND)
        # Wider than the icon: the room beside it parts it from the words.
        self.setIconSize(QSize(16 + _ROOM, 16))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(text)
        self._tint()

    def setText(self, text: str) -> None:
        """Set the label; an ampersand is shown, not taken for a shortcut."""
        super().setText(text.replace("&", "&&"))
        self.setAccessibleName(text)

    def set_icon(self, icon: str) -> None:
        """Show the icon named `icon`, none if empty."""
        self._icon = icon
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again in a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._tint()

    def _tint(self) -> None:
        # Qt may announce a style before our constructor has run.
        icon = getattr(self, "_icon", "")
        if icon or not self.icon().isNull():
            self.setIcon(themed_icon(icon, self.ICON_COLOUR, room=_ROOM) if icon else QIcon())


class PrimaryButton(KitButton):
    """The one thing this screen is for."""

    KIND = "primary"
    ICON_COLOUR = "on_primary"


class SecondaryButton(KitButton):
    """Anything else that can be done here."""

    KIND = "secondary"


class DangerButton(KitButton):
    """Something that cannot be taken back."""

    KIND = "danger"
    ICON_COLOUR = "danger"


class LinkButton(KitButton):
    """A way to another place, or a minor help."""

    KIND = "link"
    ICON_COLOUR = "link"


class IconButton(QToolButton):
    """An icon whose words are its tooltip and accessible name."""

    def __init__(self, icon: str, text: str, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setObjectName(name)
        self.setIconSize(QSize(20, 20))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_text(text)
        self._tint()

    def set_text(self, text: str) -> None:
        """Set tooltip and accessible name."""
        self.setToolTip(text)
        self.setAccessibleName(text)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again in a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._tint()

    def _tint(self) -> None:
        if getattr(self, "_icon", ""):
            self.setIcon(themed_icon(self._icon, "muted"))


class SegmentedControl(KitFrame):
    """A choice among two to five views, one always chosen; arrow keys move it."""

    chosen = Signal(str)

    def __init__(self, *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, "segments", parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3, 3, 3, 3)
        self._row.setSpacing(2)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, KitButton] = {}
        self._built()

    def set_options(self, options: list[tuple[str, str]]) -> None:
        """Offer (id, label) pairs; the same ids again only relabel. The first is chosen at first."""
        if [identity for identity, _ in options] == list(self._buttons):
            for identity, label in options:
                self._buttons[identity].setText(label)
            return
        for old in self._buttons.values():
            self._group.removeButton(old)
            self._row.removeWidget(old)
            old.deleteLater()
        self._buttons = {identity: self._add(identity, label) for identity, label in options}
        next(iter(self._buttons.values())).setChecked(True)

    @property
    def current(self) -> str:
        """The id chosen."""
        return next((identity for identity, button in self._buttons.items() if button.isChecked()), "")

    def set_current(self, identity: str) -> None:
        """Choose `identity` without telling `chosen`."""
        self._buttons[identity].setChecked(True)

    def _add(self, identity: str, label: str) -> KitButton:
        button = KitButton(label, name=f"{self.objectName()}_{identity}")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.chosen.emit(identity))
        self._group.addButton(button)
        self._row.addWidget(button)
        return button
