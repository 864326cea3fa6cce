"""Confirm by phone whose certificate bids may be sealed to, so that nobody can slip himself in as a recipient (T48)."""

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.trust import CertificateUsage
from desktop.protocol.bid_items import PinItem
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.pins import PinnedRecipient


class PinAction(WithoutProof):
    """The confirmation of one encryption certificate by the phone that holds it and its signing `certificate`."""

    def __init__(self, workspace: Workspace, *, certificate: CertificateFacts, encryption_certificate: bytes) -> None:
        self._workspace = workspace
        self._certificate = certificate
        self._encryption = read_certificate(encryption_certificate)

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Judge both certificates before anybody is asked."""
        preparation.report(0, 1, self._encryption.holder)
        self._workspace = self._workspace.for_scan(self._certificate, offline=preparation.offline)
        check_pair(self._workspace, self._certificate, self._encryption)
        own = self._encryption
        return CeremonyRequest(
            operation=Operation.PIN_RECIPIENT,
            items=(PinItem(sha256=own.sha256, holder=own.holder, enc_serial=own.serial),),
            organization=self._certificate.organization,
            credit_code=self._certificate.credit_code,
            certificates=(self._certificate.serial,),
        )

    def subject(self) -> str:
        """Name the holder."""
        return self._encryption.holder

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Keep the certificate that the phone itself has returned."""
        if not equal(verified.answer.results[0]["cert"], self._encryption.der):
            raise RejectedError("ceremony.certificate_not_allowed", "another encryption certificate")
        self._workspace.pins.add(
            PinnedRecipient(
                certificate=self._encryption,
                signing_serial=self._certificate.serial,
                confirmed_at=self._workspace.clock.now(),
                ceremony=verified.t0,
            )
        )
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        self._workspace.bus.publish(Changed.RECIPIENTS)
        name = self._encryption.holder
        return Finish(outcome=Outcome.DONE, details=(ItemResult(name=name, target=self._encryption.serial),))

    def close(self) -> None:
        """Nothing to clean up."""


def check_pair(workspace: Workspace, signing: CertificateFacts, encryption: CertificateFacts) -> None:
    """Demand that two certificates are one mobile certificate (same unit and holder), both good now.

    Raises:
        RejectedError: `ceremony.certificate_not_allowed`, or as TrustKeeper.require_valid says.
    """
    same = (signing.credit_code, signing.holder) == (encryption.credit_code, encryption.holder)
    if not (same and signing.may_sign and encryption.may_encrypt and signing.credit_code) or encryption.is_ca:
        raise RejectedError("ceremony.certificate_not_allowed", "not a pair of signing and encryption certificate")
    workspace.trust.require_valid(signing, usage=CertificateUsage.SIGN)
    workspace.trust.require_valid(encryption, usage=CertificateUsage.ENCRYPT)
