"""A time stamping service and its evidence for sealing tests."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from desktop.crypto.issuing import Signer
from desktop.crypto.timestamps import TimestampQuery, TimestampStatement, write_token
from desktop.formats.trust.der import element_end
from desktop.signing.pdf import ImprintPlacement, LongTermEvidence, SealedDocument, finish
from desktop.signing.pdf.cms import read_signer, with_timestamp
from tests.pdf import attacks
from tests.pdf.conftest import Sealer, phone_signs
from tests.pdf.pki import DAY, NOW, Holder, Pki


class Service:
    """Stamps at `time` with the certificate of `holder`."""

    def __init__(self, pki: Pki, holder: Holder | None = None, *, time: datetime = NOW) -> None:
        self.pki, self.holder, self.time = pki, holder or pki.tsa(), time
        self.asked: list[bytes] = []

    def __call__(self, digest: bytes) -> bytes:
        self.asked.append(digest)
        return write_token(
            TimestampQuery(algorithm="sha256", digest=digest, nonce=1),
            TimestampStatement(policy="1.2.3.4", serial=9, time=self.time, accuracy=timedelta(seconds=1)),
            signer=Signer(certificate=self.holder.der, key=self.holder.key),  # type: ignore[arg-type]
            chain=(self.pki.issuing.der,),
        )


def evidence(pki: Pki, *holders: Holder, made: datetime = NOW, until: datetime = NOW + DAY) -> LongTermEvidence:
    """OCSP answers for `holders`, the root's CRL for the issuing CA, and all certificates."""
    responder = pki.responder()
    return LongTermEvidence(
        certificates=(*(h.der for h in holders), pki.issuing.der, pki.root.der),
        ocsps=tuple(pki.ocsp(h, responder=responder, this_update=made, next_update=until) for h in holders),
        crls=(pki.crl(issuer=pki.root, this_update=made, next_update=until),),
    )


def seal(
    sealer: Sealer,
    source: Path,
    *placements: ImprintPlacement,
    timestamp: Callable[[bytes], bytes],
    signer: Holder | None = None,
    to: str = "stamped.pdf",
) -> SealedDocument:
    prepared = sealer.prepare(source, *placements, signer=signer)
    signature = phone_signs(signer or sealer.signer, prepared.signed_attributes)
    return finish(prepared, signature, sealer.folder / to, timestamp=timestamp)


def restamp(path: Path, timestamp: Callable[[bytes], bytes]) -> None:
    """Put another token into a sealed file, in the gap that no signature covers."""
    data = path.read_bytes()
    _, first, second, _ = attacks.byte_range(data)
    padded = bytes.fromhex(data[first + 1 : second - 1].decode())
    signer = read_signer(padded, needs_signing_certificate=True)
    assert not signer.timestamp
    stamped = with_timestamp(padded[: element_end(padded, 0)[1]], timestamp(hashlib.sha256(signer.signature).digest()))
    gap = stamped.hex().encode().ljust(second - first - 2, b"0")
    path.write_bytes(data[: first + 1] + gap + data[second - 1 :])


def sha256(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
