"""Withdraw a submitted bid by phone: what the phone signs is the entry in the platform's log.

Done is told only on the platform's signed word about exactly this bid. Where the answer is lost, asking for the state
of the bid says what came of it; the same consent again changes nothing. Source: docs/tendering.md §3, §4.
"""

from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.protocol.codec import clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import Notice
from desktop.protocol.statements import BidReceipt
from desktop.protocol.tender_items import WithdrawItem
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.receipts import judge_withdrawal
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.files import write_atomic


class WithdrawAction(WithoutProof):
    """The withdrawal of one bid, known by its judged `receipt`; the platform's word is kept in `folder`."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        certificate: CertificateFacts,
        lot_id: str,
        notice: Notice,
        receipt: BidReceipt,
        folder: Path,
    ) -> None:
        self._workspace = workspace
        self._certificate = certificate
        self._lot_id, self._notice, self._receipt, self._folder = lot_id, notice, receipt, folder

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Name the bid by what its receipt says."""
        preparation.report(0, 1, self.subject())
        self._workspace = self._workspace.for_scan(self._certificate, offline=preparation.offline)
        self._workspace.confirm_workstation(self._certificate.credit_code)
        item = WithdrawItem(
            tender=self._notice.tender,
            tender_name=self._notice.tender_name,
            lot=self._notice.lot,
            lot_name=self._notice.lot_name,
            package_id=self._receipt.package_id,
            sha256=self._receipt.sha256,
            number=self._receipt.number,
        )
        return CeremonyRequest(
            operation=Operation.WITHDRAW,
            items=(item,),
            organization=self._certificate.organization,
            credit_code=self._certificate.credit_code,
            certificates=(self._certificate.serial,),
        )

    def subject(self) -> str:
        """Name lot and package."""
        text = f"{self._notice.tender} · {self._notice.lot} · {self._receipt.package_id.hex()[:8]}"
        return clean_text(text, max_bytes=MAX_FILE_NAME_BYTES)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Hand in the consent, and take only the platform's signed word for done."""
        data = self._workspace.api.withdraw(self._lot_id, verified.transcript.write())
        judge_withdrawal(self._workspace, data, self._receipt)
        write_atomic(self._folder / f"{self._receipt.package_id.hex()}.withdrawn", data)
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        self._workspace.bus.publish(Changed.TENDERS)
        return Finish(outcome=Outcome.DONE, details=(ItemResult(name=self.subject()),))

    def close(self) -> None:
        """Nothing to clean up."""
