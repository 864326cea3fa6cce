"""The look of the running application: palette, font and the one style sheet, switched at run time.

The current `Theme` is owned by the QApplication (found by name), not by this module, so several applications in one
test run do not share one. Qt tells widgets of a switch by a StyleChange event; those that paint or tint icons
themselves redo it then (`kit.base.KitMixin`). setColorScheme has no effect on some platforms, hence the own palette.
"""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from desktop.ui.icons import icon
from desktop.ui.stylesheet import stylesheet
from desktop.ui.tokens import FONT_FAMILIES, MONOSPACE_FAMILIES, Mode, Tokens, tokens

_NAME = "bidsealTheme"


class Theme(QObject):
    """The tokens now in force; a child of the application."""

    def __init__(self, current: Tokens, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName(_NAME)
        self.tokens = current


def apply(app: QApplication, mode: Mode) -> None:
    """Dress `app` in `mode`; may be called again at any time."""
    chosen = tokens(mode)
    found = app.findChild(QObject, _NAME)
    if isinstance(found, Theme):
        if found.tokens == chosen:
            return
        found.tokens = chosen
    else:
        Theme(chosen, app)
        app.setStyle("Fusion")
        app.setFont(body_font(chosen))
    app.setPalette(palette(chosen))
    app.setStyleSheet(stylesheet(chosen))


def current() -> Tokens:
    """Return the tokens of the running application, the light ones before `apply`."""
    app = QApplication.instance()
    found = app.findChild(QObject, _NAME) if app is not None else None
    return found.tokens if isinstance(found, Theme) else tokens(Mode.LIGHT)


def system_mode() -> Mode:
    """Return the mode that the operating system asks for."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)  # Qt 6.10
    if accessibility is not None and accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return Mode.HIGH_CONTRAST
    return Mode.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else Mode.LIGHT


def themed_icon(name: str, role: str = "text", *, room: int = 0) -> QIcon:
    """Return the icon `name` in the colour token `role` of the current theme; `room` see `icon`."""
    colours = current().colours
    return icon(name, getattr(colours, role), colours.disabled, room)


def motion_ms() -> int:
    """Return how long a movement may take now: 0 when the operating system asks for none."""
    from PySide6.QtWidgets import QStyle  # 3 ms that the first paint does not wait for

    style = QApplication.style()
    moves = QApplication.isEffectEnabled(Qt.UIEffect.UI_FadeTooltip) or QApplication.isEffectEnabled(
        Qt.UIEffect.UI_AnimateMenu
    )
    if not moves or not style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration):
        return 0
    return current().durations.motion


def body_font(chosen: Tokens) -> QFont:
    """Return the font of running text, digits of equal width."""
    font = QFont()
    font.setFamilies(list(FONT_FAMILIES))
    font.setPixelSize(chosen.type.body)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def monospace_font(pixels: int) -> QFont:
    """Return the font of serial numbers and hashes at `pixels`."""
    font = QFont()
    font.setFamilies(list(MONOSPACE_FAMILIES))
    font.setPixelSize(pixels)
    return font


def palette(chosen: Tokens) -> QPalette:
    """Return the palette for everything that the style sheet does not name."""
    colours = chosen.colours
    roles = {
        QPalette.ColorRole.Window: colours.ground,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.sunken,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipBase: colours.overlay,
        QPalette.ColorRole.ToolTipText: colours.on_overlay,
        QPalette.ColorRole.Highlight: colours.primary,
        QPalette.ColorRole.HighlightedText: colours.on_primary,
        QPalette.ColorRole.Accent: colours.primary,
        QPalette.ColorRole.Link: colours.link,
        QPalette.ColorRole.LinkVisited: colours.link,
        QPalette.ColorRole.Light: colours.surface,
        QPalette.ColorRole.Mid: colours.border,
        QPalette.ColorRole.Midlight: colours.border,
        QPalette.ColorRole.Dark: colours.border_strong,
        QPalette.ColorRole.Shadow: colours.border_strong,
    }
    made = QPalette()
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.disabled))
    return made
