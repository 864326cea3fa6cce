"""Mobile certificates: issued against an approved order to keys whose possession was shown, listed, revoked.

The signing key shows itself by signing the request and the consent; the encryption key by opening 32 bytes that the CA
enveloped to it. Only then, in one transaction: ceremony consumed, order completed, both certificates kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from desktop.crypto.issuing import CertificateKind, RevocationReason, Subject
from desktop.crypto.primitives import equal, hpke_seal, rsa_oaep_seal, sha256
from desktop.crypto.suites import P256PublicKey, load_spki
from desktop.domain.errors import RejectedError
from desktop.domain.operations import CertificateState, NoticeKind, Operation, OrderKind, OrderState
from desktop.protocol.items import DownloadItem, SuccessorItem
from desktop.protocol.transcript import possession_context
from desktop.server.cases import issued, orders, seals, successions
from desktop.server.cases.answers import JudgedAnswer, consume, earlier_effect, judge
from desktop.server.cases.invalidation import invalidate
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import (
    IssuedCertificate,
    Member,
    MobileCertificate,
    Order,
    Organization,
    PossessionChallenge,
)
from desktop.server.rules import people
from desktop.server.rules.lifetimes import EXPIRES_SOON
from desktop.server.rules.permissions import Actor
from desktop.server.rules.states import ORDERS, IssuedState, OrderEvent, follow

POSSESSION_BYTES = 32
POSSESSION_LIFE = timedelta(minutes=10)
#: The operation by which a phone asks for the certificate of an order of each kind.
OPERATION: Mapping[OrderKind, Operation] = {
    OrderKind.NEW: Operation.DOWNLOAD,
    OrderKind.GRANT: Operation.DOWNLOAD,
    OrderKind.CHANGE: Operation.DOWNLOAD,
    OrderKind.RENEW: Operation.RENEW,
    OrderKind.REISSUE: Operation.REISSUE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPair:
    """What a download brings, DER; `seals` are those that go on with the new certificate, signed anew for it."""

    signing: bytes
    encryption: bytes
    seals: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """A mobile certificate as it is listed."""

    certificate: MobileCertificate
    organization: Organization
    signing: IssuedCertificate
    encryption: IssuedCertificate
    state: CertificateState
    successor: str | None


def challenge_possession(platform: Platform, actor: Actor, order_id: str, transcript: bytes) -> bytes:
    """Envelope 32 random bytes to the new encryption key of a download answer; the latest envelope counts.

    Raises:
        RejectedError: `platform.not_found`, `.wrong_state`, or what is wrong with the answer.
    """
    value = platform.random(POSSESSION_BYTES)
    with platform.db.write() as session:
        order = orders.for_download(session, actor, order_id)
        answer = _download_answer(session, platform, order, transcript)
        follow(ORDERS, OrderState(order.state), OrderEvent.ISSUE)
        row = session.get(PossessionChallenge, order.id) or PossessionChallenge(order_id=order.id)
        row.transcript_hash = answer.transcript_hash
        row.value_hash = sha256(value).hex()
        row.expires_at = platform.now() + POSSESSION_LIFE
        session.add(row)
    key = load_spki(answer.verified.answer.results[0]["enc"])
    context = possession_context(answer.verified.t2)
    if isinstance(key, P256PublicKey):
        return hpke_seal(recipient=key, info=context, plaintext=value)
    return rsa_oaep_seal(recipient=key, label=context, plaintext=value)


def issue(platform: Platform, actor: Actor, order_id: str, transcript: bytes, proof: bytes) -> IssuedPair:
    """Issue both certificates of an order; the same transcript again gives the same certificates.

    Raises:
        RejectedError: `platform.not_found`, `.wrong_state`, `.proof_wrong`, or what is wrong with the answer.
    """
    with platform.db.write() as session:
        order = orders.for_download(session, actor, order_id)
        answer = _download_answer(session, platform, order, transcript)
        if earlier_effect(session, answer) == order.id:
            return _pair_of(session, order)
        order.state = follow(ORDERS, OrderState(order.state), OrderEvent.ISSUE)
        _check_proof(session, platform, order, answer, proof)
        consume(session, platform, answer, effect=order.id)
        return _issue(session, platform, order, answer)


def visible(platform: Platform, actor: Actor) -> list[CertificateView]:
    """Return the certificates of the units that the caller administers, and the caller's own; newest first."""
    administered = [o for o in actor.memberships if actor.administers(o)]
    signing, encryption = aliased(IssuedCertificate), aliased(IssuedCertificate)
    query = (
        select(MobileCertificate, Organization, signing, encryption)
        .join(Organization, Organization.id == MobileCertificate.organization_id)
        .join(signing, signing.serial == MobileCertificate.serial)
        .join(encryption, encryption.serial == MobileCertificate.enc_serial)
        .where(or_(MobileCertificate.account_id == actor.id, MobileCertificate.organization_id.in_(administered)))
        .order_by(MobileCertificate.issued_at.desc(), MobileCertificate.serial)
    )
    with platform.db.read() as session:
        return [
            CertificateView(
                certificate=certificate,
                organization=organization,
                signing=sign_row,
                encryption=enc_row,
                state=state_of(platform, sign_row),
                successor=successions.successor_of(session, certificate.serial),
            )
            for certificate, organization, sign_row, enc_row in session.execute(query)
        ]


def state_of(platform: Platform, row: IssuedCertificate) -> CertificateState:
    """Return a certificate's state as people read it."""
    now = platform.now()
    if row.state == IssuedState.REVOKED:
        return CertificateState.REVOKED
    if now > row.not_after:
        return CertificateState.EXPIRED
    return CertificateState.EXPIRES_SOON if row.not_after - now < EXPIRES_SOON else CertificateState.VALID


def revoke(platform: Platform, actor: Actor, serial: str, reason: RevocationReason, remark: str = "") -> None:
    """Revoke a mobile certificate (both halves), end what was logged in with it, make the seals bound to it void.

    Raises:
        RejectedError: `platform.not_found`, `platform.wrong_state`.
    """
    text = people.remark(remark, "reason")
    with platform.db.write() as session:
        certificate = session.get(MobileCertificate, serial, with_for_update=True)
        if certificate is None:
            raise RejectedError("platform.not_found")
        invalidate(session, platform, certificate, reason=reason, by=actor.id, remark=text or "关联证书已吊销")


def _download_answer(session: Session, platform: Platform, order: Order, transcript: bytes) -> JudgedAnswer:
    answer = judge(session, platform, transcript, _operation(session, platform, order))
    challenge, item = answer.verified.challenge, answer.verified.challenge.items[0]
    assert isinstance(item, DownloadItem)
    if isinstance(item, SuccessorItem) and item.old_serial != order.predecessor:
        raise RejectedError("ceremony.wrong_purpose", "another certificate")
    if (item.order_id, item.holder, item.suite) != (order.id, order.holder_name, order.suite):
        raise RejectedError("ceremony.wrong_purpose", "another order")
    # What the phone showed as the organization must be the order's, if it showed one at all.
    shown = (challenge.organization, challenge.credit_code)
    if shown not in (("", ""), (order.organization_name, order.credit_code)):
        raise RejectedError("ceremony.wrong_purpose", "another organization")
    return answer


def _operation(session: Session, platform: Platform, order: Order) -> Operation:
    """Return the operation of an order. What has expired since its approval cannot agree any more to being followed."""
    kind = OrderKind(order.kind)
    if kind is OrderKind.RENEW and order.predecessor is not None:
        old = session.get_one(IssuedCertificate, order.predecessor)
        if platform.now() > old.not_after:
            return Operation.DOWNLOAD
    return OPERATION[kind]


def _check_proof(session: Session, platform: Platform, order: Order, answer: JudgedAnswer, proof: bytes) -> None:
    row = session.get(PossessionChallenge, order.id)
    if (
        row is None
        or row.transcript_hash != answer.transcript_hash
        or row.expires_at <= platform.now()
        or not equal(bytes.fromhex(row.value_hash), sha256(proof))
    ):
        raise RejectedError("platform.proof_wrong")
    session.delete(row)


def _issue(session: Session, platform: Platform, order: Order, answer: JudgedAnswer) -> IssuedPair:
    result = answer.verified.answer.results[0]
    assert order.organization_id is not None
    member = select(Member.id).where(
        Member.organization_id == order.organization_id, Member.account_id == order.account_id
    )
    if session.scalar(member) is None:  # left the unit between approval and download
        raise RejectedError("platform.forbidden", "no longer a member")
    subject = Subject(
        holder=order.holder_name,
        organization=order.organization_name,
        credit_code=order.credit_code,
        person_id=order.account_id,
    )
    pair = platform.authority.issue_pair(subject=subject, signing_spki=result["sign"], encryption_spki=result["enc"])
    signing = issued.register(session, CertificateKind.SIGNING, pair.signing)
    encryption = issued.register(session, CertificateKind.ENCRYPTION, pair.encryption)
    session.flush()
    certificate = MobileCertificate(
        serial=signing.serial,
        enc_serial=encryption.serial,
        order_id=order.id,
        account_id=order.account_id,
        organization_id=order.organization_id,
        holder_name=order.holder_name,
        suite=order.suite,
        issued_at=platform.now(),
    )
    session.add(certificate)
    session.flush()
    successions.complete(session, platform, order, certificate.serial)
    tell(
        session,
        platform,
        order.account_id,
        NoticeKind.CERTIFICATE_ISSUED,
        serial=certificate.serial,
        organization=order.organization_name,
    )
    kept = seals.objects_of(session, certificate.serial)
    return IssuedPair(signing=pair.signing, encryption=pair.encryption, seals=kept)


def _pair_of(session: Session, order: Order) -> IssuedPair:
    query = select(MobileCertificate).where(MobileCertificate.order_id == order.id)
    certificate = session.scalars(query).one()
    signing, encryption = (
        session.get_one(IssuedCertificate, serial).der for serial in (certificate.serial, certificate.enc_serial)
    )
    return IssuedPair(signing=signing, encryption=encryption, seals=seals.objects_of(session, certificate.serial))
