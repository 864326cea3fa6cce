"""Colours can be read, in every mode."""

from dataclasses import fields

import pytest

from desktop.ui.resources import ICONS
from desktop.ui.stylesheet import stylesheet
from desktop.ui.tokens import DECLARED_PAIRS, Colours, Mode, contrast, tokens


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("text", "ground"), DECLARED_PAIRS)
def test_declared_pair_has_contrast_of_at_least_4_5(mode: Mode, text: str, ground: str):
    colours = tokens(mode).colours
    assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("ground", ["surface", "ground"])
def test_edges_of_fields_and_focus_have_contrast_of_at_least_3(mode: Mode, ground: str):
    colours = tokens(mode).colours
    assert contrast(colours.border_strong, getattr(colours, ground)) >= 3
    assert contrast(colours.focus, getattr(colours, ground)) >= 3


def test_contrast_of_black_and_white_is_21_and_of_equals_is_1():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#A8261B", "#A8261B") == pytest.approx(1)


def test_contrast_matches_the_published_example():
    # #777777 on white is the well-known near miss of AA: 4.48.
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("mode", Mode)
def test_colours_are_six_hex_digits(mode: Mode):
    colours = tokens(mode).colours
    for field in fields(Colours):
        value = getattr(colours, field.name)
        assert len(value) == 7
        assert int(value[1:], 16) >= 0


@pytest.mark.parametrize("mode", Mode)
def test_style_sheet_uses_the_mode_s_colours_and_leaves_no_placeholder(mode: Mode):
    sheet = stylesheet(tokens(mode))
    assert "$" not in sheet
    assert tokens(mode).colours.primary in sheet


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("name", "token"), [("chevron", "muted"), ("chevron-up", "muted"), ("check", "on_primary")])
def test_picture_named_by_the_style_sheet_has_the_colour_of_its_mode(mode: Mode, name: str, token: str):
    picture = ICONS / f"control-{name}-{mode.value}.svg"
    assert f'stroke="{getattr(tokens(mode).colours, token)}"' in picture.read_text(encoding="utf-8")
    assert picture.as_posix() in stylesheet(tokens(mode))


def test_motion_is_never_longer_than_200_ms():
    assert tokens(Mode.LIGHT).durations.motion <= 200
