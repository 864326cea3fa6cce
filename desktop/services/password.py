"""Change the certificate password on the phone (修改证书密码): asked for here, done there, shown by the unchanged key.

The phone asks for the old password and a new one; no password is part of any message. What comes back is a consent
signed by the certificate itself: the key is the same. Source: manual 11; docs/protocol.md §3.
"""

from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.portal.records import Certificate
from desktop.protocol.items import ChangePasswordItem
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest


class ChangePasswordAction(WithoutProof):
    """The change of one certificate's password."""

    def __init__(self, workspace: Workspace, certificate: Certificate) -> None:
        self._workspace = workspace
        self._certificate = certificate

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Name the certificate."""
        preparation.report(0, 1, self.subject())
        certificate = self._certificate
        if not preparation.offline:
            self._workspace.confirm_workstation(certificate.credit_code)
        return CeremonyRequest(
            operation=Operation.CHANGE_PASSWORD,
            items=(ChangePasswordItem(holder=certificate.holder_name, serial_number=certificate.serial),),
            organization=certificate.organization_name,
            credit_code=certificate.credit_code,
            certificates=(certificate.serial,),
        )

    def subject(self) -> str:
        """Name the holder."""
        return f"{self._certificate.organization_name} · {self._certificate.holder_name}"

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Keep a record; the change itself has happened on the phone."""
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        return Finish(
            outcome=Outcome.DONE,
            results=({"name": self.subject()},),
            details=(ItemResult(name=self.subject(), target=self._certificate.serial),),
        )

    def close(self) -> None:
        """Nothing to clean up."""
