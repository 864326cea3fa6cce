"""Enrol this workstation for an organization: a member's certificate vouches for its key."""

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.protocol.challenge import Enrolment
from desktop.protocol.items import EnrolItem
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest


class EnrolAction(WithoutProof):
    """One enrolment for the organization that the signed-in person acts for."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Name the organization and this workstation's key."""
        preparation.report(0, 1, self.subject())
        organization = self._workspace.account.organization
        if organization is None:
            raise RejectedError("ceremony.no_organization")
        workstation = self._workspace.workstation
        return CeremonyRequest(
            operation=Operation.ENROL_WORKSTATION,
            items=(EnrolItem(workstation_key=workstation.key_point, name=workstation.name),),
            organization=organization.name,
            credit_code=organization.credit_code,
        )

    def subject(self) -> str:
        """Name the workstation."""
        return self._workspace.workstation.name

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Register the enrolment at the platform and keep it here."""
        assert verified.signer is not None
        self._workspace.api.enrol_workstation(verified.transcript.write())
        self._workspace.workstation.keep(
            credit_code=verified.challenge.credit_code,
            organization=verified.challenge.organization,
            serial=verified.signer.serial,
            enrolment=Enrolment(
                certificate=verified.signer.der,
                issued_at=verified.challenge.issued_at,
                signature=verified.answer.results[0]["sig"],
            ),
        )
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        self._workspace.bus.publish(Changed.WORKSTATION)
        name = self._workspace.workstation.name
        return Finish(outcome=Outcome.DONE, results=({"name": name},), details=(ItemResult(name=name),))

    def close(self) -> None:
        """Nothing to clean up."""
