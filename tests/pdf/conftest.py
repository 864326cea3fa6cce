"""Fixtures: the test PKI, a phone's signing hand, sample documents."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from PIL import Image, ImageDraw

from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.signing.pdf import (
    ImprintPlacement,
    PdfVerdict,
    PreparedSeal,
    SealedDocument,
    SealRequest,
    finish,
    prepare,
    verify_pdf,
)
from tests.pdf.pki import NOW, Holder, Pki

SAMPLES = Path(__file__).parents[1] / "data" / "pdf"


def phone_signs(holder: Holder, signed_attributes: bytes) -> bytes:
    """Sign as the phone does: raw r‖s or RSA."""
    if isinstance(holder.key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(holder.key.sign(signed_attributes, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return holder.key.sign(signed_attributes, padding.PKCS1v15(), hashes.SHA256())


def imprint_png(size: int = 120) -> bytes:
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((4, 4, size - 5, size - 5), outline=(200, 0, 0, 255), width=6)
    draw.rectangle((size // 2 - 8, 14, size // 2 + 8, 30), fill=(200, 0, 0, 255))  # marks the top
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="session")
def signer(pki: Pki) -> Holder:
    return pki.leaf()


@pytest.fixture(scope="session")
def png() -> bytes:
    return imprint_png()


@pytest.fixture
def one_imprint(png: bytes) -> ImprintPlacement:
    return ImprintPlacement(page_index=0, x_mm=20, y_mm=30, width_mm=42, height_mm=42, png=png)


class Sealer:
    """Seals any file in a folder with the test signer."""

    def __init__(self, folder: Path, pki: Pki, signer: Holder) -> None:
        self.folder, self.pki, self.signer = folder, pki, signer

    def request(self, source: Path, *placements: ImprintPlacement, signer: Holder | None = None) -> SealRequest:
        return SealRequest(
            snapshot=source,
            source_sha256=hashlib.sha256(source.read_bytes()).digest(),
            placements=placements,
            certificate_der=(signer or self.signer).der,
            chain=(self.pki.issuing.der,),
            signing_time=NOW,
            work_folder=self.folder / "work",
        )

    def prepare(self, source: Path, *placements: ImprintPlacement, signer: Holder | None = None) -> PreparedSeal:
        return prepare(self.request(source, *placements, signer=signer))

    def seal(
        self, source: Path, *placements: ImprintPlacement, signer: Holder | None = None, to: str = "sealed.pdf"
    ) -> SealedDocument:
        prepared = self.prepare(source, *placements, signer=signer)
        signature = phone_signs(signer or self.signer, prepared.signed_attributes)
        return finish(prepared, signature, self.folder / to)


@pytest.fixture
def sealer(tmp_path: Path, pki: Pki, signer: Holder) -> Sealer:
    return Sealer(tmp_path, pki, signer)


@pytest.fixture
def sample() -> Callable[[str], Path]:
    return lambda name: SAMPLES / name


class Verifier:
    """Verifies with the test PKI's root and fresh CRLs."""

    def __init__(self, pki: Pki) -> None:
        self.anchors = TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der,))
        self.revocation = RevocationData(crls=pki.crls())
        self.now = NOW

    def __call__(self, path: Path) -> PdfVerdict:
        return verify_pdf(path, anchors=self.anchors, revocation=self.revocation, now=self.now)


@pytest.fixture
def verify(pki: Pki) -> Verifier:
    return Verifier(pki)
