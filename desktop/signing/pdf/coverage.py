"""From single signatures to the history of the file: which revision is whose, and what came after.

Refuses two signatures in one revision or with one range, and any byte after the first signature that is not a further
signature's or a DSS's own revision (threat T17).
"""

from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader

from desktop.domain.errors import RejectedError
from desktop.formats.trust import Reason
from desktop.signing.pdf.accounting import account_for_revision
from desktop.signing.pdf.foreign import foreign_parser
from desktop.signing.pdf.revisions import check_update
from desktop.signing.pdf.scan import Bytes
from desktop.signing.pdf.signature import DOCUMENT_TIMESTAMP, FoundSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Why a signature does not vouch for the file as it is now (no reason: it does), and whether it reaches the end.

    `all_content`: after it come at most evidence and document timestamps, which add nothing that a page shows.
    """

    reasons: tuple[Reason, ...]
    whole_file: bool
    all_content: bool


def judge_coverage(reader: PdfFileReader, data: Bytes, found: list[FoundSignature]) -> list[Coverage]:
    """Judge every signature of `found` (in order of revision), returning as many outcomes."""
    own = [_own_revision(reader, each, found) for each in found]
    first = next((index for index, each in enumerate(found) if each.signed is not None and own[index] is None), None)
    broken = _history(reader, data, found, first) if first is not None else None
    outcomes = []
    for each, fault in zip(found, own, strict=True):
        reasons = [fault] if fault is not None else []
        if broken is not None and broken[0] > each.revision:
            reasons.append(Reason(code="verify.changed_after", detail=broken[1]))
        elif each.final and any(other.revision > each.revision for other in found):
            reasons.append(Reason(code="verify.changed_after", detail="the author allowed no further signature"))
        whole = each.signed is not None and each.signed.end == len(data)
        content = each.signed is not None and not reasons and not _signed_later(each, found)
        outcomes.append(Coverage(reasons=tuple(reasons), whole_file=whole, all_content=content))
    return outcomes


def _signed_later(each: FoundSignature, found: list[FoundSignature]) -> bool:
    """Tell whether somebody signed after `each`; evidence and document timestamps add nothing that a page shows."""
    return any(o.revision > each.revision and o.sub_filter != DOCUMENT_TIMESTAMP for o in found)


def _own_revision(reader: PdfFileReader, each: FoundSignature, found: list[FoundSignature]) -> Reason | None:
    """Demand that the signature's range ends with the very revision that brought the signature, alone."""
    if each.signed is None:
        return None  # judged already
    rivals = [o for o in found if o is not each and o.signed is not None]
    if any(o.revision == each.revision or o.number == each.number or o.signed == each.signed for o in rivals):
        return Reason(code="verify.byte_range", detail="shared with another signature")
    if reader.xrefs.get_startxref_for_revision(each.revision) != each.signed.start_xref:
        return Reason(code="verify.byte_range", detail="ends with another revision")
    return None


def _history(reader: PdfFileReader, data: Bytes, found: list[FoundSignature], first: int) -> tuple[int, str] | None:
    """Return the latest revision that does what it must not, with the finding; one past the last for stray bytes."""
    signed = {each.revision: each for each in found}
    begin = found[first]
    at = begin.signed.end if begin.signed is not None else len(data)
    total = reader.xrefs.total_revisions
    broken: tuple[int, str] | None = None
    for revision in range(begin.revision + 1, total):
        each = signed.get(revision)
        try:
            with foreign_parser("verify.changed_after"):
                at = account_for_revision(reader, revision, at, data)
                check_update(reader, revision, each.number if each is not None else None)
        except RejectedError as error:
            broken = (revision, str(error.__cause__))
        if each is not None and each.signed is not None:
            if at != each.signed.end:
                broken = broken or (revision, "revision and signature end at different places")
            at = each.signed.end
    return (total, f"{len(data) - at} bytes after the last revision") if at != len(data) else broken
