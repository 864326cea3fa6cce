"""docs/platform-states.md shows the platform's state tables and its matrix of roles, drawn from the code."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktop.server.rules import states
from desktop.server.rules.permissions import MATRIX, Role

DOCUMENT = Path(__file__).parents[2] / "docs" / "platform-states.md"
TABLES: dict[str, tuple[str, Mapping[Any, StrEnum]]] = {
    "Certificate order": ("证书订单", states.ORDERS),
    "Seal": ("印章申请与印章", states.SEALS),
    "Certificate": ("证书", states.CERTIFICATES),
    "Grant": ("授权", states.GRANTS),
    "Identity check": ("实名认证", states.CHECKS),
    "Change of the bound mobile number": ("更换手机号", states.MOBILE_CHANGES),
    "Lot": ("标段", states.LOTS),
    "Bid": ("投标", states.BIDS),
    "Upload of a bid": ("投标文件上传", states.UPLOADS),
}
INTRODUCTION = """# States and rights at the platform

Drawn from the tables in `desktop/server/rules/states.py` and `desktop/server/rules/permissions.py`;
`tests/server/test_states_document.py` compares, and writes this file anew with `BIDSEAL_WRITE_DOCS=1`. A step that is
not drawn is refused (`platform.wrong_state`), whatever a window shows.
"""
ROLES = """Owner: of the certificate, order or seal in question. Agency: a member, admin or user, of the tender agency
(招标代理; the review desk says so when it admits the unit) whose tender or lot it is. Bidder: a member of the unit that
bids or has signed in for the lot, which is never the lot's own agency."""


def diagram(table: Mapping[Any, StrEnum]) -> str:
    steps = "\n".join(f"    {before} --> {after}: {event}" for (before, event), after in table.items())
    first, _ = next(iter(table))
    return f"```mermaid\nstateDiagram-v2\n    [*] --> {first}\n{steps}\n```"


def matrix() -> str:
    head = "| action | " + " | ".join(role.value for role in Role) + " |\n| --- |" + " :-: |" * len(Role)
    rows = (
        f"| {action} | " + " | ".join("x" if role in roles else "" for role in Role) + " |"
        for action, roles in MATRIX.items()
    )
    return head + "\n" + "\n".join(rows)


def document() -> str:
    parts = [INTRODUCTION]
    parts += [f"## {title} ({chinese})\n\n{diagram(table)}\n" for title, (chinese, table) in TABLES.items()]
    parts.append(f"## Roles and actions\n\n{ROLES}\n\n{matrix()}\n")
    return "\n".join(parts)


def test_document_shows_every_table_as_it_is() -> None:
    import os

    if os.environ.get("BIDSEAL_WRITE_DOCS"):
        DOCUMENT.write_text(document(), encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_no_table_is_left_out() -> None:
    tables = {id(value) for name, value in vars(states).items() if name.isupper() and isinstance(value, Mapping)}
    assert tables == {id(table) for _, table in TABLES.values()}
