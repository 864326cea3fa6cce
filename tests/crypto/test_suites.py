"""Keys of the allowed suites and no others; wire signatures in one form (T21, T53)."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from desktop.crypto.suites import (
    PublicKey,
    Suite,
    as_p256,
    export_pkcs8,
    generate_key,
    generate_p256,
    load_pkcs8,
    load_point,
    load_spki,
    p256_of_scalar,
    point_of,
    scalar_of,
    sign,
    signature_bytes,
    signature_to_der,
    spki_of,
    suite_of,
    verify,
)
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes

RSA_1024 = rsa.generate_private_key(65537, 1024)
RSA_E3 = rsa.generate_private_key(3, 2048)


def spki(key: object) -> bytes:
    public = key.public_key()  # type: ignore[attr-defined]
    made: bytes = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return made


@pytest.mark.parametrize("suite", list(Suite))
def test_a_suite_signs_verifies_and_survives_the_key_store(suite: Suite) -> None:
    key = generate_key(suite)
    public = load_spki(spki_of(key))
    assert suite_of(public) is suite
    for signer in (key, load_pkcs8(export_pkcs8(key))):
        signature = sign(signer, b"message")
        assert len(signature) == signature_bytes(suite)
        assert verify(public, b"message", signature)
        assert not verify(public, b"another", signature)
        assert not verify(public, b"message", signature[:-1])
        assert not verify(public, b"message", b"\x00" * len(signature))
    assert not verify(generate_key(suite).public_key(), b"message", sign(key, b"message"))


@pytest.mark.parametrize(
    "key",
    [
        RSA_1024,
        RSA_E3,
        rsa.generate_private_key(65537, 2056),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        ed25519.Ed25519PrivateKey.generate(),
        dsa.generate_private_key(2048),
    ],
    ids=["RSA-1024", "RSA e=3", "RSA-2056", "P-384", "secp256k1", "Ed25519", "DSA"],
)
def test_t21_a_key_outside_the_list_is_refused(key: object) -> None:
    with pytest.raises(RejectedError) as caught:
        load_spki(spki(key))
    assert caught.value.code == "ceremony.key_not_allowed"


def test_t53_a_key_has_one_encoding() -> None:
    key = generate_p256()
    good = spki_of(key)
    assert load_spki(good) == key.public_key()
    compressed_point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    compressed = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + compressed_point
    for bad in (b"", b"0", good + b"\x00", good[:-1], compressed, b"\x30\x81\x59" + good[2:]):
        with pytest.raises(RejectedError):
            load_spki(bad)


def test_points_are_uncompressed_and_on_the_curve() -> None:
    key = generate_p256()
    point = point_of(key)
    assert point == point_of(key.public_key())
    assert load_point(point) == key.public_key()
    for bad in (b"", point[:-1], point + b"\x00", b"\x02" + point[1:], point[:-1] + bytes([point[-1] ^ 1]), bytes(65)):
        with pytest.raises(RejectedError) as caught:
            load_point(bad)
        assert caught.value.code == "ceremony.key_not_allowed"


def test_where_p256_is_wanted_rsa_is_refused() -> None:
    elliptic: PublicKey = generate_p256().public_key()
    assert as_p256(elliptic) is elliptic
    with pytest.raises(RejectedError):
        as_p256(generate_key(Suite.RSA2048).public_key())


@given(st.binary(max_size=80))
def test_a_signature_of_any_bytes_is_just_not_good(junk: bytes) -> None:
    assert not verify(KEY.public_key(), b"message", junk)


KEY = generate_p256()


def test_a_der_signature_is_not_a_wire_signature() -> None:
    raw = sign(KEY, b"message")
    der = signature_to_der(raw)
    assert verify(KEY.public_key(), b"message", raw)
    assert not verify(KEY.public_key(), b"message", der)
    with pytest.raises(RejectedError):
        signature_to_der(raw + b"\x00")


@pytest.mark.parametrize("der", [b"", b"junk", export_pkcs8(KEY)[:-1]])
def test_a_key_file_of_somebody_else_is_our_bug(der: bytes) -> None:
    with pytest.raises(MisuseError):
        load_pkcs8(der)
    foreign = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(MisuseError):
        load_pkcs8(foreign)


def test_a_scalar_is_the_same_key_again() -> None:
    key = generate_p256()
    assert spki_of(p256_of_scalar(scalar_of(key))) == spki_of(key)
    assert "SecretBytes(…)" in repr(scalar_of(key))


@pytest.mark.parametrize("scalar", [b"", bytes(32), b"\x01" * 31, b"\xff" * 32, b"\x01" * 33])
def test_what_is_no_scalar_of_the_curve_is_refused(scalar: bytes) -> None:
    with pytest.raises(RejectedError, match=r"ceremony\.key_not_allowed"):
        p256_of_scalar(SecretBytes(scalar))
