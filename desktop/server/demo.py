"""What a demo platform needs so that somebody can try it alone: an operator's account, and a tender agency's.

The agency is admitted as any unit is: its person has ordered a certificate, the operator has approved it. The person
logs in by mobile number and downloads it by phone, as in life.
"""

import struct
import zlib

from sqlalchemy import select

from desktop.crypto.suites import Suite
from desktop.domain.operations import OrganizationKind, PlatformRole
from desktop.server.cases import orders
from desktop.server.context import Platform
from desktop.server.db.models import Account
from desktop.server.rules.permissions import Actor

OPERATOR_MOBILE = "13900000000"
OPERATOR_NAME = "平台审核员"
#: The demo's tender agent; all numbers are made up and have right checksums.
AGENT_MOBILE = "13900000001"
AGENT_NAME = "周敏"
AGENCY_NAME = "江西赣诚招标代理有限公司"
AGENCY_CODE = "91360100MA38CT7M19"
_AGENT_ID_NUMBER = "360102198804120021"
_SHEET_PX = 16


def seed(platform: Platform) -> None:
    """Create the operator's account; doing it again changes nothing."""
    _account(platform, OPERATOR_MOBILE, PlatformRole.OPERATOR, name=OPERATOR_NAME)


def seed_agency(platform: Platform) -> None:
    """Admit the demo's tender agency, after `seed`; doing it again changes nothing."""
    agent = _account(platform, AGENT_MOBILE, PlatformRole.BIDDER)
    actor = Actor(account_id=agent, platform_role=PlatformRole.BIDDER, memberships={})
    if orders.own(platform, actor):
        return
    paper = _blank_sheet()
    request = orders.OrderRequest(
        organization_name=AGENCY_NAME,
        credit_code=AGENCY_CODE,
        legal_representative="胡建华",
        holder_name=AGENT_NAME,
        id_number=_AGENT_ID_NUMBER,
        suite=Suite.P256,
        licence=paper,
        letter=paper,
    )
    placed = orders.place(platform, actor, request)
    operator = _account(platform, OPERATOR_MOBILE, PlatformRole.OPERATOR, name=OPERATOR_NAME)
    reviewer = Actor(account_id=operator, platform_role=PlatformRole.OPERATOR, memberships={})
    orders.review(platform, reviewer, placed.order.id, approve=True, reason="", kind=OrganizationKind.AGENCY)


def _account(platform: Platform, mobile: str, role: PlatformRole, *, name: str = "") -> str:
    """Return the id of the account with that number, which is made where there is none."""
    with platform.db.write() as session:
        account = session.scalar(select(Account).where(Account.mobile == mobile))
        if account is None:
            account = Account(id=platform.new_id(), mobile=mobile, name=name, role=role, created_at=platform.now())
            session.add(account)
        return account.id


def _blank_sheet() -> bytes:
    """Return a small white PNG: the demo's agency has shown no papers to anybody."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", _SHEET_PX, _SHEET_PX, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\xff" * _SHEET_PX) * _SHEET_PX
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
