"""What the CA issues, judged by pkilint against RFC 5280."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto.issuing import CertificateKind
from desktop.server.context import Platform
from tests.server.client import Client
from tests.server.test_pki import fetch_crls, files

__all__ = ["files"]

#: Their extended key usage is a UUID below 2.25 (X.667); the linter's parser takes no arc of more than 32 bits.
_WITH_OWN_USE = (CertificateKind.SEAL_MAKING, CertificateKind.RECORD_KEEPING)
_LINES_OF_ONE_FINDING = 2
_LINT = "from pkilint.bin.{0} import main; import sys; sys.exit(main())"


def lint(tool: str, *arguments: object) -> str:
    """Run one linter and return what it found; it exits with the number of findings."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LINT.format(tool), "lint", *map(str, arguments), "-s", "WARNING"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.slow
def test_certificates_are_clean(files: Path, platform: Platform) -> None:
    own = dict(platform.authority.own_certificates())
    for kind in _WITH_OWN_USE:
        (files / f"{kind}.cer").write_bytes(own[kind])
        found = lint("lint_pkix_cert", files / f"{kind}.cer").splitlines()
        assert len(found) == _LINES_OF_ONE_FINDING, kind
        assert "ExtKeyUsageSyntax" in found[1], kind
        assert "larger than 32-bits" in found[1], kind
    for name in ("root", "issuing", "sign", "enc"):
        assert lint("lint_pkix_cert", files / f"{name}.cer") == "", name


@pytest.mark.slow
def test_crls_are_clean(client: Client, files: Path) -> None:
    fetch_crls(client, files)
    for name in ("root", "issuing"):
        assert lint("lint_crl", "-t", "CRL", "-p", "PKIX", files / f"{name}.crl") == "", name


@pytest.mark.slow
def test_the_linter_finds_what_is_wrong(files: Path, tmp_path: Path) -> None:
    """The control: the same subject and key without any extension is not called clean."""
    good = x509.load_der_x509_certificate((files / "sign.cer").read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    bare = (
        x509.CertificateBuilder()
        .subject_name(good.subject)
        .issuer_name(good.issuer)
        .public_key(key.public_key())
        .serial_number(good.serial_number)
        .not_valid_before(good.not_valid_before_utc)
        .not_valid_after(good.not_valid_after_utc)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "bare.cer").write_bytes(bare.public_bytes(serialization.Encoding.DER))
    assert "authority_key_identifier" in lint("lint_pkix_cert", tmp_path / "bare.cer")
