"""Certificates as facts, and the CMS of a seal (T10, T21)."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from desktop.crypto.cades import cades_signed_attributes, cades_signed_data, signed_data_budget
from desktop.crypto.certificates import is_issued_by, read_certificate
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import PrivateKey, Suite, generate_key, generate_p256, sign
from desktop.domain.errors import MisuseError, RejectedError

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
CA_KEY = generate_p256()
CA_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "测试 CA")])


def certificate(
    key: object,
    *,
    subject: x509.Name | None = None,
    issuer: x509.Name = CA_NAME,
    issuer_key: PrivateKey = CA_KEY,
    ca: bool | None = False,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject if subject is not None else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "张三")]))
        .issuer_name(issuer)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(0xCA if ca else 0xABCDEF)
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def usage(*, sign_: bool = False, agree: bool = False, encipher: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign_,
        content_commitment=False,
        key_encipherment=encipher,
        data_encipherment=False,
        key_agreement=agree,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def test_the_facts_of_a_mobile_certificate() -> None:
    key = generate_p256()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "赣江建设工程有限公司"),
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), "91360000158260000X"),
            x509.NameAttribute(NameOID.COMMON_NAME, "张三"),
        ]
    )
    eku = x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.3.4")])
    der = certificate(key, subject=subject, extensions=(usage(sign_=True), eku))
    facts = read_certificate(der)
    assert (facts.serial, facts.holder, facts.organization, facts.credit_code) == (
        "ABCDEF",
        "张三",
        "赣江建设工程有限公司",
        "91360000158260000X",
    )
    assert (facts.may_sign, facts.may_encrypt, facts.is_ca) == (True, False, False)
    assert (facts.not_before, facts.not_after) == (FROM, UNTIL)
    assert facts.extended_usages == {"1.2.3.4"}
    assert facts.sha256 == sha256(der)
    assert facts.public_key == key.public_key()
    assert facts.suite is Suite.P256


@pytest.mark.parametrize("extension", [usage(agree=True), usage(encipher=True)])
def test_t10_an_encryption_certificate_may_not_sign(extension: x509.KeyUsage) -> None:
    facts = read_certificate(certificate(generate_p256(), extensions=(extension,)))
    assert (facts.may_sign, facts.may_encrypt) == (False, True)


def test_t10_a_certificate_that_says_nothing_may_nothing() -> None:
    facts = read_certificate(certificate(generate_p256(), ca=None, subject=x509.Name([])))
    assert (facts.may_sign, facts.may_encrypt, facts.is_ca) == (False, False, False)
    assert (facts.holder, facts.organization, facts.credit_code) == ("", "", "")


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()], ids=["P-384", "Ed25519"]
)
def test_t21_a_certificate_over_a_key_outside_the_list_is_refused(key: object) -> None:
    with pytest.raises(RejectedError) as caught:
        read_certificate(certificate(key))
    assert caught.value.code in {"ceremony.key_not_allowed", "ceremony.certificate_unreadable"}


def test_what_is_no_certificate_is_refused() -> None:
    good = certificate(generate_p256())
    for bad in (b"", b"0", good[:-1], good + b"\x00", good[:40] + bytes(40) + good[80:]):
        with pytest.raises(RejectedError):
            read_certificate(bad)


def test_an_issuer_is_a_ca_of_that_name_whose_key_signed() -> None:
    leaf = read_certificate(certificate(generate_p256()))
    ca = read_certificate(certificate(CA_KEY, subject=CA_NAME, ca=True))
    assert is_issued_by(leaf, ca)
    assert is_issued_by(ca, ca)
    no_ca = read_certificate(certificate(CA_KEY, subject=CA_NAME, ca=False))
    other_key = read_certificate(certificate(generate_p256(), subject=CA_NAME, ca=True))
    other_name = read_certificate(
        certificate(CA_KEY, subject=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "X")]), ca=True)
    )
    for impostor in (no_ca, other_key, other_name):
        assert not is_issued_by(leaf, impostor)


# -- the CMS of a seal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suite", [Suite.P256, Suite.RSA2048])
def test_the_signature_of_a_seal_verifies_with_openssl(suite: Suite, tmp_path: Path) -> None:
    key = generate_key(suite)
    der = certificate(key, extensions=(usage(sign_=True),))
    ca = certificate(CA_KEY, subject=CA_NAME, ca=True)
    content = b"the bytes of the ByteRange"
    attributes = cades_signed_attributes(sha256(content), der)
    made = cades_signed_data(
        signed_attributes=attributes, signature=sign(key, attributes), certificate_der=der, chain=(ca,)
    )
    assert len(made) <= signed_data_budget((der, ca))
    (tmp_path / "s.p7s").write_bytes(made)
    (tmp_path / "content").write_bytes(content)
    pem = x509.load_der_x509_certificate(ca).public_bytes(serialization.Encoding.PEM)
    (tmp_path / "ca.pem").write_bytes(pem)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "s.p7s", "-content", "content"]
    command += ["-CAfile", "ca.pem", "-purpose", "any", "-out", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "content").write_bytes(content + b".")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_the_signed_attributes_are_der_and_read_by_another_parser() -> None:
    der = certificate(generate_p256())
    attributes = cades_signed_attributes(sha256(b"x"), der)
    read = cms.CMSAttributes.load(attributes)
    assert [a["type"].dotted for a in read] == ["1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", SIGNING_CERTIFICATE_V2]
    assert read[1]["values"][0].native == sha256(b"x")
    signing_certificate = tsp.SigningCertificateV2.load(attributes[-40:])
    assert [c["cert_hash"].native for c in signing_certificate["certs"]] == [sha256(der)]
    assert signing_certificate["certs"][0]["hash_algorithm"]["algorithm"].native == "sha256"
    encoded = [a.dump() for a in read]
    assert encoded == sorted(encoded)
    assert attributes == b"\x31\x81\x84" + b"".join(encoded)


def test_a_signature_that_is_not_the_certificates_makes_no_seal() -> None:
    key = generate_p256()
    der = certificate(key)
    attributes = cades_signed_attributes(sha256(b"x"), der)
    for signature in (sign(generate_p256(), attributes), sign(key, attributes + b"\x00"), b""):
        with pytest.raises(RejectedError) as caught:
            cades_signed_data(signed_attributes=attributes, signature=signature, certificate_der=der)
        assert caught.value.code == "ceremony.signature_invalid"
    with pytest.raises(MisuseError):
        cades_signed_attributes(b"short", der)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_t22_a_certificate_with_any_one_bit_changed_is_read_or_refused_and_nothing_else() -> None:
    """Another curve, another version, a negative number: the parser has an exception of its own for each."""
    der = certificate(generate_p256(), extensions=(usage(agree=True),))
    refusals = set()
    for bit in range(8 * len(der)):
        changed = bytearray(der)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            assert not read_certificate(bytes(changed)).serial.startswith("-")
        except RejectedError as error:
            refusals.add(error.code)

    assert refusals == {"ceremony.certificate_unreadable", "ceremony.key_not_allowed"}
