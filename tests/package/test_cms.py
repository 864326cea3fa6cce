"""The CMS of a package against openssl, both ways; and every older or looser form refused (T21, T22, T46)."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from desktop.crypto.cms_der import INTEGER, OCTET_STRING, SEQUENCE, SET, tlv
from desktop.crypto.cms_mark import Marker
from desktop.crypto.cms_share import ShareRecipient, open_share, read_share, seal_share
from desktop.crypto.cms_signed import package_signed_attributes, package_signed_data, read_package_signature
from desktop.crypto.enveloped import (
    AES256_WRAP,
    MAX_HEAD_BYTES,
    SLACK_BYTES,
    TRAILER_BYTES,
    PayloadDecryptor,
    PayloadEncryptor,
    content_shape,
    read_payload_head,
    trailer,
)
from desktop.crypto.suites import PrivateKey, sign, spki_of
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes
from tests.package.world import World
from tests.pdf.pki import AGREE, ENCIPHER, NOW, Holder, ec_key, rsa_key

SHARE, LABEL, KEY_ID = SecretBytes(bytes(range(32))), bytes(range(100, 132)), b"0123456789abcdef"
KEK = SecretBytes(bytes(range(32, 64)))


def openssl(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=cwd, capture_output=True, check=False)


def pem(key: PrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def payload(data: bytes, *, kek: SecretBytes = KEK) -> bytes:
    encryptor = PayloadEncryptor(kek=kek, key_id=KEY_ID, content_bytes=len(data), random=os.urandom)
    out = bytearray(len(data) + SLACK_BYTES)
    count = encryptor.update(memoryview(data), out)
    return encryptor.head + bytes(out[:count]) + encryptor.finish()


def opened(file: bytes, *, kek: SecretBytes = KEK) -> bytes:
    head = read_payload_head(file[:MAX_HEAD_BYTES], file[-TRAILER_BYTES:], len(file))
    decryptor = PayloadDecryptor(head, kek=kek)
    out = bytearray(head.content_bytes + SLACK_BYTES)
    count = decryptor.update(memoryview(file)[head.head_bytes : -TRAILER_BYTES], out)
    decryptor.finish()
    return bytes(out[:count])


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 65_400, 65_536, 20_000_000])
def test_payload_is_read_by_openssl_and_openssls_by_us(tmp_path: Path, size: int):
    data = os.urandom(size)
    secret = ["-secretkey", KEK.reveal().hex(), "-secretkeyid", KEY_ID.hex()]
    (tmp_path / "ours").write_bytes(payload(data))
    command = ["cms", "-decrypt", "-binary", "-inform", "DER", *secret, "-in", "ours", "-out", "plain"]
    assert openssl(*command, cwd=tmp_path).returncode == 0
    assert (tmp_path / "plain").read_bytes() == data
    command = [
        "cms",
        "-encrypt",
        "-aes-256-gcm",
        "-binary",
        "-outform",
        "DER",
        *secret,
        "-in",
        "plain",
        "-out",
        "theirs",
    ]
    assert openssl(*command, cwd=tmp_path).returncode == 0
    assert opened((tmp_path / "theirs").read_bytes()) == data


def holder_of(world: World, key: PrivateKey) -> tuple[Holder, bytes]:
    usage = ENCIPHER if isinstance(key, rsa.RSAPrivateKey) else AGREE
    leaf = world.pki.leaf(key=key, key_usage=usage)
    own = leaf.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    return leaf, own


@pytest.mark.parametrize("key", [ec_key(), rsa_key(2048), rsa_key(3072)], ids=["P-256", "RSA-2048", "RSA-3072"])
def test_share_among_several_recipients_is_opened_by_openssl(key: PrivateKey, tmp_path: Path):
    others = [
        ShareRecipient(key_id=bytes([n]) * 32, spki=spki_of(other)) for n, other in enumerate((ec_key(), ec_key()))
    ]
    own = ShareRecipient(key_id=KEY_ID, spki=spki_of(key))
    der = seal_share(SHARE, (others[0], own, others[1]), label=LABEL, random=os.urandom)
    assert open_share(der, key=key, key_id=KEY_ID, label=LABEL) == SHARE
    (tmp_path / "share.cms").write_bytes(der)
    (tmp_path / "key.pem").write_bytes(pem(key))
    judged = openssl(
        "cms", "-decrypt", "-binary", "-inform", "DER", "-inkey", "key.pem", "-in", "share.cms", cwd=tmp_path
    )
    assert judged.stdout == SHARE.reveal(), judged.stderr


OAEP = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"]


@dataclass(frozen=True)
class Theirs:
    """An envelope that openssl makes."""

    ec: bool
    options: tuple[str, ...]
    cipher: str = "-aes-256-gcm"

    def make(self, world: World, folder: Path) -> tuple[bytes, PrivateKey, bytes]:
        key: PrivateKey = ec_key() if self.ec else rsa_key()
        leaf, own = holder_of(world, key)
        (folder / "c.pem").write_bytes(leaf.pem)
        (folder / "share").write_bytes(SHARE.reveal())
        keep = [part for option in self.options for part in (("-keyopt", option) if ":" in option else (option,))]
        command = ["cms", "-encrypt", self.cipher, "-binary", "-outform", "DER", "-in", "share", "-out", "theirs"]
        done = openssl(*command, "-recip", "c.pem", *keep, cwd=folder)
        assert done.returncode == 0, done.stderr
        return (folder / "theirs").read_bytes(), key, own


def test_share_enveloped_by_openssl_in_our_form_is_read(world: World, tmp_path: Path):
    label = f"rsa_oaep_label:{LABEL.hex()}"
    for theirs, expected in (
        (Theirs(ec=False, options=(*OAEP, label, "-keyid")), LABEL),
        (Theirs(ec=False, options=(*OAEP, "-keyid")), b""),
        (Theirs(ec=True, options=("ecdh_kdf_md:sha256", "-aes256-wrap", "-keyid")), b""),
    ):
        der, key, own = theirs.make(world, tmp_path)
        assert open_share(der, key=key, key_id=own, label=expected) == SHARE
        with pytest.raises(RejectedError, match="wrong_binding"):
            open_share(der, key=key, key_id=own, label=bytes(32))


@pytest.mark.parametrize(
    "theirs",
    [
        Theirs(ec=True, options=("-aes256-wrap", "-keyid")),  # the KDF's default is SHA-1
        Theirs(ec=True, options=("ecdh_kdf_md:sha256", "-aes128-wrap", "-keyid")),
        Theirs(ec=True, options=("ecdh_kdf_md:sha512", "-aes256-wrap", "-keyid")),
        Theirs(ec=True, options=("ecdh_kdf_md:sha256", "-aes256-wrap")),  # named by issuer and number
        Theirs(ec=True, options=("ecdh_kdf_md:sha256", "-aes256-wrap", "-keyid"), cipher="-aes-128-gcm"),
        Theirs(ec=True, options=("ecdh_kdf_md:sha256", "-aes256-wrap", "-keyid"), cipher="-aes-256-cbc"),
        Theirs(ec=False, options=("-keyid",)),  # PKCS #1 v1.5
        Theirs(ec=False, options=("rsa_padding_mode:oaep", "-keyid")),  # OAEP with SHA-1
        Theirs(ec=False, options=("rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha1", "-keyid")),
        Theirs(ec=False, options=(*OAEP, "-keyid"), cipher="-des3"),
    ],
    ids=lambda theirs: f"{theirs.cipher} {' '.join(theirs.options)}",
)
def test_t21_share_in_an_older_or_looser_form_is_refused(world: World, tmp_path: Path, theirs: Theirs):
    der, key, own = theirs.make(world, tmp_path)
    with pytest.raises(RejectedError, match="envelope_unreadable"):
        open_share(der, key=key, key_id=own, label=b"")


@pytest.mark.parametrize("cipher", ["-aes-256-cbc", "-aes-128-gcm", "-aes-192-gcm", "-des3"])
def test_t21_payload_in_another_cipher_is_refused(tmp_path: Path, cipher: str):
    (tmp_path / "plain").write_bytes(b"x" * 100)
    secret = ["-secretkey", KEK.reveal().hex(), "-secretkeyid", KEY_ID.hex()]
    command = ["cms", "-encrypt", cipher, "-binary", "-outform", "DER", *secret, "-in", "plain", "-out", "theirs"]
    assert openssl(*command, cwd=tmp_path).returncode == 0
    with pytest.raises(RejectedError, match="envelope_unreadable"):
        opened((tmp_path / "theirs").read_bytes())


@pytest.mark.parametrize("wrong", ["128-bit key", "indefinite lengths"])
def test_t21_payload_in_another_shape_is_refused(tmp_path: Path, wrong: str):
    (tmp_path / "plain").write_bytes(b"x" * 100)
    command = ["cms", "-encrypt", "-aes-256-gcm", "-binary", "-outform", "DER", "-in", "plain", "-out", "theirs"]
    key = KEK.reveal()[:16] if wrong == "128-bit key" else KEK.reveal()
    command += ["-secretkey", key.hex(), "-secretkeyid", KEY_ID.hex()]
    if wrong == "indefinite lengths":
        command.append("-stream")
    assert openssl(*command, cwd=tmp_path).returncode == 0
    with pytest.raises(RejectedError, match="envelope_unreadable"):
        opened((tmp_path / "theirs").read_bytes())


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP384R1())], ids=["RSA-1024", "P-384"]
)
def test_t21_share_for_a_key_of_no_allowed_suite_is_not_made(key: PrivateKey):
    recipient = ShareRecipient(key_id=KEY_ID, spki=spki_of(key))
    with pytest.raises(RejectedError, match="key_not_allowed"):
        seal_share(SHARE, (recipient,), label=LABEL, random=os.urandom)


@pytest.mark.parametrize("digest", ["sha1", "sha384", "sha256"])
def test_t21_signature_of_another_program_is_not_taken_for_ours(world: World, tmp_path: Path, digest: str):
    (tmp_path / "c.pem").write_bytes(world.signer.pem)
    (tmp_path / "k.pem").write_bytes(pem(world.signer.key))
    (tmp_path / "m").write_bytes(b"manifest")
    command = ["cms", "-sign", "-binary", "-md", digest, "-outform", "DER", "-signer", "c.pem", "-inkey", "k.pem"]
    assert openssl(*command, "-cades", "-in", "m", "-out", "s", cwd=tmp_path).returncode == 0
    with pytest.raises(RejectedError, match="signature_wrong"):
        read_package_signature((tmp_path / "s").read_bytes())


def test_every_flipped_bit_of_a_share_is_refused_or_fails_to_open():
    key = ec_key()
    recipients = (ShareRecipient(key_id=KEY_ID, spki=spki_of(key)),)
    der = bytearray(seal_share(SHARE, recipients, label=LABEL, random=os.urandom))
    assert open_share(bytes(der), key=key, key_id=KEY_ID, label=LABEL) == SHARE
    for bit in range(len(der) * 8):
        der[bit // 8] ^= 1 << bit % 8
        with pytest.raises(RejectedError):
            open_share(bytes(der), key=key, key_id=KEY_ID, label=LABEL)
        der[bit // 8] ^= 1 << bit % 8


def test_every_flipped_bit_of_a_payload_is_refused():
    file = bytearray(payload(b"price: 1,000,000.00"))
    assert opened(bytes(file)) == b"price: 1,000,000.00"
    key_id_at = file.index(KEY_ID)
    for bit in range(len(file) * 8):
        file[bit // 8] ^= 1 << bit % 8
        if key_id_at <= bit // 8 < key_id_at + len(KEY_ID):  # the package holds it against its own id (T18)
            assert read_payload_head(bytes(file[:MAX_HEAD_BYTES]), bytes(file[-18:]), len(file)).key_id != KEY_ID
        else:
            with pytest.raises(RejectedError):
                opened(bytes(file))
        file[bit // 8] ^= 1 << bit % 8


def hostile_der(good: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "one byte": b"\x30",
        "length 2^63": b"\x30\x88" + (2**63).to_bytes(8, "big"),
        "length of 126 bytes": b"\x30\xfe" + b"\xff" * 126,
        "indefinite": b"\x30\x80" + good[4:] + b"\0\0",
        "depth 10,000": b"\x30\x80" * 10_000,
        "nested": b"\x30\x84\x00\x00\x27\x10" * 3_000,
        "trailing": good + b"\0",
        "twice": good + good,
        "cut": good[:-1],
        "zeros": bytes(4096),
        "long tag": b"\x3f\x81\x80" + good,
        "overlong length": b"\x30\x83\x00" + good[2:],
    }


@pytest.mark.parametrize("what", hostile_der(b"\x30\x82\x01\x00"))
def test_t22_hostile_der_is_refused_at_once_and_as_one_kind_of_error(world: World, what: str):
    key = ec_key()
    share = seal_share(SHARE, (ShareRecipient(key_id=KEY_ID, spki=spki_of(key)),), label=LABEL, random=os.urandom)
    attributes = package_signed_attributes(bytes(32), world.signer.der, NOW)
    signature = package_signed_data(
        signed_attributes=attributes, signature=sign(world.signer.key, attributes), certificate_der=world.signer.der
    )
    whole = payload(b"x")
    started = time.process_time()
    with pytest.raises(RejectedError, match="envelope_unreadable"):
        read_share(hostile_der(share)[what])
    with pytest.raises(RejectedError, match="signature_wrong"):
        read_package_signature(hostile_der(signature)[what])
    data = hostile_der(whole)[what]
    with pytest.raises(RejectedError, match="envelope_unreadable"):
        read_payload_head(data[:MAX_HEAD_BYTES], data[-TRAILER_BYTES:], len(data))
    assert time.process_time() - started < 0.5


def test_mark_recognizes_the_same_bytes_in_other_pieces_and_no_others():
    data = os.urandom(1000)
    first = Marker()
    first.update(memoryview(data))
    mark = first.mark()
    for pieces, same in (
        ((data,), True),
        ((data[:3], data[3:700], b"", data[700:]), True),
        ((data[:-1],), False),
        ((data, b"\0"), False),
        ((data[1:], data[:1]), False),
        ((), False),
    ):
        again = Marker(mark)
        for piece in pieces:
            again.update(memoryview(piece))
        assert again.is_same() is same
    other = Marker()
    other.update(memoryview(data))
    assert other.mark().value != mark.value  # under another key
    assert data.hex() not in repr(mark)
    assert "key" not in repr(mark)


def test_signing_time_stands_in_the_attributes_and_ends_with_utctime(world: World):
    from datetime import UTC, datetime

    with pytest.raises(MisuseError):
        package_signed_attributes(bytes(32), world.signer.der, datetime(2050, 1, 1, tzinfo=UTC))
    attributes = package_signed_attributes(bytes(32), world.signer.der, NOW)
    assert b"260601040000Z" in attributes
    assert len(attributes) == 165


# AES-GCM does not commit to its key: what makes the commitments and the single recipient necessary.


def multiply(x: int, y: int) -> int:
    """Multiply in GF(2^128) as GCM orders its bits (NIST SP 800-38D §6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def power(x: int, exponent: int) -> int:
    result = 1 << 127
    while exponent:
        if exponent & 1:
            result = multiply(result, x)
        x, exponent = multiply(x, x), exponent >> 1
    return result


def aes(key: bytes, block: bytes) -> int:
    return int.from_bytes(Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block), "big")


def ghash(key: bytes, blocks: list[int]) -> int:
    state, h = 0, aes(key, bytes(16))
    for block in blocks:
        state = multiply(state ^ block, h)
    return state


def two_keys_one_ciphertext(first: bytes, second: bytes, nonce: bytes, ciphertext: bytes) -> tuple[bytes, bytes]:
    """Append the one block that gives `ciphertext` the same tag under both keys; return (ciphertext, tag)."""
    blocks = [int.from_bytes(ciphertext[n : n + 16], "big") for n in range(0, len(ciphertext), 16)]
    length = (len(blocks) + 1) * 128
    start = nonce + b"\0\0\0\1"
    tags = [ghash(key, [*blocks, 0, length]) ^ aes(key, start) for key in (first, second)]
    squares = [power(aes(key, bytes(16)), 2) for key in (first, second)]
    block = multiply(tags[0] ^ tags[1], power(squares[0] ^ squares[1], 2**128 - 2))
    tag = ghash(first, [*blocks, block, length]) ^ aes(first, start)
    return ciphertext + block.to_bytes(16, "big"), tag.to_bytes(16, "big")


def test_t46_one_ciphertext_with_two_keys_and_two_prices_opens_in_openssl_and_is_refused_here(tmp_path: Path):
    first, second, nonce = bytes([1] * 32), bytes([2] * 32), bytes(12)

    def stream(key: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.CTR(nonce + b"\0\0\0\2")).encryptor().update(bytes(32))

    texts = (b"price  1000000.00", b"price  2000000.00")
    # The first block is meant for the first key, the second for the second key.
    mixed = bytes(a ^ b for a, b in zip(texts[0][:16], stream(first)[:16], strict=True))
    mixed += bytes(a ^ b for a, b in zip(texts[1][:16], stream(second)[16:], strict=True))
    ciphertext, tag = two_keys_one_ciphertext(first, second, nonce, mixed)
    keks = {b"key-number-one..": bytes([3] * 32), b"key-number-two..": bytes([4] * 32)}
    recipients = [
        tlv(
            0xA2,
            tlv(INTEGER, b"\4"),
            tlv(SEQUENCE, tlv(OCTET_STRING, key_id)),
            AES256_WRAP,
            tlv(OCTET_STRING, aes_key_wrap(kek, content_key)),
        )
        for (key_id, kek), content_key in zip(keks.items(), (first, second), strict=True)
    ]
    file = content_shape(tlv(SET, *sorted(recipients)), nonce, len(ciphertext)) + ciphertext + trailer(tag)
    (tmp_path / "two").write_bytes(file)
    prices = []
    for key_id, kek in keks.items():
        command = ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", "two"]
        done = openssl(*command, "-secretkey", kek.hex(), "-secretkeyid", key_id.hex(), cwd=tmp_path)
        assert done.returncode == 0
        prices.append(done.stdout)
    assert prices[0][:16] == texts[0][:16]
    assert prices[1][16:32] == texts[1][:16]
    with pytest.raises(RejectedError, match="envelope_unreadable"):
        opened(file)
