"""Log in by QR: the phone signs the platform's nonce, the platform gives the session to whoever holds v."""

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.portal.records import SignedIn
from desktop.protocol.items import LoginItem
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest

_V_BYTES = 32


class LoginAction(WithoutProof):
    """One login. `credit_code` names the organization of an enrolled workstation, "" where it is not enrolled."""

    def __init__(self, workspace: Workspace, *, credit_code: str = "", remember: bool = True) -> None:
        self._workspace = workspace
        self._credit_code = credit_code
        self._remember = remember
        self._v = b""

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Fetch the nonce."""
        preparation.report(0, 1, self.subject())
        nonce = self._workspace.api.login_nonce()
        self._v = self._workspace.random(_V_BYTES)
        stored = self._workspace.workstation.enrolment_for(self._credit_code) if self._credit_code else None
        return CeremonyRequest(
            operation=Operation.LOGIN,
            items=(LoginItem(nonce=nonce, v_hash=sha256(self._v)),),
            organization=stored.organization if stored else "",
            credit_code=stored.credit_code if stored else "",
        )

    def subject(self) -> str:
        """Name the platform."""
        return self._workspace.profile.name

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Redeem the answer for a session."""
        session = self._redeem(verified)
        self._workspace.account.adopt(session, remember=self._remember)
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        name = session.account.name or session.account.mobile_masked
        return Finish(outcome=Outcome.DONE, results=({"name": name},), details=(ItemResult(name=name),))

    def _redeem(self, verified: VerifiedAnswer) -> SignedIn:
        try:
            device = self._workspace.account.device
            return self._workspace.api.sign_in_by_transcript(verified.transcript.write(), self._v, device=device)
        except RejectedError as error:
            if error.code == "ceremony.workstation_not_enrolled":
                # Removed at the platform: from now on this workstation asks as a stranger, with the typed code.
                self._workspace.workstation.forget(self._credit_code)
                self._workspace.bus.publish(Changed.WORKSTATION)
            raise

    def close(self) -> None:
        """Forget v."""
        self._v = b""
