"""Download a mobile certificate: keys are made on the phone, possession is proven, the CA issues, the phone keeps.

A renewal (延期) is agreed to by the certificate that it follows, and so needs the phone that holds it; a reissue (补办)
and every other download is answered by the new key alone. Seals that go on with the new certificate come along, signed
anew for it, and may be used at once.
"""

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import CertificateState, Operation, OrderKind
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.trust import CertificateUsage
from desktop.portal.records import IssuedCertificates, Order
from desktop.protocol.items import DownloadItem, SuccessorItem
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation
from desktop.services.events import Changed
from desktop.services.seals import keep_bound
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.pins import PinnedRecipient


class DownloadAction:
    """The download of one approved order."""

    def __init__(self, workspace: Workspace, order: Order) -> None:
        self._workspace = workspace
        self._order = order
        self._verified: VerifiedAnswer | None = None

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Name the order and the holder that the certificate will carry."""
        preparation.report(0, 1, self.subject())
        order = self._order
        operation = self._operation()
        item = DownloadItem(order_id=order.order_id, holder=order.holder_name, suite=order.suite)
        if operation is not Operation.DOWNLOAD:
            item = SuccessorItem(
                order_id=order.order_id, holder=order.holder_name, suite=order.suite, old_serial=order.predecessor
            )
        if operation is Operation.RENEW:
            self._workspace.confirm_workstation(order.credit_code)
        return CeremonyRequest(
            operation=operation,
            items=(item,),
            organization=order.organization_name,
            credit_code=order.credit_code,
            certificates=(order.predecessor,) if operation is Operation.RENEW else (),
        )

    def _operation(self) -> Operation:
        """What the order is for; a certificate that has expired since its renewal was approved cannot agree to it."""
        if self._order.kind is OrderKind.REISSUE:
            return Operation.REISSUE
        if self._order.kind is not OrderKind.RENEW:
            return Operation.DOWNLOAD
        old = next((c for c in self._workspace.api.certificates() if c.serial == self._order.predecessor), None)
        expired = old is not None and old.state is CertificateState.EXPIRED
        return Operation.DOWNLOAD if expired else Operation.RENEW

    def subject(self) -> str:
        """Name organization and holder."""
        return f"{self._order.organization_name} · {self._order.holder_name}"

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Hand in the request; the CA answers with an envelope that only the new encryption key opens."""
        self._verified = verified
        envelope = self._workspace.api.possession(self._order.order_id, verified.transcript.write())
        return AskProof(envelope=envelope)

    def prove(self, value: bytes) -> Finish:
        """Hand in the proof, check what was issued, and pass it to the phone."""
        if self._verified is None:
            raise MisuseError("general.unexpected", "proof before answer")
        issued = self._workspace.api.issue(self._order.order_id, self._verified.transcript.write(), value)
        signing, encryption = self._check(issued)
        # Both are over keys that this very phone has just made: a recipient confirmed as well as can be (T48).
        self._workspace.pins.add(
            PinnedRecipient(
                certificate=encryption,
                signing_serial=signing.serial,
                confirmed_at=self._workspace.clock.now(),
                ceremony=self._verified.t0,
            )
        )
        by_new_key = self._verified.signer is None
        self._workspace.report_usage(
            self._verified,
            subject=self.subject(),
            result="done",
            certificate_serial=signing.serial if by_new_key else "",
        )
        seals = keep_bound(self._workspace, issued.seals, signing)
        self._workspace.bus.publish(Changed.RECIPIENTS)
        self._workspace.bus.publish(Changed.ORDERS)
        self._workspace.bus.publish(Changed.CERTIFICATES)
        self._workspace.bus.publish(Changed.SEALS)
        self._workspace.bus.publish(Changed.SESSION)
        return Finish(
            outcome=Outcome.DONE,
            results=({"sign_cert": issued.sign_cert, "enc_cert": issued.enc_cert, "chain": list(issued.chain)},),
            details=(ItemResult(name=self.subject(), target=signing.serial), *seals),
        )

    def close(self) -> None:
        """Nothing to clean up."""

    def _check(self, issued: IssuedCertificates) -> tuple[CertificateFacts, CertificateFacts]:
        """Demand certificates over exactly the phone's keys, from our platform's CA."""
        assert self._verified is not None
        result = self._verified.answer.results[0]
        signing, encryption = read_certificate(issued.sign_cert), read_certificate(issued.enc_cert)
        if (signing.spki, encryption.spki) != (result["sign"], result["enc"]):
            raise RejectedError("ceremony.certificate_invalid", "issued over another key")
        self._workspace.trust.require_valid(signing, usage=CertificateUsage.SIGN)
        self._workspace.trust.require_valid(encryption, usage=CertificateUsage.ENCRYPT)
        return signing, encryption
