"""Amounts in capital characters: the examples of the regulation, every rule about noughts, and what is refused."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.errors import RejectedError
from desktop.domain.money import MAX_AMOUNT, amount_in_figures, amount_in_words, read_amount

# Source: 银发〔1997〕393号 附一, 第四条 (where it allows two forms, the one with 零 before 角 and none before 仟).
REGULATION = [
    ("1409.50", "壹仟肆佰零玖元伍角整"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
]
OTHERS = [
    ("0.00", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角整"),
    ("0.55", "伍角伍分"),
    ("10.00", "壹拾元整"),
    ("10001.00", "壹万零壹元整"),
    ("100000.00", "壹拾万元整"),
    ("10050000.00", "壹仟零伍万元整"),
    ("100005000.00", "壹亿零伍仟元整"),
    ("150000000.00", "壹亿伍仟万元整"),
    ("1234567.80", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整"),
    ("1000000000000.00", "壹万亿元整"),
    ("1200345600000000.00"[1:], "贰佰万叁仟肆佰伍拾陆亿元整"),
    (str(MAX_AMOUNT), "玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]
_VALUES = {**{each: n for n, each in enumerate("零壹贰叁肆伍陆柒捌玖")}, "拾": 10, "佰": 100, "仟": 1000}


def value_of(words: str) -> Decimal:
    """Read capital characters back by another way than they are written."""
    yuan, _, rest = words.rpartition("元") if "元" in words else ("", "", words)
    total = section = digit = high = 0
    for each in yuan:
        if each in "拾佰仟":
            section, digit = section + digit * _VALUES[each], 0
        elif each == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        elif each == "亿":
            high, total, section, digit = (total + section + digit) * 10**8, 0, 0, 0
        else:
            digit = _VALUES[each]
    cents = 0
    for char, unit in pairwise(rest):
        cents += _VALUES[char] * {"角": 10, "分": 1}.get(unit, 0) if char in _VALUES else 0
    return Decimal(high + total + section + digit) + Decimal(cents) / 100


@pytest.mark.parametrize(("figures", "words"), REGULATION + OTHERS)
def test_amount_is_written_as_the_regulation_has_it(figures: str, words: str) -> None:
    assert amount_in_words(Decimal(figures)) == words


@given(st.decimals(min_value=0, max_value=MAX_AMOUNT, places=2))
def test_words_read_back_are_the_same_amount(amount: Decimal) -> None:
    words = amount_in_words(amount)
    assert value_of(words) == amount
    assert "零零" not in words
    assert words[-1] in "整分"


@pytest.mark.parametrize(
    ("typed", "amount"), [("1,234,567.8", "1234567.80"), (" 20 000 ", "20000.00"), ("0", "0.00"), (".5", "0.50")]
)
def test_what_a_person_types_becomes_an_amount_with_two_decimals(typed: str, amount: str) -> None:
    assert str(read_amount(typed)) == amount


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.005", "一百", "1e5", "NaN", "Infinity", "1.2.3", ".", "1000000000000000", "１２"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(RejectedError) as refused:
        read_amount(typed)
    assert refused.value.code == "general.amount_invalid"


def test_figures_are_grouped_and_keep_two_decimals() -> None:
    assert amount_in_figures(Decimal("1234567.8")) == "1,234,567.80"
