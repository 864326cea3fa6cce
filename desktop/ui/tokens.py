"""Design tokens: every colour, distance, radius, type size and duration of the product, as plain data.

Refuses looks that are made up on the spot: widgets and the style sheet take their values from here and nowhere else.
`DECLARED_PAIRS` names each (text, ground) pair that may occur; a test holds all of them to WCAG 2.2 AA, 4.5:1.
Source: docs/architecture.md, look; WCAG 2.2 §1.4.3 and its definition of relative luminance.
"""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Which look."""

    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high_contrast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """The palette of one mode, `#RRGGBB` each. A `*_ground` is a tinted area, the name without it the text upon it."""

    ground: str
    surface: str
    sunken: str
    hover: str
    border: str
    border_strong: str
    track: str
    text: str
    muted: str
    disabled: str
    primary: str
    primary_hover: str
    primary_pressed: str
    on_primary: str
    primary_tint: str
    link: str
    brand: str
    on_brand: str
    danger: str
    danger_tint: str
    success: str
    success_ground: str
    warning: str
    warning_ground: str
    problem: str
    problem_ground: str
    info: str
    info_ground: str
    rail: str
    rail_hover: str
    rail_selected: str
    rail_text: str
    rail_muted: str
    rail_marker: str
    focus: str
    overlay: str
    on_overlay: str


LIGHT = Colours(
    ground="#F5F3EF",
    surface="#FFFFFF",
    sunken="#F0EDE7",
    hover="#F3F0EB",
    border="#E2DDD4",
    border_strong="#8F877B",
    track="#E2DDD4",
    text="#1F2328",
    muted="#5E5A54",
    disabled="#A49E95",
    primary="#1C4A80",
    primary_hover="#173F6E",
    primary_pressed="#12335A",
    on_primary="#FFFFFF",
    primary_tint="#E7EEF6",
    link="#1C4A80",
    brand="#A8261B",
    on_brand="#FFFFFF",
    danger="#A8261B",
    danger_tint="#FBECEA",
    success="#1B6340",
    success_ground="#E6F2EB",
    warning="#7A4B00",
    warning_ground="#FCF0D8",
    problem="#A8261B",
    problem_ground="#FBE9E7",
    info="#1C4A80",
    info_ground="#E7EEF6",
    rail="#14253D",
    rail_hover="#1E3353",
    rail_selected="#2A4468",
    rail_text="#FFFFFF",
    rail_muted="#B7C3D4",
    rail_marker="#E0584A",
    focus="#2F6FB8",
    overlay="#262B33",
    on_overlay="#FFFFFF",
)

DARK = Colours(
    ground="#17191D",
    surface="#202329",
    sunken="#1B1E23",
    hover="#292D34",
    border="#343942",
    border_strong="#7C838E",
    track="#343942",
    text="#ECEAE6",
    muted="#A9A8A3",
    disabled="#6B6E74",
    primary="#7FB0E8",
    primary_hover="#97C0EE",
    primary_pressed="#6A9FDC",
    on_primary="#0E1B2B",
    primary_tint="#223247",
    link="#8CBAEF",
    brand="#F08A7E",
    on_brand="#2A0D09",
    danger="#F4978C",
    danger_tint="#3A2422",
    success="#7CCBA0",
    success_ground="#1D3329",
    warning="#EDBE6B",
    warning_ground="#3A2F1A",
    problem="#F4978C",
    problem_ground="#3A2422",
    info="#8CBAEF",
    info_ground="#223247",
    rail="#101318",
    rail_hover="#1B2028",
    rail_selected="#262D38",
    rail_text="#FFFFFF",
    rail_muted="#A4ADBA",
    rail_marker="#E8695C",
    focus="#8CBAEF",
    overlay="#ECEAE6",
    on_overlay="#1F2328",
)

HIGH_CONTRAST = Colours(
    ground="#000000",
    surface="#000000",
    sunken="#1A1A1A",
    hover="#26264D",
    border="#FFFFFF",
    border_strong="#FFFFFF",
    track="#4D4D4D",
    text="#FFFFFF",
    muted="#FFFFFF",
    disabled="#A6F0A6",
    primary="#FFFF00",
    primary_hover="#FFFFFF",
    primary_pressed="#FFFFFF",
    on_primary="#000000",
    primary_tint="#1F1F00",
    link="#FFFF00",
    brand="#FFFF00",
    on_brand="#000000",
    danger="#FF9C94",
    danger_tint="#2B0A07",
    success="#7CFFB2",
    success_ground="#00210F",
    warning="#FFD75E",
    warning_ground="#2A1F00",
    problem="#FF9C94",
    problem_ground="#2B0A07",
    info="#8CD3FF",
    info_ground="#001A2B",
    rail="#000000",
    rail_hover="#26264D",
    rail_selected="#26264D",
    rail_text="#FFFFFF",
    rail_muted="#FFFFFF",
    rail_marker="#FFFF00",
    focus="#FFFF00",
    overlay="#FFFFFF",
    on_overlay="#000000",
)

_GROUNDS = ("ground", "surface", "sunken", "hover")

#: (text, ground) names of `Colours` that occur together on screen.
DECLARED_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("text", "muted", "link", "danger", "brand") for ground in _GROUNDS),
    *((text, "surface") for text in ("success", "warning", "problem", "info", "primary")),
    *((text, "ground") for text in ("success", "warning", "problem", "info", "primary")),
    *((name, f"{name}_ground") for name in ("success", "warning", "problem", "info")),
    *(("text", f"{name}_ground") for name in ("success", "warning", "problem", "info")),
    *(("link", f"{name}_ground") for name in ("success", "warning", "problem", "info")),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("on_primary", "primary_pressed"),
    ("primary", "primary_tint"),
    ("text", "primary_tint"),
    ("muted", "primary_tint"),
    ("danger", "danger_tint"),
    ("on_brand", "brand"),
    ("rail_text", "rail"),
    ("rail_text", "rail_hover"),
    ("rail_text", "rail_selected"),
    ("rail_muted", "rail"),
    ("rail_muted", "rail_hover"),
    ("on_overlay", "overlay"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spaces:
    """Distances in logical pixels, by 8s; the halves are for the inside of small controls."""

    half: int = 4
    one: int = 8
    one_half: int = 12
    two: int = 16
    three: int = 24
    four: int = 32
    five: int = 40
    six: int = 48
    eight: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Radii:
    """Corner radii in logical pixels."""

    small: int = 4
    control: int = 6
    card: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeScale:
    """Text sizes in logical pixels."""

    caption: int = 12
    body: int = 14
    lead: int = 16
    heading: int = 18
    title: int = 24
    code: int = 56


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Milliseconds. No motion is longer than `motion`; the rest are waits, not motion."""

    motion: int = 160
    skeleton_delay: int = 300
    toast: int = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Fixed measures in logical pixels."""

    control: int = 36
    row: int = 40
    row_large: int = 72
    rail: int = 200
    header: int = 56
    text_width: int = 720
    qr: int = 320
    window_width: int = 1120
    window_height: int = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """All tokens of one look."""

    mode: Mode
    colours: Colours
    spaces: Spaces = Spaces()
    radii: Radii = Radii()
    type: TypeScale = TypeScale()
    durations: Durations = Durations()
    sizes: Sizes = Sizes()


#: First available family wins; the last named one is what a fresh Debian gets (fonts-wqy-microhei).
FONT_FAMILIES: tuple[str, ...] = ("Microsoft YaHei UI", "PingFang SC", "WenQuanYi Micro Hei", "sans-serif")
MONOSPACE_FAMILIES: tuple[str, ...] = ("Cascadia Mono", "Consolas", "Menlo", "DejaVu Sans Mono", "monospace")


def tokens(mode: Mode) -> Tokens:
    """Return the tokens of `mode`."""
    colours = {Mode.LIGHT: LIGHT, Mode.DARK: DARK, Mode.HIGH_CONTRAST: HIGH_CONTRAST}[mode]
    return Tokens(mode=mode, colours=colours)


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio (1 to 21) of two `#RRGGBB` colours."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


#: Below it the curve of sRGB is a straight line (WCAG 2.2, relative luminance).
_LINEAR_BELOW = 0.04045


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _LINEAR_BELOW else float(((channel + 0.055) / 1.055) ** 2.4)
