"""A timestamp later: what a sealed file lacks because the service was down is added to a copy, by one click.

The file itself is never modified: the result is a new file beside it, the old one byte for byte and a revision more.
Refuses files whose signatures are not in order, for a timestamp would only dress them up. Source: EN 319 142-1 §5.4.
"""

from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.services.lasting import Lasting
from desktop.services.sealing import free_target
from desktop.services.workspace import CertificateDirectory, Workspace
from desktop.signing.pdf import PdfVerdict, SignatureVerdict, add_document_timestamp, verify_pdf
from desktop.store.files import place_new, replace
from desktop.store.outputs import OutputFolders

_SUFFIX = "_时间戳"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """The new file, how long it can be verified, and the catalogue code of why it is not longer."""

    path: Path
    level: str
    note: str = ""


def lacks_time(verdict: PdfVerdict) -> bool:
    """Tell whether a file has a good signature whose time nothing proves."""
    return verdict.verdict is not Verdict.INVALID and any(
        s.proven_time is None and s.verdict is not Verdict.INVALID for s in _signatures(verdict)
    )


def add_timestamp(workspace: Workspace, source: Path, *, folder: Path | None = None) -> Stamped:
    """Write `source` with a timestamp, and the evidence for its certificates where it can be had, as a new file.

    Raises:
        RejectedError: its signatures are not in order (their reason), `pdf.not_signed`, `pdf.encrypted`, `pdf.damaged`.
        UnavailableError: the service or the disk does not do its part; nothing was written.
    """
    workspace.trust.refresh()
    trust = workspace.trust
    verdict = verify_pdf(source, anchors=trust.anchors, revocation=trust.revocation(), now=workspace.clock.now())
    if not _signatures(verdict):
        raise RejectedError("pdf.not_signed", source.name)
    if verdict.verdict is Verdict.INVALID:
        raise RejectedError(verdict.reasons[0].code, source.name)
    target = free_target(source, folder=folder, suffix=_SUFFIX)
    part = target.with_name(f".bidseal-{workspace.random(8).hex()}.part")
    signers = _certificates(workspace, verdict)
    lasting = Lasting(workspace, *(der for der in signers if der is not None))
    outputs = OutputFolders(workspace.folder.outputs)
    outputs.note((target.parent,))
    try:
        stamped = add_document_timestamp(source, lasting.timestamp, target=part, replace=replace)
        # Evidence that leaves a signer out would not make the file last.
        stamped, note = lasting.extend(stamped) if all(signers) else (stamped, "verify.evidence_unavailable")
        return Stamped(path=place_new(part, target), level=stamped.level, note=note)
    finally:
        part.unlink(missing_ok=True)
        outputs.forget()


def _signatures(verdict: PdfVerdict) -> list[SignatureVerdict]:
    return [signature for signature in verdict.signatures if not signature.is_timestamp]


def _certificates(workspace: Workspace, verdict: PdfVerdict) -> list[bytes | None]:
    """Return the signers' certificates; of those that our platform does not know it has no evidence to give."""
    directory = CertificateDirectory(workspace.api)
    return [directory.find(serial) for serial in dict.fromkeys(s.serial for s in _signatures(verdict))]
