"""The calls of this package; each loads pyHanko only when it is made (0.7 s that no window should wait for)."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.signing.pdf.model import LongTermEvidence, PreparedSeal, SealedDocument, SealRequest
from desktop.signing.pdf.verdict import PdfVerdict

if TYPE_CHECKING:
    from desktop.signing.pdf.encoding import EncodedImprints

Replace = Callable[[Path, Path], None]
#: Takes a SHA-256 and returns an RFC 3161 token over it (DER) that was judged already.
Timestamp = Callable[[bytes], bytes]
#: Returns the evidence for a stamped file, or raises one of our errors.
Evidence = Callable[[], LongTermEvidence]


def replace_file(temp: Path, target: Path) -> None:
    """Move `temp` over `target` in one step; the composition root injects the retrying one of store instead."""
    temp.replace(target)


def check_sealable(path: Path) -> None:
    """Tell early whether a document can be sealed at all; `prepare` checks again.

    Raises:
        RejectedError: `pdf.encrypted`, `pdf.password_needed`, `pdf.certified`, `pdf.xfa`, `pdf.damaged`,
            `pdf.not_a_pdf`.
    """
    from desktop.signing.pdf.preparation import check

    check(path)


def new_batch() -> "EncodedImprints":
    """Return what the documents of one scan share: each imprint is read and compressed once."""
    from desktop.signing.pdf.encoding import EncodedImprints

    return EncodedImprints()


def prepare(request: SealRequest, batch: "EncodedImprints | None" = None) -> PreparedSeal:
    """Write the prepared file and return what the phone is to sign; `batch` is shared with other documents.

    Raises:
        RejectedError: `pdf.source_changed`, `pdf.certificate_cannot_sign`, `pdf.imprint_unreadable`,
            `pdf.imprint_outside_page`, `pdf.page_missing`, `pdf.signed_one_imprint`, `pdf.imprint_covers_signature` or
            a code of `check_sealable`.
        UnavailableError: `general.disk_full`, `general.file_unwritable`.
    """
    from desktop.signing.pdf.preparation import run

    return run(request, batch or new_batch())


def finish(
    prepared: PreparedSeal,
    signature: bytes,
    target: Path,
    *,
    replace: Replace = replace_file,
    timestamp: Timestamp | None = None,
    evidence: Evidence | None = None,
) -> SealedDocument:
    """Write the sealed document to `target` from the phone's wire `signature` (raw r‖s or RSA).

    With `timestamp` the result is B-T, with `evidence` as well B-LT; where one of them raises one of our errors it is
    less, with the code as `note`.

    Raises:
        RejectedError: `ceremony.signature_invalid` when the signature is not good, `pdf.source_changed` when a file
            changed since it was shown, `pdf.target_is_source` when the target is the opened document.
        UnavailableError: the target cannot be written (`general.disk_full`, `general.file_unwritable`).
    """
    from desktop.signing.pdf.completion import run

    return run(prepared, signature, target, replace, (timestamp, evidence))


def extend_lt(
    source: Path, evidence: LongTermEvidence, *, target: Path | None = None, replace: Replace = replace_file
) -> SealedDocument:
    """Append `evidence` to a sealed file as its DSS (B-LT where it has a timestamp); `target` None = over `source`.

    Raises:
        RejectedError: `pdf.not_signed`, `pdf.encrypted`, `pdf.damaged`.
        UnavailableError: it cannot be written (`general.disk_full`, `general.file_unwritable`).
    """
    from desktop.signing.pdf.extension import add_evidence

    return add_evidence(source, target or source, evidence, replace)


def add_document_timestamp(
    source: Path, timestamp: Timestamp, *, target: Path | None = None, replace: Replace = replace_file
) -> SealedDocument:
    """Append a document timestamp to a sealed file (B-B becomes B-T); `target` None = over `source`.

    Raises:
        RejectedError: `pdf.not_signed`, `pdf.encrypted`, `pdf.damaged`, `verify.timestamp_refused`.
        UnavailableError: the service or the disk does not do its part; the old file is untouched.
    """
    from desktop.signing.pdf.extension import add_time

    return add_time(source, target or source, timestamp, replace)


def verify_pdf(path: Path, *, anchors: TrustAnchors, revocation: RevocationData, now: datetime) -> PdfVerdict:
    """Judge the file at `path` by `anchors` and `revocation` at the moment `now` (aware UTC).

    Raises:
        UnavailableError: the file cannot be read from disk (`general.file_unreadable`).
    """
    from desktop.signing.pdf.verify import run

    return run(path, anchors=anchors, revocation=revocation, now=now)
