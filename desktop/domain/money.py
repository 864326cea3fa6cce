"""Amounts of money as Chinese documents write them: in capital characters (人民币大写), beside the figures.

Refuses negative amounts, fractions of a 分 and more than fifteen digits before the point: nobody could check them.
Source: 银发〔1997〕393号 支付结算办法, 附一 正确填写票据和结算凭证的基本规定, 一至四.
"""

from decimal import Decimal, InvalidOperation

from desktop.domain.errors import RejectedError

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_UNITS = ((10**8, "亿"), (10**4, "万"))
MAX_AMOUNT = Decimal("999999999999999.99")


def read_amount(text: str) -> Decimal:
    """Return the amount that a person typed, in 元 with two decimals; blanks and grouping commas are let pass.

    Raises:
        RejectedError: not an amount that can be written (`general.amount_invalid`).
    """
    plain = text.strip().replace(",", "").replace("，", "").replace(" ", "")
    try:
        amount = Decimal(plain) if plain.isascii() and set(plain) <= set("0123456789.") else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    return _checked(amount).quantize(Decimal("0.01"))


def amount_in_figures(amount: Decimal) -> str:
    """Return the amount with grouping commas and two decimals."""
    return f"{amount:,.2f}"


def amount_in_words(amount: Decimal) -> str:
    """Return the amount in capital characters: 1234567.80 → 壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整.

    Raises:
        RejectedError: not an amount that can be written (`general.amount_invalid`).
    """
    whole, cents = divmod(int(_checked(amount) * 100), 100)
    yuan = f"{_whole_in_words(whole)}元" if whole else ""
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"{yuan or '零元'}整"
    words = f"{_DIGITS[jiao]}角" if jiao else ""
    if fen:
        # A nought between: where 角 is nought, and where 元 ends in one before 角.
        nought = "零" if yuan and not jiao else ""
        return f"{yuan}{_before_jiao(whole, jiao)}{words}{nought}{_DIGITS[fen]}分"
    return f"{yuan}{_before_jiao(whole, jiao)}{words}整"


def _before_jiao(whole: int, jiao: int) -> str:
    return "零" if jiao and whole and whole % 10 == 0 else ""


def _whole_in_words(whole: int) -> str:
    """Write an integer: so many 亿, so many 万, the rest; noughts at the head of a part are said once."""
    for unit, name in _UNITS:
        if whole >= unit:
            high, low = divmod(whole, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return f"{_whole_in_words(high)}{name}{gap}{_whole_in_words(low) if low else ''}"
    return _section_in_words(whole)


def _section_in_words(section: int) -> str:
    words, has_gap = "", False
    for place in range(3, -1, -1):
        digit = section // 10**place % 10
        if digit:
            words += ("零" if has_gap and words else "") + _DIGITS[digit] + _PLACES[place]
            has_gap = False
        else:
            has_gap = True
    return words


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT or amount != amount.quantize(Decimal("0.01")):
        raise RejectedError("general.amount_invalid")
    return amount
