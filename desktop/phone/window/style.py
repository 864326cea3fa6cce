"""The phone's own touches on top of the product's style sheet: larger controls for a finger, a dark scanner."""

from string import Template

from desktop.ui.theme import current
from desktop.ui.tokens import Mode

BEZEL = 10
SCREEN_WIDTH = 372
STATUS_HEIGHT = 44
#: The phone's height, and the least it shrinks to on a low screen (1366×768, or 1080 lines at 150 %).
FULL_HEIGHT = 800
LEAST_HEIGHT = 600
#: Ground of the scanner, darker than any token on purpose: the picture is the light.
SCANNER = "#0E1116"
SCANNER_TEXT = "#E9EDF2"
ON_HERO = "#FFFFFF"

_SHEET = Template("""
QWidget#phoneScreen { background: $ground; }
QWidget#phoneScreen QPushButton { min-height: 44px; border-radius: 10px; font-size: 15px; padding: 0 16px; }
QWidget#phoneScreen QPushButton:focus { min-height: 42px; padding: 0 15px; }
QWidget#phoneScreen QPushButton[kind="link"] { min-height: 32px; padding: 0 4px; font-size: 14px; }
QWidget#phoneScreen QPushButton[kind="link"]:focus { min-height: 32px; padding: 0 4px; }
QWidget#phoneScreen QLineEdit, QWidget#phoneScreen QComboBox { min-height: 42px; border-radius: 10px; font-size: 15px; }
QWidget#phoneScreen QLineEdit:focus, QWidget#phoneScreen QComboBox:focus { min-height: 40px; }
QWidget#phoneScreen QLineEdit#consentTypedCode, QWidget#phoneScreen QLineEdit#consentTypedCode:focus
  { font-size: 22px; font-weight: 600; letter-spacing: 6px; }
QWidget#phoneScreen QFrame[kind="card"] { border-radius: 14px; }
QWidget#phoneScreen QFrame[kind="banner"] { border-radius: 10px; }
QWidget#phoneScreen QLabel[role="onBrand"] { color: $on_hero; }
QWidget#phoneScreen QLabel[role="onBrandTitle"] { color: $on_hero; font-size: 18px; font-weight: 600; }
QWidget#phoneScreen QLabel[role="digits"] { font-size: 26px; font-weight: 600; color: $primary; letter-spacing: 6px; }
QWidget#phoneScreen QScrollBar:vertical { width: 6px; }
QWidget#phoneScreen QScrollBar::handle:vertical { background: $track; border-radius: 2px; margin: 1px; }
QWidget#phoneStatusBar QToolButton { background: $surface; border: 1px solid $border; border-radius: 15px; padding: 0; }
QWidget#phoneStatusBar QToolButton:hover, QWidget#phoneStatusBar QToolButton:focus { border-color: $primary; }
QWidget#phoneHead { background: $surface; border-bottom: 1px solid $border; }
QWidget#phoneNav { background: $surface; border-bottom: 1px solid $border; }
QWidget#phoneFoot { background: $surface; border-top: 1px solid $border; }
QWidget#scanPage { background: $scanner; }
QWidget#scanPage QLabel { color: $scanner_text; }
QWidget#scanPage QPushButton { background: #232A34; color: $scanner_text; border-color: #4A5564; }
QWidget#scanPage QPushButton:focus { border-color: $scanner_text; }
QWidget#scanPage QPushButton[kind="primary"] { background: $primary; border-color: $primary; color: $on_primary; }
QWidget#phoneFoot QToolButton { background: transparent; border: 1px solid transparent; border-radius: 10px;
  color: $muted; font-size: 12px; padding: 2px; }
QWidget#phoneFoot QToolButton:checked { color: $primary; font-weight: 600; }
QWidget#phoneFoot QToolButton:focus { border-color: $focus; }
QWidget#phoneScreen QLabel[role="imprint"] { background: #FFFFFF; border: 1px solid $border; border-radius: 8px; }
QFrame#smsBanner { background: $surface; border: 1px solid $border; border-radius: 16px; }
""")


def phone_sheet() -> str:
    """Return the style sheet of the phone's screen, in the theme now in force."""
    colours = current().colours
    return _SHEET.substitute(
        ground=colours.ground,
        surface=colours.surface,
        border=colours.border,
        primary=colours.primary,
        primary_tint=colours.primary_tint,
        on_primary=colours.on_primary,
        on_hero=ON_HERO,
        muted=colours.muted,
        track=colours.track,
        focus=colours.focus,
        scanner=SCANNER,
        scanner_text=SCANNER_TEXT,
    )


def hero_colours() -> tuple[str, str]:
    """Return the ground of the home page's head, from top to bottom: dark in every theme, for white words."""
    chosen = current()
    if chosen.mode is Mode.LIGHT:
        return chosen.colours.primary_pressed, chosen.colours.primary
    return chosen.colours.rail, chosen.colours.rail_selected
