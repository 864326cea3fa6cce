"""Open bids by phone, or rehearse it: one scan for many packages, each of which succeeds or fails by itself.

A share is checked against its commitment before use and is written nowhere but, at the user's express wish, into a
share file. What is opened is what was verified, byte by byte, even if the file was exchanged meanwhile.
Source: docs/bid-package.md §9; docs/protocol.md §3.5.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import equal
from desktop.domain.errors import BidSealError, MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.package import (
    BidPackage,
    Envelope,
    Group,
    OpenedEnvelope,
    PackageVerdict,
    check_share_value,
    open_package,
    remove_leftovers,
    verify_package,
)
from desktop.protocol.bid_items import ShareItem
from desktop.protocol.codec import Value, clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES, MAX_ITEMS
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof, end_of_items
from desktop.services.events import Changed
from desktop.services.recipients import check_pair
from desktop.services.share_file import ExportedShare, write_shares
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.files import check_writable, replace, write_new
from desktop.store.outputs import OutputFolders


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJob:
    """One envelope to open into the new folder `target`; `package` is what `inspect_package` found in `path`.

    `shares` are those of other groups, by group id.
    """

    path: Path
    package: BidPackage
    envelope_id: str
    target: Path
    shares: Mapping[str, SecretBytes] = field(default_factory=dict)


def inspect_package(
    workspace: Workspace, path: Path, *, report: Callable[[int, int], None], check: Callable[[], None]
) -> PackageVerdict:
    """Judge a package file with what this workstation trusts now; `check` raises to cancel.

    Whoever judges many refreshes the trust once before (TrustKeeper.refresh), not for each.

    Raises:
        UnavailableError: the file cannot be read.
    """

    def progress(done: int, total: int) -> None:
        check()
        report(done, total)

    verdict = verify_package(
        path,
        anchors=workspace.trust.anchors,
        revocation=workspace.trust.revocation(),
        now=workspace.clock.now(),
        progress=progress,
    )
    check()  # what was given up in the middle is no verdict
    return verdict


def own_group(package: BidPackage, envelope: Envelope, encryption_certificate: CertificateFacts) -> Group:
    """Return the group whose share this certificate opens.

    Raises:
        RejectedError: there is none (`package.share_not_ours`).
    """
    for group in envelope.groups:
        if any(equal(recipient.sha256, encryption_certificate.sha256) for recipient in group.recipients):
            return group
    raise RejectedError("package.share_not_ours", package.header.package_id.hex())


class ShareAction(WithoutProof, ABC):
    """What opening, rehearsing and exporting have in common: one item for each job that can be asked for."""

    operation: Operation

    def __init__(
        self,
        workspace: Workspace,
        *,
        certificate: CertificateFacts,
        encryption_certificate: bytes,
        jobs: tuple[OpenJob, ...],
    ) -> None:
        if not 1 <= len(jobs) <= MAX_ITEMS:
            raise MisuseError("general.unexpected", f"{len(jobs)} bids in one scan")
        self._workspace = workspace
        self._certificate = certificate
        self._encryption = read_certificate(encryption_certificate)
        self._jobs = jobs
        self._outputs = OutputFolders(workspace.folder.outputs)
        #: What was found for each job; None for one that cannot be asked for, whose fate stands in `_refused`.
        self._groups: list[tuple[Envelope, Group] | None] = []
        self._refused: dict[int, ItemResult] = {}
        self._report: Callable[[int, int, str], None] = lambda _done, _total, _text: None

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Find each bid's group that this certificate opens; a bid without one is left out and stops no other (T41).

        Raises:
            RejectedError: none can be asked for; with the code of the first.
        """
        self._report = preparation.report
        self._workspace = self._workspace.for_scan(self._certificate, offline=preparation.offline)
        check_pair(self._workspace, self._certificate, self._encryption)
        self._workspace.confirm_workstation(self._certificate.credit_code)
        self._check_places()
        items = []
        for number, job in enumerate(self._jobs):
            preparation.check()
            preparation.report(number, len(self._jobs), job.path.name)
            try:
                items.append(self._item(job))
            except RejectedError as error:
                self._groups.append(None)
                self._refused[number] = ItemResult(name=job.path.name, code=error.code)
        preparation.report(len(self._jobs), len(self._jobs), "")
        left_out = tuple(self._refused.values())
        if not items:
            raise RejectedError(left_out[0].code, left_out[0].name)
        preparation.leave_out(left_out)
        return CeremonyRequest(
            operation=self.operation,
            items=tuple(items),
            organization=self._certificate.organization,
            credit_code=self._certificate.credit_code,
            certificates=(self._certificate.serial,),
        )

    def subject(self) -> str:
        """Name the packages."""
        return "; ".join(job.path.name for job in self._jobs)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Serve each bid; a bad one is said and stops no other."""
        results: list[dict[str, Value]] = []
        details: list[ItemResult] = []
        uses: list[tuple[str, str]] = []
        answers = iter(verified.answer.results)
        for number, (job, found) in enumerate(zip(self._jobs, self._groups, strict=True)):
            if found is None:
                details.append(self._refused[number])
                continue
            self._tell(number)
            details.append(self._fate(job, found, next(answers)))
            name, code = clean_text(job.path.name, max_bytes=MAX_FILE_NAME_BYTES), details[-1].code
            results.append({"name": name, "error": code} if code else {"name": name})
            uses.append((f"{name} · {job.package.header.package_id.hex()[:8]} · {job.envelope_id}", code or "done"))
        self._workspace.report_usages(verified, uses)
        self._tell(len(self._jobs))
        self._workspace.bus.publish(Changed.DOCUMENTS)
        # What was left out of the scan is no matter of the phone's.
        failure = details[0].code if len(details) == 1 else "ceremony.nothing_done"
        return end_of_items(results, tuple(details), failure=failure)

    def close(self) -> None:
        """Forget what was found."""
        self._groups.clear()

    def _fate(self, job: OpenJob, found: tuple[Envelope, Group], result: Mapping[str, Any]) -> ItemResult:
        try:
            if "error" in result:
                raise RejectedError(str(result["error"]), job.path.name)
            return self._serve(job, *found, result)
        except BidSealError as error:
            return ItemResult(name=job.path.name, code=error.code)

    def _tell(self, number: int) -> None:
        """Report that job `number` is next."""
        name = self._jobs[number].path.name if number < len(self._jobs) else ""
        self._report(number, len(self._jobs), name)

    @abstractmethod
    def _serve(self, job: OpenJob, envelope: Envelope, group: Group, result: Mapping[str, Any]) -> ItemResult:
        """Do what the phone's result allows."""

    @abstractmethod
    def _check_places(self) -> None:
        """Demand that what is to be written can be, before anybody scans."""

    def _item(self, job: OpenJob) -> ShareItem:
        header = job.package.header
        envelope = header.envelope(job.envelope_id)
        if envelope is None:
            raise RejectedError("package.share_missing", job.envelope_id)
        group = own_group(job.package, envelope, self._encryption)
        self._groups.append((envelope, group))
        return ShareItem(
            name=clean_text(job.path.name, max_bytes=MAX_FILE_NAME_BYTES),
            tender=header.tender,
            lot=header.lot,
            bidder_name=header.bidder.name,
            credit_code=header.bidder.credit_code,
            package_id=header.package_id,
            envelope_id=envelope.envelope_id,
            envelope_title=envelope.title,
            group_id=group.group_id,
            cms=job.package.shares[envelope.envelope_id, group.group_id],
        )


class OpenAction(ShareAction):
    """Open bids, each into its own new folder; `opened` says by folder what came out."""

    operation = Operation.DECRYPT

    def __init__(
        self,
        workspace: Workspace,
        *,
        certificate: CertificateFacts,
        encryption_certificate: bytes,
        jobs: tuple[OpenJob, ...],
    ) -> None:
        super().__init__(workspace, certificate=certificate, encryption_certificate=encryption_certificate, jobs=jobs)
        self.opened: dict[Path, OpenedEnvelope] = {}
        payloads = (job.package.payloads.get(job.envelope_id) for job in jobs)
        self._sizes = [payload.size if payload else 0 for payload in payloads]
        self._before = 0

    def _check_places(self) -> None:
        for job in self._jobs:
            check_writable(job.target.parent)
            if job.target.exists():
                raise RejectedError("package.target_exists", job.target.name)
        self._outputs.note((), targets=[job.target for job in self._jobs])

    def close(self) -> None:
        """Delete plaintext that could not be deleted before; what is still held then goes at the next start."""
        super().close()
        self._outputs.clean_own(remove_leftovers)

    def _tell(self, number: int) -> None:
        """Count bytes: one bid may take as long as a hundred others."""
        self._before = sum(self._sizes[:number])
        name = self._jobs[number].path.name if number < len(self._jobs) else ""
        self._report(self._before, sum(self._sizes), name)

    def _serve(self, job: OpenJob, envelope: Envelope, group: Group, result: Mapping[str, Any]) -> ItemResult:
        shares = {**job.shares, group.group_id: SecretBytes(result["share"])}
        before, total = self._before, sum(self._sizes)

        def progress(done: int, _of: int) -> None:
            self._report(before + done, total, job.path.name)

        self.opened[job.target] = open_package(
            job.path, job.package, envelope.envelope_id, shares, job.target, progress=progress, replace=replace
        )
        return ItemResult(name=job.path.name, target=str(job.target))


class RehearseAction(ShareAction):
    """Show that the phone could open bids, without opening any."""

    operation = Operation.REHEARSE

    def _check_places(self) -> None:
        """Write nothing anywhere."""

    def _serve(self, job: OpenJob, envelope: Envelope, group: Group, result: Mapping[str, Any]) -> ItemResult:
        if not equal(result["commit"], group.commitment):
            raise RejectedError("package.share_mismatch", group.group_id)
        return ItemResult(name=job.path.name, target=envelope.title)


class ExportSharesAction(ShareAction):
    """Write the shares that the phone opens into a new share file, for an opening by hand or with other groups."""

    operation = Operation.DECRYPT

    def __init__(
        self,
        workspace: Workspace,
        *,
        certificate: CertificateFacts,
        encryption_certificate: bytes,
        jobs: tuple[OpenJob, ...],
        target: Path,
    ) -> None:
        super().__init__(workspace, certificate=certificate, encryption_certificate=encryption_certificate, jobs=jobs)
        self._target = target
        self._shares: list[ExportedShare] = []

    def _check_places(self) -> None:
        check_writable(self._target.parent)
        self._outputs.note([self._target.parent])

    def close(self) -> None:
        """Forget the shares, and say that nothing is being written any more."""
        super().close()
        self._shares.clear()
        self._outputs.forget()

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Collect the shares, then write the one file."""
        end = super().act(verified)
        if self._shares:
            write_new(self._target, write_shares(tuple(self._shares)), private=True)
        return end

    def _serve(self, job: OpenJob, envelope: Envelope, group: Group, result: Mapping[str, Any]) -> ItemResult:
        share = SecretBytes(result["share"])
        if not check_share_value(job.package, envelope, group.group_id, share):
            raise RejectedError("package.share_mismatch", group.group_id)
        self._shares.append(
            ExportedShare(
                package_id=job.package.header.package_id,
                envelope_id=envelope.envelope_id,
                group_id=group.group_id,
                share=share,
            )
        )
        return ItemResult(name=job.path.name, target=str(self._target))
