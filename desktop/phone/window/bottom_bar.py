"""The lower bar of the app: 主页 and 我的."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop.phone.window.states import AppState, Screen
from desktop.ui.i18n import tr
from desktop.ui.theme import themed_icon


class _Place(QToolButton):
    """One of the two."""

    def __init__(self, icon: str, name: str) -> None:
        super().__init__()
        self._icon = icon
        self.setObjectName(name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(22, 22))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.toggled.connect(lambda _: self.tint())
        self.tint()

    def tint(self) -> None:
        """Colour the sign by whether one is here."""
        self.setIcon(themed_icon(self._icon, "primary" if self.isChecked() else "muted"))

    def changeEvent(self, event: QEvent) -> None:
        """Tint it again in a new theme."""
        super().changeEvent(event)
        # Qt may announce a style before our constructor has run.
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_icon"):
            self.tint()


class BottomBar(QWidget):
    """`chosen` carries the page to open."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("phoneFoot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(64)
        self.home = _Place("house", "barHome")
        self.me = _Place("user", "barMe")
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 4, 24, 10)
        row.setSpacing(8)
        for button, screen in ((self.home, Screen.HOME), (self.me, Screen.ME)):
            button.clicked.connect(lambda _=False, screen=screen: self.chosen.emit(screen))
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Expanding)
            row.addWidget(button, 1)

    def show_state(self, state: AppState) -> None:
        """Mark where one is; unread notices are told beside 我的."""
        self.home.setText(tr("主页"))
        unread = tr("{count} 条未读", count=state.unread) if state.unread else ""
        self.me.setText(f"{tr('我的')} · {unread}" if unread else tr("我的"))
        for button in (self.home, self.me):
            button.setAccessibleName(button.text())
        self.home.setChecked(state.screen is Screen.HOME)
        self.me.setChecked(state.screen is Screen.ME)
