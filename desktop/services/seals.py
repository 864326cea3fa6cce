"""Seals: claim one by phone, keep the signed object here, and know which may be used with which certificate."""

import logging
from collections.abc import Iterable

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import Operation, SealState
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.seal import SealObject, check_usable, read_seal
from desktop.formats.trust import CertificateUsage
from desktop.portal.records import Seal
from desktop.protocol.items import ClaimSealItem
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)


def open_seal(workspace: Workspace, data: bytes) -> SealObject:
    """Read a signed seal object and demand that this platform's seal maker signed it.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.signature_invalid`, `ceremony.certificate_invalid`, …
    """
    seal, maker = read_seal(data)
    if seal.platform != workspace.profile.platform_id:
        raise RejectedError("ceremony.certificate_invalid", "seal of another platform")
    workspace.trust.require_valid(maker, usage=CertificateUsage.SEAL_MAKING)
    return seal


def load_seal(workspace: Workspace, record: Seal, certificate: CertificateFacts) -> SealObject:
    """Return the claimed seal of `record`, checked for use with `certificate` now; fetched once, then from disk.

    Raises:
        RejectedError: not claimed, void, expired, or bound to another certificate (T14, T15).
        UnavailableError: the platform cannot be asked for it.
    """
    if record.state is not SealState.CLAIMED:
        raise RejectedError("ceremony.seal_not_claimed", record.state)
    kept = _kept(workspace, record.seal_id)
    if (
        kept is not None
        and record.certificate_serial == certificate.serial
        and not equal(kept.certificate_sha256, certificate.sha256)
    ):
        kept = None  # from before the renewal of its certificate, which had the platform sign it anew
    data = workspace.api.seal_object(record.seal_id) if kept is None else b""
    seal = kept or open_seal(workspace, data)
    if seal.seal_id != record.seal_id:
        raise RejectedError("ceremony.seal_not_bound", "another seal")
    check_usable(seal, certificate, at=int(workspace.clock.now().timestamp()))
    if kept is None:
        _keep(workspace, seal.seal_id, data)
    return seal


def keep_bound(
    workspace: Workspace, seals: Iterable[tuple[str, bytes]], certificate: CertificateFacts
) -> tuple[ItemResult, ...]:
    """Keep the objects of seals that go on with a new certificate; return the fate of each.

    A bad one is not kept and said so: the certificate has been issued, whatever came along with it.
    """
    found: list[ItemResult] = []
    for seal_id, data in seals:
        try:
            seal = open_seal(workspace, data)
            check_usable(seal, certificate, at=int(workspace.clock.now().timestamp()))
            if seal.seal_id != seal_id:
                raise RejectedError("ceremony.seal_not_bound", "another seal")  # noqa: TRY301 - as the checks above
        except RejectedError as error:
            log.info("seal %s not kept: %s", seal_id, error.code)
            found.append(ItemResult(name=seal_id, target=seal_id, code=error.code))
        else:
            _keep(workspace, seal_id, data)
            found.append(ItemResult(name=seal.name, target=seal_id))
    return tuple(found)


class ClaimSealAction(WithoutProof):
    """The claim of one approved seal by the certificate it is bound to."""

    def __init__(self, workspace: Workspace, seal: Seal, *, credit_code: str) -> None:
        self._workspace = workspace
        self._seal = seal
        self._credit_code = credit_code

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Name the seal; its imprint's hash is what the review desk approved."""
        preparation.report(0, 1, self.subject())
        self._workspace.confirm_workstation(self._credit_code)
        seal = self._seal
        item = ClaimSealItem(seal_id=seal.seal_id, name=seal.name, kind=seal.kind, imprint_sha256=seal.imprint_sha256)
        return CeremonyRequest(
            operation=Operation.CLAIM_SEAL,
            items=(item,),
            organization=seal.organization_name,
            credit_code=self._credit_code,
            certificates=(seal.certificate_serial,),
        )

    def subject(self) -> str:
        """Name the seal."""
        return self._seal.name

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Claim at the platform and keep the signed seal object."""
        assert verified.signer is not None
        data = self._workspace.api.claim_seal(self._seal.seal_id, verified.transcript.write())
        seal = open_seal(self._workspace, data)
        check_usable(seal, verified.signer, at=int(self._workspace.clock.now().timestamp()))
        if seal.seal_id != self._seal.seal_id or not equal(sha256(seal.imprint_png), self._seal.imprint_sha256):
            raise RejectedError("ceremony.seal_not_bound", "another imprint than claimed")
        _keep(self._workspace, seal.seal_id, data)
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        self._workspace.bus.publish(Changed.SEALS)
        return Finish(
            outcome=Outcome.DONE,
            results=({"seal": data},),
            details=(ItemResult(name=seal.name, target=seal.seal_id),),
        )

    def close(self) -> None:
        """Nothing to clean up."""


def _keep(workspace: Workspace, seal_id: str, data: bytes) -> None:
    """Keep the object for later; the platform can give it again, so a full disk does not spoil a claim."""
    try:
        write_atomic(workspace.folder.seals / f"{seal_id}.seal", data)
    except BidSealError as error:
        log.info("seal object not kept: %s", error.code)


def _kept(workspace: Workspace, seal_id: str) -> SealObject | None:
    """Return the seal from disk; one that is damaged or not of our seal maker is as good as none."""
    try:
        seal = open_seal(workspace, (workspace.folder.seals / f"{seal_id}.seal").read_bytes())
    except (OSError, RejectedError) as error:
        log.info("no kept seal object: %s", type(error).__name__)
        return None
    return seal if seal.seal_id == seal_id else None
