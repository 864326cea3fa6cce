"""Profile files for tests: a real root and issuing certificate, made once, and the document around them."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.phone.phone_ca import Ca


@cache
def _authority(title: str) -> Ca:
    return Ca(title=title)


def certificates(title: str = "甲") -> tuple[bytes, bytes]:
    """Root and issuing certificate of one authority, DER."""
    return _authority(title).root, _authority(title).issuing


def document(title: str = "甲", **changes: Any) -> dict[str, Any]:
    """A profile's fields; a change to None takes the field out."""
    root, issuing = certificates(title)
    fields: dict[str, Any] = {
        "format": "bidseal-platform",
        "version": 1,
        "profile_id": "nanchang",
        "platform_id": "nanchang",
        "name": {"zh": "南昌公共资源交易平台", "en": "Nanchang e-procurement platform"},
        "base_url": "https://bidding.example.com",
        "root": base64.b64encode(root).decode(),
        "issuing": [base64.b64encode(issuing).decode()],
        "android_url": "https://app.example.com/bidseal.apk",
        "ios_url": "https://apps.example.com/bidseal",
        "web_phone_url": "https://phone.example.com",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def write(path: Path, title: str = "甲", **changes: Any) -> Path:
    """Write a profile file."""
    path.write_text(json.dumps(document(title, **changes), ensure_ascii=False), encoding="utf-8")
    return path
