"""The outcome of verifying a PDF, per signature and for the whole file."""

from dataclasses import dataclass
from datetime import datetime

from desktop.domain.operations import Verdict
from desktop.formats.trust import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict:
    """The judgement on one signature.

    `revision` counts revisions from 1. `claimed_time` is what the signer's computer said (/M), unproven; `proven_time`
    the earliest moment for which a trusted timestamp vouches. `is_timestamp`: a document timestamp, no person's
    signature; `signer` names its service then. `covers_whole_file` is true for a signature after which not a byte was
    added, `covers_all_content` also if only evidence and document timestamps were. Names are empty when unknown.
    """

    field: str
    revision: int
    sub_filter: str
    signer: str = ""
    organization: str = ""
    serial: str = ""
    claimed_time: datetime | None = None
    proven_time: datetime | None = None
    is_timestamp: bool = False
    covers_whole_file: bool = False
    covers_all_content: bool = False
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfVerdict:
    """The judgement on a file; `reasons` are those of the file itself and of its signatures, without repeats."""

    verdict: Verdict
    signatures: tuple[SignatureVerdict, ...] = ()
    reasons: tuple[Reason, ...] = ()
