"""The encrypted payload of a bid package: CMS AuthEnvelopedData, AES-256-GCM, one KEKRecipientInfo, streamed.

The file is `head ‖ ciphertext ‖ 04 10 tag`; the head is one fixed shape with four holes (key identifier, wrapped
content key, nonce, length), see docs/bid-package.md. No authAttrs and no unauthAttrs: openssl 3.0 cannot read them.
Refuses every other shape, algorithm and length form (threats T20-T22). What `PayloadDecryptor` returns before `finish`
has succeeded is not verified and must not leave the caller's hands.
Source: RFC 5083, RFC 5084, RFC 5652 §6.2.3, RFC 3394.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from desktop.crypto.cms_der import INTEGER, OCTET_STRING, SEQUENCE, SET, Cursor, oid, tlv, tlv_head
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16
WRAPPED_BYTES = KEY_BYTES + 8
#: Buffers given to `update` must be this much longer than the data: the library asks for room for one block.
SLACK_BYTES = 16
#: More than enough for the head of any payload.
MAX_HEAD_BYTES = 256
TRAILER_BYTES = 2 + TAG_BYTES
#: GCM ends at 64 GiB; ours earlier.
MAX_CONTENT_BYTES = 32 * 1024**3
_CONTEXT_0, _CONTEXT_2 = 0xA0, 0xA2
_CONTENT_0 = 0x80
_MAX_KEY_ID_BYTES = 64

AUTH_ENVELOPED = oid("1.2.840.113549.1.9.16.1.23")
_DATA = oid("1.2.840.113549.1.7.1")
AES256_WRAP = tlv(SEQUENCE, oid("2.16.840.1.101.3.4.1.45"))
_AES256_GCM = oid("2.16.840.1.101.3.4.1.46")
_TRAILER_HEAD = tlv_head(OCTET_STRING, TAG_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadHead:
    """What stands before the ciphertext, and the tag behind it."""

    key_id: bytes
    wrapped_key: bytes
    nonce: bytes
    content_bytes: int
    tag: bytes
    head_bytes: int


def content_shape(recipients: bytes, nonce: bytes, content_bytes: int) -> bytes:
    """Return everything of an AuthEnvelopedData before its ciphertext; `recipients` is the SET of them."""
    gcm = tlv(SEQUENCE, tlv(OCTET_STRING, nonce), tlv(INTEGER, bytes((TAG_BYTES,))))
    content = _DATA + tlv(SEQUENCE, _AES256_GCM, gcm) + tlv_head(_CONTENT_0, content_bytes)
    content = tlv_head(SEQUENCE, len(content) + content_bytes) + content
    body = tlv(INTEGER, b"\0") + recipients + content
    body = tlv_head(SEQUENCE, len(body) + content_bytes + TRAILER_BYTES) + body
    explicit = tlv_head(_CONTEXT_0, len(body) + content_bytes + TRAILER_BYTES) + body
    whole = AUTH_ENVELOPED + explicit
    return tlv_head(SEQUENCE, len(whole) + content_bytes + TRAILER_BYTES) + whole


def trailer(tag: bytes) -> bytes:
    """Return what stands behind the ciphertext."""
    return _TRAILER_HEAD + tag


def enter_content(cursor: Cursor) -> tuple[Cursor, bytes, int]:
    """Walk to the ciphertext and return (recipients, nonce, length of the ciphertext).

    Raises:
        RejectedError: another shape (`package.envelope_unreadable`). Constants are for the caller to compare.
    """
    cursor.enter(SEQUENCE)
    cursor.take(0x06)
    cursor.enter(_CONTEXT_0)
    cursor.enter(SEQUENCE)
    cursor.take(INTEGER)
    recipients = cursor.into(SET)
    cursor.enter(SEQUENCE)
    cursor.take(0x06)
    algorithm = cursor.into(SEQUENCE)
    algorithm.take(0x06)
    nonce = algorithm.into(SEQUENCE).take(OCTET_STRING)
    return recipients, nonce, cursor.enter(_CONTENT_0)


def _payload_shape(key_id: bytes, wrapped_key: bytes, nonce: bytes, content_bytes: int) -> bytes:
    recipient = tlv(
        _CONTEXT_2,
        tlv(INTEGER, b"\4"),
        tlv(SEQUENCE, tlv(OCTET_STRING, key_id)),
        AES256_WRAP,
        tlv(OCTET_STRING, wrapped_key),
    )
    return content_shape(tlv(SET, recipient), nonce, content_bytes)


class PayloadEncryptor:
    """Encrypts one payload whose length is known beforehand; `head` goes first, `finish` returns what goes last."""

    def __init__(self, *, kek: SecretBytes, key_id: bytes, content_bytes: int, random: Callable[[int], bytes]) -> None:
        if len(kek) != KEY_BYTES or not 0 < len(key_id) <= _MAX_KEY_ID_BYTES:
            raise MisuseError("general.unexpected", "key or key identifier length")
        if content_bytes > MAX_CONTENT_BYTES:
            raise RejectedError("package.too_large", str(content_bytes))
        content_key, nonce = random(KEY_BYTES), random(NONCE_BYTES)
        self._cipher = Cipher(algorithms.AES(content_key), modes.GCM(nonce)).encryptor()
        self._left = content_bytes
        self.head = _payload_shape(key_id, aes_key_wrap(kek.reveal(), content_key), nonce, content_bytes)

    def update(self, data: memoryview, out: bytearray) -> int:
        """Encrypt `data` into `out` (longer by SLACK_BYTES) and return how many bytes were written: as many."""
        self._left -= len(data)
        return self._cipher.update_into(data, out)

    def finish(self) -> bytes:
        """Return the trailer.

        Raises:
            MisuseError: more or less was encrypted than announced.
        """
        if self._left:
            raise MisuseError("general.unexpected", f"{self._left} bytes left")
        self._cipher.finalize()
        return trailer(self._cipher.tag)


def read_payload_head(first: bytes, last: bytes, total_bytes: int) -> PayloadHead:
    """Read a payload of `total_bytes` from its `first` MAX_HEAD_BYTES and its `last` TRAILER_BYTES.

    Raises:
        RejectedError: `package.envelope_unreadable`, whatever the bytes.
    """
    cursor = Cursor(first)
    recipients, nonce, content_bytes = enter_content(cursor)
    recipient = recipients.into(_CONTEXT_2)
    recipient.take(INTEGER)
    key_id = recipient.into(SEQUENCE).take(OCTET_STRING)
    recipient.take(SEQUENCE)
    wrapped_key = recipient.take(OCTET_STRING)
    if (len(nonce), len(wrapped_key)) != (NONCE_BYTES, WRAPPED_BYTES) or not 0 < len(key_id) <= _MAX_KEY_ID_BYTES:
        raise RejectedError("package.envelope_unreadable", "field length")
    if content_bytes > MAX_CONTENT_BYTES:
        raise RejectedError("package.too_large", str(content_bytes))
    if _payload_shape(key_id, wrapped_key, nonce, content_bytes) != first[: cursor.at]:
        raise RejectedError("package.envelope_unreadable", "not the one shape of a payload")
    if cursor.at + content_bytes + TRAILER_BYTES != total_bytes or trailer(last[2:]) != last:
        raise RejectedError("package.envelope_unreadable", "length")
    return PayloadHead(
        key_id=key_id,
        wrapped_key=wrapped_key,
        nonce=nonce,
        content_bytes=content_bytes,
        tag=last[2:],
        head_bytes=cursor.at,
    )


class PayloadDecryptor:
    """Decrypts a payload's ciphertext in order. Nothing it returned may be used before `finish` has succeeded."""

    def __init__(self, head: PayloadHead, *, kek: SecretBytes) -> None:
        """Unwrap the content key.

        Raises:
            RejectedError: `kek` is not this payload's key (`package.key_mismatch`).
        """
        try:
            content_key = aes_key_unwrap(kek.reveal(), head.wrapped_key)
        except (InvalidUnwrap, ValueError):
            raise RejectedError("package.key_mismatch", "unwrap") from None
        self._tag = head.tag
        self._cipher = Cipher(algorithms.AES(content_key), modes.GCM(head.nonce)).decryptor()

    def update(self, data: memoryview, out: bytearray) -> int:
        """Decrypt `data` into `out` (longer by SLACK_BYTES) and return how many bytes were written: as many."""
        return self._cipher.update_into(data, out)

    def finish(self) -> None:
        """Check the tag.

        Raises:
            RejectedError: the ciphertext is not what was encrypted (`package.payload_damaged`).
        """
        try:
            self._cipher.finalize_with_tag(self._tag)
        except InvalidTag:
            raise RejectedError("package.payload_damaged", "tag") from None
