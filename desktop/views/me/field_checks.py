"""What the forms of 账号与安全 check before anything is sent; the platform checks again and has the last word."""

import re

from desktop.store.settings import Settings

CODE = re.compile(r"[0-9]{6}")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
#: What a form itself finds wrong, in place of a code of the problem catalogue.
MISSING, WRONG_FORM = "missing", "form"


def own_number(settings: Settings, masked: str) -> str:
    """Return the account's own number where this workstation knows it, which it does of whoever logged in by number."""
    known = settings.last_mobile
    is_own = bool(MOBILE.fullmatch(known)) and f"{known[:3]}****{known[-4:]}" == masked
    return known if is_own else ""
