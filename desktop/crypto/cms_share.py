"""A share of a bid's key, enveloped to each member of one group: CMS AuthEnvelopedData of 32 bytes.

P-256 recipients: KeyAgreeRecipientInfo, ephemeral-static ECDH, dhSinglePass-stdDH-sha256kdf, aes256-wrap, the label as
ukm. RSA recipients: KeyTransRecipientInfo, RSA-OAEP with SHA-256 and MGF1-SHA-256, the label as pSource. Recipients are
named by a key identifier: in a bid package the SHA-256 of the certificate or, for a bare key, of its SPKI, so that a
pinned recipient is pinned in the envelope itself (threat T48). Content: AES-256-GCM, never CBC (threat T21).
Refuses every other shape, algorithm, order and length form. The phone opens its share with `open_share` and computes
the label itself from what it shows (threat T18). An empty label means none: only for envelopes of other programs.
Source: RFC 5083, 5084, 5652 §6.2, 5753 §3.1 and §7.2, 4055 §4.1; SEC 1 §3.6.1 (X9.63 KDF).
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from desktop.crypto.cms_der import BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, SET, Cursor, oid, set_of, tlv
from desktop.crypto.cms_labels import SHARE_BYTES
from desktop.crypto.enveloped import (
    AES256_WRAP,
    KEY_BYTES,
    NONCE_BYTES,
    TAG_BYTES,
    WRAPPED_BYTES,
    content_shape,
    enter_content,
    trailer,
)
from desktop.crypto.primitives import equal, rsa_oaep_open, rsa_oaep_seal
from desktop.crypto.suites import PrivateKey, generate_p256, load_point, load_spki, point_of
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes

#: No share envelope is larger: 16 RSA-3072 recipients stay below.
MAX_ENVELOPE_BYTES = 16 * 1024
MAX_RECIPIENTS = 16
_MAX_KEY_ID_BYTES = 64
_MAX_LABEL_BYTES = 64
_RSA_BYTES = (256, 384)
_C0, _C1, _C2, _P0 = 0xA0, 0xA1, 0xA2, 0x80

_EC_KEY = tlv(SEQUENCE, oid("1.2.840.10045.2.1"))
_AGREEMENT = tlv(SEQUENCE, oid("1.3.132.1.11.1"), AES256_WRAP)
_SHA256 = tlv(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"))  # parameters absent, RFC 5754 §2
_MGF1 = tlv(SEQUENCE, oid("1.2.840.113549.1.1.8"), _SHA256)
_OAEP, _P_SPECIFIED = oid("1.2.840.113549.1.1.7"), oid("1.2.840.113549.1.1.9")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRecipient:
    """Who may open a share: a public key of an allowed suite, and the name it goes by in the envelope."""

    key_id: bytes
    spki: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWrap:
    """One recipient's wrap as it stands in an envelope; `point` is empty for RSA."""

    key_id: bytes
    label: bytes
    point: bytes
    encrypted_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEnvelope:
    """An envelope that was read to the last bit; `wraps` in the order of the file."""

    wraps: tuple[ShareWrap, ...]
    nonce: bytes
    ciphertext: bytes
    tag: bytes


def seal_share(
    share: SecretBytes, recipients: tuple[ShareRecipient, ...], *, label: bytes, random: Callable[[int], bytes]
) -> bytes:
    """Return the DER of `share` enveloped to all `recipients` under `label`.

    Raises:
        RejectedError: a recipient's key is of no allowed suite (`ceremony.key_not_allowed`).
    """
    ids = {recipient.key_id for recipient in recipients}
    if len(share) != SHARE_BYTES or not 0 < len(recipients) <= MAX_RECIPIENTS or len(ids) != len(recipients):
        raise MisuseError("general.unexpected", "share or recipients")
    content_key, nonce = random(KEY_BYTES), random(NONCE_BYTES)
    sealed = AESGCM(content_key).encrypt(nonce, share.reveal(), None)
    wraps = tuple(_wrap(content_key, recipient, label) for recipient in recipients)
    return _write(ShareEnvelope(wraps=wraps, nonce=nonce, ciphertext=sealed[:-TAG_BYTES], tag=sealed[-TAG_BYTES:]))


def read_share(der: bytes) -> ShareEnvelope:
    """Read an envelope without opening it.

    Raises:
        RejectedError: `package.envelope_unreadable`, whatever the bytes.
    """
    if len(der) > MAX_ENVELOPE_BYTES:
        raise RejectedError("package.envelope_unreadable", "too long")
    cursor = Cursor(der)
    recipients, nonce, content_bytes = enter_content(cursor)
    ciphertext = der[cursor.at : cursor.at + content_bytes]
    tag = der[cursor.at + content_bytes + 2 :]
    wraps: list[ShareWrap] = []
    while not recipients.is_done:
        if len(wraps) == MAX_RECIPIENTS:
            raise RejectedError("package.envelope_unreadable", "too many recipients")
        wraps.append(_read_agreement(recipients) if recipients.peek() == _C1 else _read_transport(recipients))
    envelope = ShareEnvelope(wraps=tuple(wraps), nonce=nonce, ciphertext=ciphertext, tag=tag)
    fits = (len(nonce), len(ciphertext), len(tag)) == (NONCE_BYTES, SHARE_BYTES, TAG_BYTES)
    if not fits or not wraps or len({wrap.key_id for wrap in wraps}) != len(wraps) or _write(envelope) != der:
        raise RejectedError("package.envelope_unreadable", "not the one shape of a share")
    return envelope


def open_share(der: bytes, *, key: PrivateKey, key_id: bytes, label: bytes) -> SecretBytes:
    """Open the share with the private key that goes by `key_id`; `label` is what the opener computed himself.

    Raises:
        RejectedError: not an envelope (`package.envelope_unreadable`), of another bid (`package.wrong_binding`), not
            for this key (`package.share_not_ours`), or altered (`package.share_unreadable`).
    """
    envelope = read_share(der)
    if not all(equal(wrap.label, label) for wrap in envelope.wraps):
        raise RejectedError("package.wrong_binding", "label")
    own = next((wrap for wrap in envelope.wraps if wrap.key_id == key_id), None)
    if own is None or bool(own.point) is not isinstance(key, ec.EllipticCurvePrivateKey):
        raise RejectedError("package.share_not_ours")
    try:
        content_key = _unwrap(own, key)
        return SecretBytes(AESGCM(content_key).decrypt(envelope.nonce, envelope.ciphertext + envelope.tag, None))
    except (InvalidTag, InvalidUnwrap, ValueError, RejectedError) as error:
        raise RejectedError("package.share_unreadable", type(error).__name__) from None


def _wrap(content_key: bytes, recipient: ShareRecipient, label: bytes) -> ShareWrap:
    key = load_spki(recipient.spki)
    if isinstance(key, rsa.RSAPublicKey):
        encrypted, point = rsa_oaep_seal(recipient=key, label=label, plaintext=content_key), b""
    else:
        ephemeral = generate_p256()
        encrypted = aes_key_wrap(_agree(ephemeral, key, label), content_key)
        point = point_of(ephemeral)
    return ShareWrap(key_id=recipient.key_id, label=label, point=point, encrypted_key=encrypted)


def _unwrap(wrap: ShareWrap, key: PrivateKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        content_key = rsa_oaep_open(key=key, label=wrap.label, ciphertext=wrap.encrypted_key)
    else:
        content_key = aes_key_unwrap(_agree(key, load_point(wrap.point), wrap.label), wrap.encrypted_key)
    if len(content_key) != KEY_BYTES:
        raise ValueError("content key length")
    return content_key


def _agree(own: ec.EllipticCurvePrivateKey, other: ec.EllipticCurvePublicKey, label: bytes) -> bytes:
    """Return the wrapping key: X9.63 KDF over the shared point, bound to the label by ECC-CMS-SharedInfo."""
    ukm = tlv(_C0, tlv(OCTET_STRING, label)) if label else b""
    info = tlv(SEQUENCE, AES256_WRAP, ukm, tlv(_C2, tlv(OCTET_STRING, (KEY_BYTES * 8).to_bytes(4, "big"))))
    secret = own.exchange(ec.ECDH(), other)
    return X963KDF(algorithm=hashes.SHA256(), length=KEY_BYTES, sharedinfo=info).derive(secret)


def _write(envelope: ShareEnvelope) -> bytes:
    recipients = set_of(SET, [_write_wrap(wrap) for wrap in envelope.wraps])
    shape = content_shape(recipients, envelope.nonce, len(envelope.ciphertext))
    return shape + envelope.ciphertext + trailer(envelope.tag)


def _write_wrap(wrap: ShareWrap) -> bytes:
    encrypted = tlv(OCTET_STRING, wrap.encrypted_key)
    if not wrap.point:
        label = tlv(_C2, tlv(SEQUENCE, _P_SPECIFIED, tlv(OCTET_STRING, wrap.label))) if wrap.label else b""
        oaep = tlv(SEQUENCE, _OAEP, tlv(SEQUENCE, tlv(_C0, _SHA256), tlv(_C1, _MGF1), label))
        return tlv(SEQUENCE, tlv(INTEGER, b"\2"), tlv(_P0, wrap.key_id), oaep, encrypted)
    originator = tlv(_C0, tlv(_C1, _EC_KEY, tlv(BIT_STRING, b"\0", wrap.point)))
    ukm = tlv(_C1, tlv(OCTET_STRING, wrap.label)) if wrap.label else b""
    own = tlv(SEQUENCE, tlv(SEQUENCE, tlv(_C0, tlv(OCTET_STRING, wrap.key_id)), encrypted))
    return tlv(_C1, tlv(INTEGER, b"\3"), originator, ukm, _AGREEMENT, own)


def _read_agreement(recipients: Cursor) -> ShareWrap:
    info = recipients.into(_C1)
    info.take(INTEGER)
    originator = info.into(_C0).into(_C1)
    originator.take(SEQUENCE)
    point = originator.take(BIT_STRING)[1:]
    label = info.into(_C1).take(OCTET_STRING) if info.peek() == _C1 else b""
    info.take(SEQUENCE)
    own = info.into(SEQUENCE).into(SEQUENCE)
    key_id = own.into(_C0).take(OCTET_STRING)
    encrypted = own.take(OCTET_STRING)
    try:
        load_point(point)
    except RejectedError:
        raise RejectedError("package.envelope_unreadable", "point") from None
    return _checked(ShareWrap(key_id=key_id, label=label, point=point, encrypted_key=encrypted), (WRAPPED_BYTES,))


def _read_transport(recipients: Cursor) -> ShareWrap:
    info = recipients.into(SEQUENCE)
    info.take(INTEGER)
    key_id = info.take(_P0)
    algorithm = info.into(SEQUENCE)
    algorithm.take(0x06)
    parameters = algorithm.into(SEQUENCE)
    parameters.take(_C0)
    parameters.take(_C1)
    label = b""
    if parameters.peek() == _C2:
        source = parameters.into(_C2).into(SEQUENCE)
        source.take(0x06)
        label = source.take(OCTET_STRING)
    encrypted = info.take(OCTET_STRING)
    return _checked(ShareWrap(key_id=key_id, label=label, point=b"", encrypted_key=encrypted), _RSA_BYTES)


def _checked(wrap: ShareWrap, lengths: tuple[int, ...]) -> ShareWrap:
    if not 0 < len(wrap.key_id) <= _MAX_KEY_ID_BYTES or len(wrap.label) > _MAX_LABEL_BYTES:
        raise RejectedError("package.envelope_unreadable", "field length")
    if len(wrap.encrypted_key) not in lengths:
        raise RejectedError("package.envelope_unreadable", "encrypted key length")
    return wrap
