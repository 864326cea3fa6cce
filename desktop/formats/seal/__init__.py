"""The electronic seal as the platform signs it: imprint, size, metadata and the one certificate it is bound to.

A seal is usable only while its dates hold and only by exactly the certificate whose SHA-256 it carries (T14, T15; GB/T
38540 binds certificates the same way). Whether the seal-making certificate is to be trusted is the caller's to decide
through formats.trust. Source: docs/protocol.md, Seal object.
"""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import equal
from desktop.crypto.suites import as_p256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import SealKind
from desktop.protocol import codec, cose
from desktop.protocol.items import hex_id
from desktop.protocol.schema import blob, fields, integer, one_of, text, time

__all__ = ["MAX_IMPRINT_BYTES", "SealObject", "check_usable", "read_seal", "write_seal"]

MAX_IMPRINT_BYTES = 200 * 1024
_USE = "BIDSEAL1/seal"
_VERSION = 1
_MAX_SIDE_UM = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SealObject:
    """A seal. Sizes in micrometres; times in whole seconds since the epoch; `imprint_png` is RGBA."""

    seal_id: str
    platform: str
    organization: str
    credit_code: str
    kind: SealKind
    name: str
    certificate_sha256: bytes
    imprint_png: bytes
    width_um: int
    height_um: int
    not_before: int
    not_after: int
    issued_at: int

    @property
    def width_mm(self) -> float:
        """Width of the imprint in millimetres."""
        return self.width_um / 1000

    @property
    def height_mm(self) -> float:
        """Height of the imprint in millimetres."""
        return self.height_um / 1000


def write_seal(seal: SealObject, *, signer_certificate: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the signed seal object; `sign` is the seal-making key's raw r‖s signature."""
    body = codec.encode(
        {
            "v": _VERSION,
            "id": seal.seal_id,
            "platform": seal.platform,
            "org": seal.organization,
            "code": seal.credit_code,
            "kind": str(seal.kind),
            "name": seal.name,
            "cert": seal.certificate_sha256,
            "imprint": seal.imprint_png,
            "width": seal.width_um,
            "height": seal.height_um,
            "nbf": seal.not_before,
            "naf": seal.not_after,
            "iat": seal.issued_at,
        }
    )
    return codec.encode({"seal": cose.sign1(body, use=_USE, sign=sign), "signer": signer_certificate})


def read_seal(data: bytes) -> tuple[SealObject, CertificateFacts]:
    """Read a signed seal object and return it with the certificate that signed it.

    Raises:
        RejectedError: `ceremony.malformed` or `ceremony.signature_invalid`.
    """
    outer = fields(codec.decode(data), {"seal": blob(1, codec.MAX_BYTES), "signer": blob(1, 4096)})
    signer = read_certificate(outer["signer"])
    key = as_p256(signer.public_key)
    f = fields(
        codec.decode(cose.open1(outer["seal"], use=_USE, key=key)),
        {
            "v": integer(_VERSION, _VERSION),
            "id": hex_id,
            "platform": text(64),
            "org": text(120),
            "code": text(32),
            "kind": one_of(SealKind),
            "name": text(120),
            "cert": blob(32),
            "imprint": blob(1, MAX_IMPRINT_BYTES),
            "width": integer(1_000, _MAX_SIDE_UM),
            "height": integer(1_000, _MAX_SIDE_UM),
            "nbf": time,
            "naf": time,
            "iat": time,
        },
    )
    seal = SealObject(
        seal_id=f["id"],
        platform=f["platform"],
        organization=f["org"],
        credit_code=f["code"],
        kind=f["kind"],
        name=f["name"],
        certificate_sha256=f["cert"],
        imprint_png=f["imprint"],
        width_um=f["width"],
        height_um=f["height"],
        not_before=f["nbf"],
        not_after=f["naf"],
        issued_at=f["iat"],
    )
    return seal, signer


def check_usable(seal: SealObject, certificate: CertificateFacts, *, at: int) -> None:
    """Demand that `certificate` may use `seal` at `at` (seconds since the epoch).

    Raises:
        RejectedError: `ceremony.seal_not_bound`, `ceremony.seal_expired`.
    """
    if not equal(seal.certificate_sha256, certificate.sha256) or seal.credit_code != certificate.credit_code:
        raise RejectedError("ceremony.seal_not_bound", seal.seal_id)
    if not seal.not_before <= at <= seal.not_after:
        raise RejectedError("ceremony.seal_expired", seal.seal_id)
