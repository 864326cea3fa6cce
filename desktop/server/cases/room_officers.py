"""Who may speak for the opening of a lot: a workstation that an officer of the notice has enrolled, as of now.

The statement itself says that an officer enrolled the workstation; the platform knows more: whether the workstation was
removed since, the officer's certificate revoked, its holder no longer a member (T4, T34).
"""

from typing import TypeVar

from sqlalchemy import select

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.protocol.notices import Notice
from desktop.protocol.statements import RoomSigned, RoomStatement, read_room_statement
from desktop.server.cases.answers import usable_certificate
from desktop.server.cases.rooms import Visit
from desktop.server.db.models import IssuedCertificate, Workstation

R = TypeVar("R", bound=RoomStatement)


def stated_by_officer(found: Visit, notice: Notice, data: bytes, kind: type[R]) -> RoomSigned[R]:
    """Read a statement of one kind about the lot, and demand that it comes from an officer's workstation.

    Raises:
        RejectedError: `room.statement`, `ceremony.workstation_not_enrolled`, `ceremony.certificate_invalid`,
            `ceremony.certificate_not_allowed`, or what is wrong with its form and signatures.
    """
    signed = read_room_statement(data, kind)
    if not signed.is_by_officer(notice):
        raise RejectedError("room.statement", "not by an officer of this lot")
    session, officer = found.session, signed.officer
    certificate = usable_certificate(session, found.platform, officer.serial)
    issued = session.get_one(IssuedCertificate, officer.serial)
    if sha256(issued.der) != officer.sha256 or certificate.organization_id != found.lot.organization_id:
        raise RejectedError("ceremony.certificate_not_allowed", "no member of the agency")
    enrolled = select(Workstation.id).where(
        Workstation.organization_id == found.lot.organization_id,
        Workstation.key_hash == sha256(signed.workstation_key).hex(),
    )
    if session.scalar(enrolled) is None:
        raise RejectedError("ceremony.workstation_not_enrolled")
    return signed
