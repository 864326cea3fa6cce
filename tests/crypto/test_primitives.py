"""Primitives against published test vectors, and their refusals (T21)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.crypto.primitives import (
    PasswordCost,
    aead_open,
    aead_seal,
    argon2id,
    equal,
    hkdf_sha256,
    hmac_sha256,
    hpke_open,
    hpke_seal,
    rsa_oaep_open,
    rsa_oaep_seal,
    sha256,
)
from desktop.crypto.suites import Suite, generate_key, generate_p256
from desktop.domain.errors import RejectedError


def test_sha256_of_fips_180() -> None:
    assert sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_hmac_of_rfc_4231() -> None:
    """Origin: RFC 4231 §4.3, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex() == expected


@pytest.mark.parametrize(
    ("ikm", "salt", "info", "okm"),
    [
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            "0b" * 22,
            "",
            "",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_hkdf_of_rfc_5869(ikm: str, salt: str, info: str, okm: str) -> None:
    """Origin: RFC 5869 A.1 and A.3 (empty salt)."""
    made = hkdf_sha256(ikm=bytes.fromhex(ikm), salt=bytes.fromhex(salt), info=bytes.fromhex(info), length=len(okm) // 2)
    assert made.hex() == okm


def test_aes_gcm_of_nist_with_the_counter_as_nonce() -> None:
    """Origin: McGrew & Viega, GCM revised spec, test cases 13 and 14 (256-bit zero key, zero nonce)."""
    assert aead_seal(key=bytes(32), counter=0, plaintext=b"").hex() == "530f8afbc74536b9a963b4f1c4cb738b"
    sealed = aead_seal(key=bytes(32), counter=0, plaintext=bytes(16))
    assert sealed.hex() == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"


@given(st.binary(max_size=100), st.integers(0, 2**64), st.binary(max_size=10))
def test_what_was_sealed_opens_under_the_same_key_counter_and_aad_alone(text: bytes, counter: int, aad: bytes) -> None:
    key = bytes(range(32))
    sealed = aead_seal(key=key, counter=counter, plaintext=text, aad=aad)
    assert aead_open(key=key, counter=counter, ciphertext=sealed, aad=aad) == text
    for wrong in (
        {"key": bytes(32)},
        {"counter": counter + 1},
        {"aad": aad + b"x"},
        {"ciphertext": sealed[:-1]},
        {"ciphertext": sealed + b"\x00"},
        {"ciphertext": b""},
    ):
        arguments = {"key": key, "counter": counter, "ciphertext": sealed, "aad": aad, **wrong}
        with pytest.raises(RejectedError) as caught:
            aead_open(**arguments)  # type: ignore[arg-type]
        assert caught.value.code == "ceremony.message_unreadable"


def test_hpke_opens_for_its_key_and_info_alone() -> None:
    key = generate_p256()
    sealed = hpke_seal(recipient=key.public_key(), info=b"info", plaintext=b"text")
    assert hpke_open(key=key, info=b"info", ciphertext=sealed) == b"text"
    assert sealed != hpke_seal(recipient=key.public_key(), info=b"info", plaintext=b"text")
    for wrong in (
        {"key": generate_p256()},
        {"info": b"other"},
        {"ciphertext": sealed[:-1]},
        {"ciphertext": bytes(len(sealed))},
        {"ciphertext": b""},
    ):
        with pytest.raises(RejectedError) as caught:
            hpke_open(**{"key": key, "info": b"info", "ciphertext": sealed, **wrong})  # type: ignore[arg-type]
        assert caught.value.code == "ceremony.message_unreadable"


def test_oaep_opens_for_its_key_and_label_alone() -> None:
    key, other = generate_key(Suite.RSA2048), generate_key(Suite.RSA2048)
    sealed = rsa_oaep_seal(recipient=key.public_key(), label=b"label", plaintext=b"text")  # type: ignore[arg-type]
    assert rsa_oaep_open(key=key, label=b"label", ciphertext=sealed) == b"text"  # type: ignore[arg-type]
    for wrong in ({"key": other}, {"label": b"other"}, {"ciphertext": sealed[:-1]}):
        with pytest.raises(RejectedError):
            rsa_oaep_open(**{"key": key, "label": b"label", "ciphertext": sealed, **wrong})  # type: ignore[arg-type]


def test_argon2id_of_the_reference_implementation() -> None:
    """Origin: phc-winner-argon2 test.c: version 0x13, t=2, m=65536, p=1, "password", "somesalt"."""
    cost = PasswordCost(iterations=2, memory_kib=64 * 1024, lanes=1)
    expected = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    assert argon2id(password=b"password", salt=b"somesalt", cost=cost).hex() == expected


@pytest.mark.parametrize("cost", [{"iterations": 0}, {"memory_kib": 8 * 1024 - 1}, {"lanes": 0}])
def test_t21_a_cost_below_the_floor_is_refused(cost: dict[str, int]) -> None:
    with pytest.raises(RejectedError):
        PasswordCost(**cost)


def test_equality_is_of_content() -> None:
    assert equal(b"abc", bytes(bytearray(b"abc")))
    assert not equal(b"abc", b"abd")
    assert not equal(b"abc", b"abcd")
