"""The one scan of an opening: an officer's phone gives the opening key, and every bid of the envelope is opened.

The key is checked against the announced one, used in memory and forgotten; the journal never sees it. Needs no network
once everything was collected. Source: docs/tendering.md §3, §6.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.primitives import equal
from desktop.crypto.suites import P256PrivateKey, p256_of_scalar, spki_of
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.package import remove_leftovers
from desktop.formats.trust import CertificateUsage
from desktop.protocol.codec import clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import write_announcement
from desktop.protocol.tender_items import release_opening_key_item
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.opening_bids import BidFate
from desktop.services.opening_run import OpeningRun
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.files import as_problem, check_writable
from desktop.store.outputs import OutputFolders

#: What stays free beside the opened files.
_SPARE_BYTES = 64 * 1024 * 1024
OnFate = Callable[[ItemResult], None]


class ReleaseAction(WithoutProof):
    """The release of one envelope's opening key, and the opening of its bids.

    `on_fate` hears what came of each bid as soon as it is known; `key` of an ItemResult is the package in hex.
    """

    def __init__(
        self,
        workspace: Workspace,
        run: OpeningRun,
        *,
        certificate: CertificateFacts,
        on_fate: OnFate = lambda _result: None,
    ) -> None:
        self._workspace, self._run, self._certificate = workspace, run, certificate
        self._on_fate = on_fate
        self._outputs = OutputFolders(workspace.folder.outputs)
        self._preparation = Preparation()

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Demand what the phone will demand, and room for what comes out, before anybody scans.

        Raises:
            RejectedError: `opening.not_officer`, `opening.not_fetched`, or the certificate is not good now.
            UnavailableError: the folder cannot be written, or the disk is too small.
        """
        collected, certificate = self._run.collected, self._certificate
        self._preparation = preparation
        self._workspace = self._workspace.for_scan(certificate, offline=preparation.offline)
        if certificate.sha256 not in collected.judge.announcement.notice.officers:
            raise RejectedError("opening.not_officer", certificate.serial)
        if not collected.closing.payload.opens or (collected.envelope.time_key and collected.time_key is None):
            raise RejectedError("opening.not_fetched", collected.envelope.envelope_id)
        self._workspace.trust.require_valid(certificate, usage=CertificateUsage.SIGN)
        self._workspace.confirm_workstation(certificate.credit_code)
        self._check_room()
        self._outputs.note((), targets=self._run.places)
        item = release_opening_key_item(
            write_announcement(collected.judge.announcement),
            collected.envelope.envelope_id,
            collected.closing_statement,
            collected.delivered,
        )
        return CeremonyRequest(
            operation=Operation.RELEASE_OPENING_KEY,
            items=(item,),
            organization=certificate.organization,
            credit_code=certificate.credit_code,
            certificates=(certificate.serial,),
        )

    def subject(self) -> str:
        """Name tender, lot and envelope."""
        collected = self._run.collected
        notice = collected.judge.announcement.notice
        name = f"{notice.tender} · {notice.lot} · {collected.envelope.title}"
        return clean_text(name, max_bytes=MAX_FILE_NAME_BYTES)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Open every bid; a bad one is said and stops no other."""
        key = self._key(SecretBytes(verified.answer.results[0]["key"]))
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        names = {bid.closed.package: bid.closed.bidder for bid in self._run.collected.bids}
        details: list[ItemResult] = []

        def note(fate: BidFate) -> None:
            details.append(_item(fate, names[fate.package_id]))
            self._on_fate(details[-1])

        def report(done: int, total: int) -> None:
            self._preparation.report(done, total, "")

        is_whole = self._open(key, report, note)
        self._workspace.bus.publish(Changed.DOCUMENTS)
        return Finish(outcome=Outcome.DONE if is_whole else Outcome.PARTIAL, details=tuple(details))

    def _open(self, key: P256PrivateKey, report: Callable[[int, int], None], note: Callable[[BidFate], None]) -> bool:
        """Open, and tell whether every bid has its result; given up in the middle, the key was released even so."""
        try:
            fates = self._run.open(key, report=report, check=self._preparation.check, on_fate=note)
        except RejectedError as error:
            if error.code != "ceremony.cancelled":
                raise
            return False
        return all(fate.state is not None for fate in fates.values())

    def close(self) -> None:
        """Delete plaintext that could not be deleted before; what is still held then goes at the next start."""
        self._outputs.clean_own(remove_leftovers)

    def _key(self, scalar: SecretBytes) -> P256PrivateKey:
        collected = self._run.collected
        announced = collected.judge.announcement.key_of(collected.envelope.envelope_id)
        key = p256_of_scalar(scalar)
        if announced is None or not equal(spki_of(key), announced[0]):
            raise RejectedError("package.share_mismatch", "opening key")
        return key

    def _check_room(self) -> None:
        """Demand room for all that is still to be opened."""
        standing = self._run.standing()
        for folder in {target.parent for target in self._run.targets}:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
            check_writable(folder)
        bids = (bid for bid in self._run.collected.bids if bid.closed.package not in standing and not bid.refused)
        needed = sum(bid.closed.size for bid in bids)
        try:
            free = shutil.disk_usage(self._run.place).free
        except OSError as error:
            raise as_problem(error) from None
        if needed + _SPARE_BYTES > free:
            raise UnavailableError("general.disk_full", f"{needed} bytes wanted, {free} free")


def _item(fate: BidFate, name: str) -> ItemResult:
    return ItemResult(name=name, target=str(fate.target or ""), code=fate.cause, key=fate.package_id.hex())
