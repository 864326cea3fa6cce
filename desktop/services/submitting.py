"""Submit a bid package: resumable, idempotent, and never told done before the judged receipt is durable on this disk.

The platform knows an upload by unit and hash, so that asking again, after a crash here or there or a cut line, finds
the same one. An upload ends in one of three ways: with a receipt, refused with a reason, or unclear, which is said and
which trying again clears up. Source: docs/tendering.md §9; design.md §1.
"""

import hashlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.tendering import UploadState
from desktop.formats.package import BidPackage
from desktop.portal.tender_api import MAX_PART_BYTES
from desktop.portal.tender_records import BidUpload
from desktop.protocol.notices import Notice
from desktop.services.bidding import require_for_lot
from desktop.services.events import Changed
from desktop.services.opening import inspect_package
from desktop.services.receipts import SUFFIX, Expected, Judged, judge_receipt, keep_receipt
from desktop.services.tenders import KnownLot, open_lot
from desktop.services.workspace import Workspace
from desktop.store.bids import BidNote, BidNotes
from desktop.store.files import as_problem, write_atomic
from desktop.store.outputs import OutputFolders

#: Tries in a row that got nothing further, and the pauses between them: about two minutes.
MAX_TRIES = 9
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 30.0
#: How long the platform may look at a bid before that is called unclear: five minutes.
_CHECKING_PAUSE_S, MOST_LOOKS = 0.5, 600
#: On a line that is cut again and again, or carries 50 octets a second, small parts get through.
_LEAST_PART_BYTES = 1024
#: A part that took longer is not followed by a larger one.
_LONG_PART_S = 10.0
#: A platform that takes parts for ever without getting on is none; each octet may be sent so many times.
_MOST_SENT = 4
_READ_BYTES = 1 << 20


class Step(StrEnum):
    """What a submission is at."""

    CHECKING = "checking"
    SENDING = "sending"
    WAITING = "waiting"
    RETRYING = "retrying"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitJob:
    """Which package is submitted for which lot, by which unit of the person."""

    lot_id: str
    organization_id: str
    credit_code: str
    package: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """How a submission is watched and stopped: `check` raises to cancel, `pause` waits and may be cut short."""

    report: Callable[[Step, int, int], None] = lambda _step, _done, _total: None
    check: Callable[[], None] = lambda: None
    pause: Callable[[float], object] = lambda _seconds: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A submitted bid: its judged receipt, and the file that it stands in."""

    judged: Judged
    path: Path


def submit(workspace: Workspace, job: SubmitJob, control: Control) -> Submitted:
    """Submit, or go on with what was interrupted; the same package again is the same submission.

    Raises:
        RejectedError: the package is not one for this lot; the platform refuses it; its receipt is not good; cancelled.
        UnavailableError: no connection for long; `bid.submission_unclear` where everything was sent and no word came;
            `bid.receipt_not_kept` where the bid is with the platform and its receipt cannot be written here.
    """
    known = open_lot(workspace, job.lot_id)
    package, digest, size = _inspect(workspace, job, known, control)
    with _opened(job.package) as file:
        upload = _Sending(workspace, job, control, file=file, digest=digest, size=size).run()
    if upload.state is UploadState.REFUSED:
        raise RejectedError(upload.code or "bid.refused", upload.upload_id)
    expected = Expected(
        notice=_notice_now(workspace, job),
        credit_code=job.credit_code,
        package=package.header.package_id,
        sha256=digest,
        size=size,
    )
    judged = judge_receipt(workspace, upload.receipt, expected)
    path = _keep(workspace, known, job.package, judged, expected)
    BidNotes(workspace.folder.bids).note(_note(job, known, judged), workspace.clock.now())
    workspace.bus.publish(Changed.TENDERS)
    return Submitted(judged=judged, path=path)


def _note(job: SubmitJob, known: KnownLot, judged: Judged) -> BidNote:
    """Let the home page tell of the opening."""
    return BidNote(
        credit_code=job.credit_code,
        tender=judged.receipt.tender,
        lot=judged.receipt.lot,
        deadline=known.deadline,
        path=str(job.package),
        submitted_lot=job.lot_id,
    )


def _notice_now(workspace: Workspace, job: SubmitJob) -> Notice:
    """Return the notice in force: the deadline may have been extended while octets were on their way."""
    try:
        return open_lot(workspace, job.lot_id).notice
    except UnavailableError as error:
        raise UnavailableError("bid.submission_unclear", f"{error.code} {error.detail}") from None


def _inspect(workspace: Workspace, job: SubmitJob, known: KnownLot, control: Control) -> tuple[BidPackage, bytes, int]:
    """Judge the package as the platform will, before a byte is sent; return it with the hash and size of its file."""
    verdict = inspect_package(
        workspace,
        job.package,
        report=lambda done, total: control.report(Step.CHECKING, done, total),
        check=control.check,
    )
    if verdict.package is None:
        code = verdict.reasons[0].code if verdict.reasons else "package.damaged"
        raise RejectedError(code, job.package.name)
    require_for_lot(verdict.package, known.announcements, credit_code=job.credit_code)
    digest, size = hashlib.sha256(), 0
    with _opened(job.package) as file:
        while chunk := file.read(_READ_BYTES):
            control.check()
            digest.update(chunk)
            size += len(chunk)
    return verdict.package, digest.digest(), size


def _keep(workspace: Workspace, known: KnownLot, package: Path, judged: Judged, expected: Expected) -> Path:
    """Keep the receipt beside the package, and with the lot: there it is held against what is closed (own_bids.py)."""

    def is_good(data: bytes) -> bool:
        try:
            judge_receipt(workspace, data, expected)
        except RejectedError:
            return False
        return True

    try:
        write_atomic(known.folder / f"{judged.receipt.package_id.hex()}{SUFFIX}", judged.data)
        outputs = OutputFolders(workspace.folder.outputs)
        return keep_receipt(package, judged.data, outputs=outputs, is_good=is_good)
    except UnavailableError as error:
        raise UnavailableError("bid.receipt_not_kept", f"{error.code} {error.detail}") from None


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise RejectedError("bid.package_gone", path.name) from None
    except OSError as error:
        raise as_problem(error) from None


class _Sending:
    """One run of an upload to its end; every answer of the platform says how far it has got."""

    def __init__(
        self, workspace: Workspace, job: SubmitJob, control: Control, *, file: BinaryIO, digest: bytes, size: int
    ) -> None:
        self._api, self._job, self._control = workspace.api, job, control
        self._file, self._digest, self._size = file, digest, size
        self._sent = 0
        self._tries = 0
        self._has_sent_all = False
        self._part_bytes = MAX_PART_BYTES

    def run(self) -> BidUpload:
        """Return the upload, accepted or refused."""
        upload, looks = self._ask(None), 0
        while upload.state in {UploadState.RECEIVING, UploadState.CHECKING}:
            self._control.check()
            if upload.state is UploadState.CHECKING or upload.offset == self._size:
                self._has_sent_all = True
                looks += 1
                if looks > MOST_LOOKS:
                    raise UnavailableError("bid.submission_unclear", "no verdict")
                self._control.report(Step.WAITING, self._size, self._size)
                self._control.pause(_CHECKING_PAUSE_S)
                upload = self._ask(upload)
            else:
                upload = self._send(upload)
        return upload

    def _send(self, upload: BidUpload) -> BidUpload:
        """Send the next part; what goes wrong on the way is cleared up by asking how far the upload is."""
        self._file.seek(upload.offset)
        part = self._file.read(self._part_bytes)
        self._sent += len(part)
        if not part or self._sent > _MOST_SENT * self._size + MAX_TRIES * MAX_PART_BYTES:
            raise RejectedError("portal.bad_answer", "the upload does not get on")

        def tell(left: int) -> None:
            if left == len(part):  # too late to stop it: the answer is awaited
                self._has_sent_all |= upload.offset + left == self._size
                return
            self._control.check()
            self._control.report(Step.SENDING, upload.offset + left, self._size)

        begun = time.monotonic()
        try:
            found = self._checked(self._api.send_part(upload.upload_id, upload.offset, part, tell=tell))
        except UnavailableError as error:
            self._part_bytes = max(len(part) // 4, _LEAST_PART_BYTES)
            self._wait(error)
            return self._ask(upload)
        except RejectedError as error:
            if error.code == "platform.slow_down":
                self._wait(error)
            elif error.code != "tender.upload_offset":
                raise
            return self._ask(upload)
        self._tries = 0
        if time.monotonic() - begun < _LONG_PART_S:
            self._part_bytes = min(self._part_bytes * 2, MAX_PART_BYTES)
        return found

    def _ask(self, upload: BidUpload | None) -> BidUpload:
        """Return how far the upload is, asking until there is an answer."""
        while True:
            self._control.check()
            try:
                found = self._checked(self._start() if upload is None else self._api.upload(upload.upload_id))
            except UnavailableError as error:
                self._wait(error)
            except RejectedError as error:
                if error.code != "platform.slow_down":
                    raise
                self._wait(error)
            else:
                if upload is not None and found.offset > upload.offset:
                    self._tries = 0
                return found

    def _start(self) -> BidUpload:
        return self._api.start_upload(self._job.lot_id, self._job.organization_id, sha256=self._digest, size=self._size)

    def _checked(self, found: BidUpload) -> BidUpload:
        if (found.lot_id, found.size) != (self._job.lot_id, self._size):
            raise RejectedError("portal.bad_answer", "another upload")
        return found

    def _wait(self, error: UnavailableError | RejectedError) -> None:
        """Back off; after too many tries in a row say whether the bid may have arrived."""
        self._tries += 1
        if self._tries >= MAX_TRIES:
            if self._has_sent_all:
                raise UnavailableError("bid.submission_unclear", f"{error.code} {error.detail}") from None
            raise UnavailableError(error.code, error.detail) from None
        self._control.report(Step.RETRYING, self._tries, MAX_TRIES)
        longest = min(_FIRST_PAUSE_S * 2**self._tries, _LONGEST_PAUSE_S)
        self._control.pause(longest * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the load, guards nothing
