"""Signatures by other software are judged as fairly as our own, and openssl accepts ours."""

import asyncio
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import pdf_signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.signing.pdf import ImprintPlacement
from tests.pdf import attacks, builders, judges
from tests.pdf.conftest import SAMPLES, Sealer, Verifier
from tests.pdf.pki import DAY, NOW, Holder, Pki, rsa_key


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyHanko's own signer wants a named time zone."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")


class _Clock(datetime):
    """pyHanko's signer reads the machine's clock; for the verifier it is NOW."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_signer, "datetime", _Clock)


def lasting(pki: Pki, common: str = "外", key: object = None) -> Holder:
    """A certificate that covers the machine's clock, which pyHanko's signer writes into the file."""
    return pki.leaf(common, key=key, not_after=NOW + 9000 * DAY)


def foreign_sign(source: Path, target: Path, pki: Pki, holder: Holder, **options: object) -> Path:
    """Sign with pyHanko's own signer, which also updates document information and metadata."""
    store = SimpleCertificateStore()
    store.register(x509.Certificate.load(pki.issuing.der))
    private = holder.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(holder.der),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )
    left = options.pop("left", 20)
    meta = signers.PdfSignatureMetadata(**{"field_name": "Foreign", "md_algorithm": "sha256", **options})
    with source.open("rb") as file, target.open("wb+") as out:
        writer = IncrementalPdfFileWriter(file, strict=False)
        box = SigFieldSpec(meta.field_name, box=(left, 20, left + 180, 80))
        asyncio.run(signers.PdfSigner(meta, signer, new_field_spec=box).async_sign_pdf(writer, output=out))
    return target


@pytest.mark.parametrize("sub_filter", [SigSeedSubFilter.PADES, SigSeedSubFilter.ADOBE_PKCS7_DETACHED])
@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_signature_by_other_software_is_valid(
    sub_filter: SigSeedSubFilter, algorithm: str, kind: str, sealer: Sealer, verify: Verifier
):
    holder = lasting(sealer.pki, key=rsa_key() if kind == "rsa" else None)
    source = builders.plain(sealer.folder / "a.pdf")
    path = foreign_sign(
        source, sealer.folder / "f.pdf", sealer.pki, holder, subfilter=sub_filter, md_algorithm=algorithm
    )
    verdict = verify(path)
    assert verdict.verdict is Verdict.VALID, verdict


def test_t21_sha1_by_other_software_is_invalid(sealer: Sealer, verify: Verifier):
    source = builders.plain(sealer.folder / "a.pdf")
    path = foreign_sign(source, sealer.folder / "f.pdf", sealer.pki, lasting(sealer.pki), md_algorithm="sha1")
    verdict = verify(path)
    assert verdict.verdict is Verdict.INVALID
    assert "trust.weak_algorithm" in {r.code for r in verdict.reasons}, verdict.reasons


@pytest.mark.parametrize("ours_first", [True, False])
def test_our_seal_and_a_foreign_signature_on_one_file_leave_each_other_whole(
    ours_first: bool, sealer: Sealer, verify: Verifier, one_imprint: ImprintPlacement
):
    source = SAMPLES / "tracemonkey.pdf"
    if ours_first:
        ours = sealer.seal(source, one_imprint).path
        path = foreign_sign(ours, sealer.folder / "f.pdf", sealer.pki, lasting(sealer.pki))
    else:
        theirs = foreign_sign(source, sealer.folder / "f.pdf", sealer.pki, lasting(sealer.pki))
        path = sealer.seal(theirs, one_imprint).path
    verdict = verify(path)
    assert len(verdict.signatures) == 2
    assert verdict.verdict is Verdict.VALID, verdict
    assert all(status.intact for status in judges.pyhanko(path, sealer.pki))


@pytest.mark.parametrize("permission", [MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS])
def test_certified_file_that_allows_no_change_is_invalid_after_a_further_signature(
    permission: MDPPerm, sealer: Sealer, verify: Verifier, monkeypatch: pytest.MonkeyPatch
):
    # The attacker's software does not keep to the author's wish.
    monkeypatch.setattr(signers.PdfSigner, "_enforce_certification_constraints", lambda *_: None)
    options = {"certify": True, "docmdp_permissions": permission, "field_name": "Author"}
    source = builders.plain(sealer.folder / "a.pdf")
    author = foreign_sign(source, sealer.folder / "f.pdf", sealer.pki, lasting(sealer.pki), **options)
    assert verify(author).verdict is Verdict.VALID
    twice = foreign_sign(author, sealer.folder / "g.pdf", sealer.pki, lasting(sealer.pki), left=220)
    expected = Verdict.INVALID if permission is MDPPerm.NO_CHANGES else Verdict.VALID
    assert verify(twice).verdict is expected, verify(twice)


def test_certified_foreign_file_is_not_sealed_by_us(sealer: Sealer, one_imprint: ImprintPlacement):
    source = builders.plain(sealer.folder / "a.pdf")
    path = foreign_sign(source, sealer.folder / "f.pdf", sealer.pki, sealer.signer, certify=True)
    with pytest.raises(RejectedError, match="certified"):
        sealer.prepare(path, one_imprint)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_openssl_verifies_the_cms_over_the_byte_range(kind: str, sealer: Sealer, one_imprint: ImprintPlacement):
    holder = sealer.pki.leaf(key=rsa_key() if kind == "rsa" else None)
    sealed = sealer.seal(SAMPLES / "tracemonkey.pdf", one_imprint, signer=holder)
    data = sealed.path.read_bytes()
    _, first, second, rest = attacks.byte_range(data)
    (sealer.folder / "content").write_bytes(data[:first] + data[second : second + rest])
    der = bytes.fromhex(data[first + 1 : second - 1].decode())
    (sealer.folder / "cms").write_bytes(der[: 4 + int.from_bytes(der[2:4], "big")])
    (sealer.folder / "root.pem").write_bytes(sealer.pki.root.pem)
    command = ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-no_check_time")
    files = {"-in": "cms", "-content": "content", "-CAfile": "root.pem", "-out": "verified"}
    done = judges.run(
        *command, *(part for option, name in files.items() for part in (option, str(sealer.folder / name)))
    )
    assert done.returncode == 0, done.stderr
