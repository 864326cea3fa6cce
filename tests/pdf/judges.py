"""Outside judges of a sealed file: pdfsig, pyHanko's own validation, qpdf."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tests.pdf.pki import NOW, Pki


def run(*command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        pytest.fail(f"{command[0]} is missing: run ./check, which installs the outside judges")
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def pdfsig(path: Path) -> str:
    return run("pdfsig", "-nocert", str(path)).stdout


def qpdf_check(path: Path) -> tuple[int, str]:
    done = run("qpdf", "--check", str(path))
    return done.returncode, done.stdout + done.stderr


def pyhanko(path: Path, pki: Pki) -> list[PdfSignatureStatus]:
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(pki.root.der)],
        other_certs=[x509.Certificate.load(pki.issuing.der)],
        allow_fetching=False,
        moment=NOW,
    )

    async def judge(file: Path) -> list[PdfSignatureStatus]:
        with file.open("rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            return [await async_validate_pdf_signature(s, context) for s in reader.embedded_regular_signatures]

    return asyncio.run(judge(path))


def pyhanko_timestamps(path: Path, pki: Pki) -> list[bool]:
    """Say of each document timestamp whether pyHanko finds it intact and trusted."""
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(pki.root.der)],
        other_certs=[x509.Certificate.load(pki.issuing.der)],
        allow_fetching=False,
        moment=NOW,
    )
    with path.open("rb") as stream:
        reader = PdfFileReader(stream, strict=False)
        statuses = [
            asyncio.run(async_validate_pdf_timestamp(stamp, context)) for stamp in reader.embedded_timestamp_signatures
        ]
    return [status.valid and status.trusted for status in statuses]


def pyhanko_store(path: Path) -> DocumentSecurityStore:
    with path.open("rb") as stream:
        return DocumentSecurityStore.read_dss(PdfFileReader(stream, strict=False))
