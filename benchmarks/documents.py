"""PDF files to measure with: seeded, so the same in every run; and one office that can seal them."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pikepdf
from cryptography.hazmat.primitives import serialization

from benchmarks.measure import Plan
from desktop.crypto.hashed_file import HashedFile
from desktop.crypto.suites import sign
from desktop.domain.operations import SealKind
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.signing.imprint.synthetic import SealText, draw_seal
from desktop.signing.pdf import ImprintPlacement, SealRequest, finish, prepare, verify_pdf
from tests.pdf.pki import DAY, Pki, ec_key, issue, name

#: pyhanko-cli stands beside our Python.
PYHANKO = Path(sys.executable).parent / "pyhanko"
_SEED = 20261124
_SIDE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document and what to call it."""

    title: str
    path: Path
    times: int


def papers(plan: Plan) -> list[Paper]:
    """Write one page, a thousand pages, and scans of 120 MB; `times` is how often a short one is to be repeated."""
    folder = plan.scratch
    one = Paper(title="1 page", path=write_text(folder / "one.pdf", 1), times=10)
    if plan.is_tiny:
        return [one]
    many = Paper(title="1000 pages", path=write_text(folder / "many.pdf", 1000), times=2)
    return [one, many, Paper(title="scans of 120 MB", path=write_scans(folder / "scans.pdf", 30), times=2)]


def write_text(path: Path, pages: int) -> Path:
    """Write pages with a few lines each."""
    pdf = pikepdf.Pdf.new()
    random = Random(_SEED)  # noqa: S311 - input of a measurement
    font = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(595.276, 841.89))
        lines = " ".join(f"0 -14 Td ({random.randbytes(30).hex()}) Tj" for _ in range(40))
        page.Contents = pdf.make_stream(f"BT /F1 10 Tf 72 780 Td {lines} ET".encode())
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.save(path, deterministic_id=True)
    return path


def write_scans(path: Path, pages: int) -> Path:
    """Write pages that are one grey picture of 4 MB each."""
    pdf = pikepdf.Pdf.new()
    block = Random(_SEED).randbytes(_SIDE * _SIDE)  # noqa: S311 - input of a measurement
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(595.276, 841.89))
        picture = pdf.make_stream(
            number.to_bytes(8, "big") + block[8:],
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=_SIDE,
            Height=_SIDE,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
        )
        page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=picture))
    pdf.save(path, deterministic_id=True, compress_streams=False)
    return path


class Office:
    """A certificate, its key where a phone would be, a seal, and the trust to verify by."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pki = Pki()
        now = datetime.now(UTC)
        self.now = now
        self._signer = issue(
            name("张三"), key=ec_key(), issuer=self._pki.issuing, not_before=now - DAY, not_after=now + 100 * DAY
        )
        self._imprint = draw_seal(SealKind.OFFICIAL, SealText(name="测试建设有限公司"))
        self._anchors = TrustAnchors(roots=(self._pki.root.der,))
        self._revocation = RevocationData(
            crls=tuple(
                self._pki.crl(issuer=each, this_update=now - timedelta(hours=1), next_update=now + DAY)
                for each in (self._pki.issuing, self._pki.root)
            )
        )
        key = self._signer.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        files = {
            "key.pem": key,
            "signer.pem": self._signer.pem,
            "ca.pem": self._pki.issuing.pem,
            "root.pem": self._pki.root.pem,
        }
        files |= {f"{number}.crl": crl for number, crl in enumerate(self._revocation.crls)}
        for file, data in files.items():
            (folder / file).write_bytes(data)

    def seal(self, source: Path, hashed: HashedFile, target: Path) -> None:
        """Seal one document as the desktop does; `hashed` is what opening it has found."""
        placement = ImprintPlacement(page_index=0, x_mm=100, y_mm=200, width_mm=42, height_mm=42, png=self._imprint)
        prepared = prepare(
            SealRequest(
                snapshot=source,
                source_sha256=hashed.sha256,
                hashed=hashed,
                placements=(placement,),
                certificate_der=self._signer.der,
                chain=(self._pki.issuing.der,),
                signing_time=self.now,
                work_folder=self._folder / "work",
            )
        )
        try:
            finish(prepared, sign(self._signer.key, prepared.signed_attributes), target)
        finally:
            prepared.prepared.unlink()

    def pyhanko(self, source: Path, target: Path, *options: str) -> list[str | Path]:
        """Return the pyhanko-cli command that signs the same document with the same key, in a visible field."""
        files = {"--key": "key.pem", "--cert": "signer.pem", "--chain": "ca.pem"}
        keys = [each for option, file in files.items() for each in (option, self._folder / file)]
        field = ["--field", "1/283,156,402,275/Sig1", "--use-pades"]
        return [PYHANKO, "sign", "addsig", *field, *options, "pemder", "--no-pass", *keys, source, target]

    def verify(self, path: Path) -> str:
        """Judge a sealed file; return the verdict's word."""
        return verify_pdf(path, anchors=self._anchors, revocation=self._revocation, now=self.now).verdict.value

    def trust_options(self) -> list[str | Path]:
        """Return the options that give `bidseal verify` the same trust."""
        crls = [each for number in range(2) for each in ("--crl", self._folder / f"{number}.crl")]
        return ["--data", self._folder, "--trust", self.root, *crls]

    @property
    def root(self) -> Path:
        """The root certificate, PEM."""
        return self._folder / "root.pem"
