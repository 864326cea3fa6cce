"""Seals: applied for with a scan and an imprint, reviewed, claimed by the bound certificate, void with it (T14-T16)."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import NoticeKind, Operation, SealKind, SealState
from desktop.formats.seal import SealObject, write_seal
from desktop.protocol.items import ClaimSealItem
from desktop.server.cases.answers import JudgedAnswer, consume, earlier_effect, judge, usable_certificate
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import IssuedCertificate, MobileCertificate, Organization, Seal
from desktop.server.rules import images, people, sizes
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import SEALS, SealEvent, follow

MAX_PENDING = 5
#: The review desk works from the oldest; nobody reads a longer list.
REVIEW_LIMIT = 200
#: A desktop whose clock is a little behind can use a seal right after its claim.
_BACKDATE_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRequest:
    """A seal application as it came in, unchecked."""

    certificate_serial: str
    kind: str
    name: str
    width_mm: float
    height_mm: float
    scan: bytes
    imprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealView:
    """A seal with its unit's name."""

    seal: Seal
    organization_name: str


def apply(platform: Platform, actor: Actor, request: SealRequest) -> SealView:
    """Apply for a seal; the same application again, while it waits for review, changes nothing.

    Raises:
        RejectedError: a field or file is not acceptable; the certificate is none of the caller's business or does not
            hold; `platform.too_many_pending`.
    """
    kind = _kind(request.kind)
    width_um, height_um = sizes.size_um(kind, width_mm=request.width_mm, height_mm=request.height_mm)
    name = people.name(request.name, "name")
    images.scan(request.scan)
    images.imprint(request.imprint)
    with platform.db.read() as session:
        _certificate_for(session, platform, actor, request.certificate_serial)
    scan, imprint = platform.files.put(request.scan), platform.files.put(request.imprint)
    with platform.db.write() as session:
        certificate = _certificate_for(session, platform, actor, request.certificate_serial)
        organization = session.get_one(Organization, certificate.organization_id)
        seal = Seal(
            id=platform.new_id(),
            organization_id=certificate.organization_id,
            account_id=actor.id,
            certificate_serial=certificate.serial,
            state=SealState.PENDING_REVIEW,
            kind=kind,
            name=name,
            width_um=width_um,
            height_um=height_um,
            scan=scan,
            imprint=imprint,
            imprint_sha256=sha256(request.imprint).hex(),
            created_at=platform.now(),
        )
        seal = _waiting(session, seal) or seal
        session.add(seal)
        return SealView(seal=seal, organization_name=organization.name)


def visible(platform: Platform, actor: Actor) -> list[SealView]:
    """Return the seals of the units that the caller administers and those of the caller's own; newest first."""
    administered = [o for o in actor.memberships if actor.administers(o)]
    query = (
        select(Seal, Organization.name)
        .join(Organization, Organization.id == Seal.organization_id)
        .join(MobileCertificate, MobileCertificate.serial == Seal.certificate_serial)
        .where(
            Seal.organization_id.in_(list(actor.memberships)),
            or_(
                Seal.account_id == actor.id,
                MobileCertificate.account_id == actor.id,
                Seal.organization_id.in_(administered),
            ),
        )
        .order_by(Seal.created_at.desc(), Seal.id)
    )
    with platform.db.read() as session:
        return [SealView(seal=seal, organization_name=name) for seal, name in session.execute(query)]


def to_review(platform: Platform, state: SealState) -> list[SealView]:
    """Return seals in a state, oldest first."""
    query = (
        select(Seal, Organization.name)
        .join(Organization, Organization.id == Seal.organization_id)
        .where(Seal.state == state)
        .order_by(Seal.created_at, Seal.id)
        .limit(REVIEW_LIMIT)
    )
    with platform.db.read() as session:
        return [SealView(seal=seal, organization_name=name) for seal, name in session.execute(query)]


def review(platform: Platform, actor: Actor, seal_id: str, *, approve: bool, reason: str) -> SealView:
    """Decide on a seal application; a rejection needs a reason.

    Raises:
        RejectedError: `platform.not_found`, `.own_application`, `.wrong_state`, `.bad_field`, or the certificate no
            longer holds.
    """
    text = people.remark(reason, "reason")
    if not approve and not text:
        raise RejectedError("platform.bad_field", "reason")
    with platform.db.write() as session:
        seal = session.get(Seal, seal_id, with_for_update=True)
        if seal is None:
            raise RejectedError("platform.not_found")
        if actor.id in _owners(session, seal):
            raise RejectedError("platform.own_application")
        seal.state = follow(SEALS, SealState(seal.state), SealEvent.APPROVE if approve else SealEvent.REJECT)
        if approve:
            usable_certificate(session, platform, seal.certificate_serial)
        seal.reason, seal.reviewed_by, seal.reviewed_at = text or None, actor.id, platform.now()
        kind = NoticeKind.SEAL_APPROVED if approve else NoticeKind.SEAL_REJECTED
        tell(session, platform, seal.account_id, kind, name=seal.name)
        organization = session.get_one(Organization, seal.organization_id)
        return SealView(seal=seal, organization_name=organization.name)


def file(platform: Platform, actor: Actor, seal_id: str, which: str) -> tuple[bytes, str]:
    """Return a seal's "scan" or "imprint" and its media type.

    Raises:
        RejectedError: `platform.not_found`, `platform.forbidden`.
    """
    with platform.db.read() as session:
        seal = _readable(session, actor, seal_id)
    content = platform.files.get(seal.scan if which == "scan" else seal.imprint)
    return content, images.scan(content).media_type


def signed_object(platform: Platform, actor: Actor, seal_id: str) -> bytes:
    """Return the signed object of a claimed seal.

    Raises:
        RejectedError: `platform.not_found`, `platform.forbidden`; `platform.wrong_state` unless claimed.
    """
    with platform.db.read() as session:
        seal = _readable(session, actor, seal_id)
    if seal.state != SealState.CLAIMED or seal.object is None:
        raise RejectedError("platform.wrong_state", seal.state)
    return seal.object


def claim(platform: Platform, actor: Actor, seal_id: str, transcript: bytes) -> bytes:
    """Claim an approved seal with its certificate; the same transcript again gives the same object.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, or what is wrong with the answer.
    """
    with platform.db.write() as session:
        seal = session.get(Seal, seal_id, with_for_update=True)
        if seal is None:
            raise RejectedError("platform.not_found")
        demand(actor, Action.CLAIM_SEAL, _target(session, seal))
        answer = judge(session, platform, transcript, Operation.CLAIM_SEAL)
        _check_claim(seal, answer)
        if earlier_effect(session, answer) == seal.id and seal.state == SealState.CLAIMED:
            assert seal.object is not None
            return seal.object
        seal.state = follow(SEALS, SealState(seal.state), SealEvent.CLAIM)
        consume(session, platform, answer, effect=seal.id)
        seal.claimed_at = platform.now()
        seal.object = _sign(session, platform, seal)
        return seal.object


def rebind(session: Session, platform: Platform, old: str, new: str) -> None:
    """Bind the living seals of one certificate to the next of the same holder; claimed ones are signed anew for it."""
    for seal in session.scalars(select(Seal).where(Seal.certificate_serial == old)):
        if (SealState(seal.state), SealEvent.REBIND) in SEALS:
            seal.state = follow(SEALS, SealState(seal.state), SealEvent.REBIND)
            seal.certificate_serial = new
            if seal.state == SealState.CLAIMED:
                seal.object = _sign(session, platform, seal)
    session.flush()


def objects_of(session: Session, serial: str) -> tuple[tuple[str, bytes], ...]:
    """Return id and signed object of each seal that is claimed for a certificate."""
    query = select(Seal).where(Seal.certificate_serial == serial, Seal.state == SealState.CLAIMED).order_by(Seal.id)
    return tuple((seal.id, seal.object) for seal in session.scalars(query) if seal.object is not None)


def _check_claim(seal: Seal, answer: JudgedAnswer) -> None:
    if answer.signer.serial != seal.certificate_serial:
        raise RejectedError("ceremony.seal_not_bound", "signed by another certificate")
    item = answer.verified.challenge.items[0]
    assert isinstance(item, ClaimSealItem)
    shown = (item.seal_id, item.name, item.kind, item.imprint_sha256.hex())
    if shown != (seal.id, seal.name, seal.kind, seal.imprint_sha256):
        raise RejectedError("ceremony.wrong_purpose", "what was shown is not this seal")


def _sign(session: Session, platform: Platform, seal: Seal) -> bytes:
    organization = session.get_one(Organization, seal.organization_id)
    certificate = session.get_one(IssuedCertificate, seal.certificate_serial)
    now = int(platform.now().timestamp())
    body = SealObject(
        seal_id=seal.id,
        platform=platform.settings.platform_id,
        organization=organization.name,
        credit_code=organization.credit_code,
        kind=SealKind(seal.kind),
        name=seal.name,
        certificate_sha256=sha256(certificate.der),
        imprint_png=platform.files.get(seal.imprint),
        width_um=seal.width_um,
        height_um=seal.height_um,
        not_before=now - _BACKDATE_S,
        not_after=int(certificate.not_after.timestamp()),
        issued_at=now,
    )
    authority = platform.authority
    return write_seal(body, signer_certificate=authority.seal_making, sign=authority.sign_seal)


def _waiting(session: Session, wanted: Seal) -> Seal | None:
    """Return the same application if it waits for review already."""
    query = select(Seal).where(
        Seal.certificate_serial == wanted.certificate_serial, Seal.state == SealState.PENDING_REVIEW
    )
    waiting = list(session.scalars(query))
    for seal in waiting:
        if all(getattr(seal, part) == getattr(wanted, part) for part in _APPLIED):
            return seal
    if len(waiting) >= MAX_PENDING:
        raise RejectedError("platform.too_many_pending")
    return None


_APPLIED = ("kind", "name", "width_um", "height_um", "scan", "imprint")


def _kind(text: str) -> SealKind:
    try:
        return SealKind(text)
    except ValueError:
        raise RejectedError("platform.bad_field", "kind") from None


def _certificate_for(session: Session, platform: Platform, actor: Actor, serial: str) -> MobileCertificate:
    certificate = session.get(MobileCertificate, serial)
    if certificate is None:
        raise RejectedError("platform.not_found")
    target = Target(organization_id=certificate.organization_id, owners=frozenset({certificate.account_id}))
    demand(actor, Action.APPLY_FOR_SEAL, target)
    return usable_certificate(session, platform, serial)


def _readable(session: Session, actor: Actor, seal_id: str) -> Seal:
    seal = session.get(Seal, seal_id)
    if seal is None:
        raise RejectedError("platform.not_found")
    demand(actor, Action.READ_SEAL, _target(session, seal))
    return seal


def _target(session: Session, seal: Seal) -> Target:
    return Target(organization_id=seal.organization_id, owners=_owners(session, seal))


def _owners(session: Session, seal: Seal) -> frozenset[str]:
    """Return who applied and who holds the bound certificate."""
    return frozenset({seal.account_id, session.get_one(MobileCertificate, seal.certificate_serial).account_id})
