"""A prepared document with the phone's signature over it, as a file that any process can finish."""

import pickle
from pathlib import Path

from desktop.signing.pdf import ImprintPlacement, extend_lt, finish, verify_pdf
from tests.pdf import builders
from tests.pdf.conftest import Sealer, Verifier, imprint_png, phone_signs
from tests.pdf.pki import Pki
from tests.pdf.stamping import Service, evidence, seal


def leave_seal(home: Path) -> None:
    """Leave seal.pickle (prepared, signature), expected.pdf; and stamped.pdf, evidence.pickle, lasting.pdf."""
    pki = Pki()
    sealer = Sealer(home, pki, pki.leaf())
    imprint = ImprintPlacement(page_index=0, x_mm=20, y_mm=30, width_mm=42, height_mm=42, png=imprint_png())
    prepared = sealer.prepare(builders.plain(home / "source.pdf"), imprint)
    signature = phone_signs(sealer.signer, prepared.signed_attributes)
    (home / "seal.pickle").write_bytes(pickle.dumps((prepared, signature)))
    finish(prepared, signature, home / "expected.pdf")
    service = Service(pki)
    stamped = seal(sealer, home / "source.pdf", imprint, timestamp=service).path.replace(home / "stamped.pdf")
    lasting = evidence(pki, sealer.signer, service.holder)
    (home / "evidence.pickle").write_bytes(pickle.dumps(lasting))
    extend_lt(stamped, lasting, target=home / "lasting.pdf")
    verifier = Verifier(pki)
    (home / "eyes.pickle").write_bytes(pickle.dumps((verifier.anchors, verifier.revocation, verifier.now)))


def is_valid(home: Path, path: Path) -> bool:
    """Judge a file by the trust that `leave_seal` left."""
    anchors, revocation, now = pickle.loads((home / "eyes.pickle").read_bytes())
    return verify_pdf(path, anchors=anchors, revocation=revocation, now=now).verdict == "valid"
