"""How much may come from one address, whatever number it names (threat T31).

Addresses stand in the database as keyed hashes. This machine itself ("") is not counted: on an embedded platform all
its users come from there.
"""

import ipaddress
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.server.context import Platform
from desktop.server.db.models import AddressCount

WINDOW = timedelta(hours=1)
_CONTEXT = b"address"
_IPV6_PREFIX = 64


class Counted(StrEnum):
    """What is counted by address."""

    SMS = "sms"
    SIGN_IN = "sign_in"
    NONCE = "nonce"


#: Behind one address may sit a whole office: a login by scan takes one nonce a code shown, renewed while nobody scans.
MOST = {Counted.SMS: 30, Counted.SIGN_IN: 120, Counted.NONCE: 1200}


def address_of(host: str | None) -> str:
    """Return whom an address belongs to: IPv6 by its /64, which is one customer's; "" for this machine."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


def count(session: Session, platform: Platform, what: Counted, address: str) -> None:
    """Count one; commit it whatever comes of the request.

    Raises:
        RejectedError: too many from this address within an hour (`platform.slow_down`).
    """
    if not address:
        return
    now = platform.now()
    session.execute(delete(AddressCount).where(AddressCount.started_at <= now - WINDOW))
    key = platform.vault.index(_CONTEXT, f"{what}\0{address}".encode())
    row = session.get(AddressCount, key)
    if row is None:
        row = AddressCount(address=key, started_at=now, count=0)
        session.add(row)
    if row.count >= MOST[what]:
        raise RejectedError("platform.slow_down", what)
    row.count += 1
    session.flush()
