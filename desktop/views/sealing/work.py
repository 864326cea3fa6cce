"""The long work of the sealing page, on a worker: each document's outcome is reported as soon as it is known.

One document that fails never stops the others. Cancelling stops between documents; what was reported stays.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.documents import Document, TextSearch, open_document
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import CertificateState, SealState
from desktop.formats.seal import SealObject
from desktop.services.seals import load_seal
from desktop.services.timestamping import Stamped, add_timestamp
from desktop.services.workspace import Workspace
from desktop.signing.pdf import check_sealable
from desktop.ui.tasks import CancelToken, ReportProgress
from desktop.views.sealing.state import Paper

_USABLE = (CertificateState.VALID, CertificateState.EXPIRES_SOON)

Means = tuple[tuple[CertificateFacts, tuple[SealObject, ...]], ...]


def fetch_means(workspace: Workspace, progress: ReportProgress, cancel: CancelToken) -> Means:
    """Find out which certificates of the person have which usable seals."""
    progress(0, 1)
    records = workspace.api.seals()
    means: list[tuple[CertificateFacts, tuple[SealObject, ...]]] = []
    unit = workspace.account.organization
    for certificate in workspace.api.certificates():
        cancel.raise_if_set()
        is_other = unit is not None and certificate.organization_id != unit.organization_id
        if is_other or not certificate.mine or certificate.state not in _USABLE:
            continue
        facts = read_certificate(certificate.sign_cert)
        claimed = [r for r in records if r.certificate_serial == facts.serial and r.state is SealState.CLAIMED]
        means.append((facts, tuple(load_seal(workspace, r, facts) for r in claimed)))
    return tuple(means)


def open_all(
    folder: Path,
    paths: Sequence[Path],
    came: Callable[[Path, Document | None, str], object],
    progress: ReportProgress,
    cancel: CancelToken,
) -> None:
    """Open documents one after the other; `came` hears of each, with the reason where it cannot be sealed."""
    for number, path in enumerate(paths):
        progress(number, len(paths), path.name)
        if cancel.is_set():
            return
        try:
            document = open_document(path, folder)
            try:
                check_sealable(document.facts.snapshot)
            except BidSealError:
                document.close()
                raise
        except BidSealError as error:
            came(path, None, error.code)
        else:
            came(path, document, "")


def search_all(
    words: str,
    chosen: Sequence[tuple[str, Document]],
    searched: Callable[[str, TextSearch], object],
    progress: ReportProgress,
    cancel: CancelToken,
) -> None:
    """Search the text of documents, page by page."""
    for number, (key, document) in enumerate(chosen):
        progress(number, len(chosen), document.facts.name)

        def on_page(_done: int, _total: int) -> None:
            cancel.raise_if_set()

        searched(key, document.find_text(words, on_page=on_page))


def reopen_all(
    folder: Path,
    chosen: Sequence[Paper],
    reopened: Callable[[str, Document | None, str], object],
    progress: ReportProgress,
    cancel: CancelToken,
) -> None:
    """Open sealed files for their next signature; they must still be what was written."""
    for number, paper in enumerate(chosen):
        progress(number, len(chosen), paper.facts.name)
        cancel.raise_if_set()
        assert paper.result is not None
        try:
            document = open_document(paper.result, folder)
            if document.facts.sha256 != paper.sha256:
                document.close()
                raise RejectedError("pdf.source_changed", paper.result.name)
        except BidSealError as error:
            reopened(paper.key, None, error.code)
        else:
            reopened(paper.key, document, "")


def stamp_all(
    workspace: Workspace,
    chosen: Sequence[Paper],
    stamped: Callable[[str, Stamped | None, str], object],
    progress: ReportProgress,
    cancel: CancelToken,
) -> None:
    """Write a copy with a timestamp of each sealed file."""
    for number, paper in enumerate(chosen):
        progress(number, len(chosen), paper.facts.name)
        cancel.raise_if_set()
        assert paper.result is not None
        try:
            stamped(paper.key, add_timestamp(workspace, paper.result), "")
        except BidSealError as error:
            stamped(paper.key, None, error.code)
