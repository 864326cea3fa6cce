"""T21: no parser that reads an algorithm, a cost or a version takes a weaker one; each list is closed.

Two ways: every name that the libraries know is put to each list, and every object identifier in an honest object is
replaced by every neighbour of it. The honest object is read before and after.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, keys
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto.cms_share import ShareRecipient, open_share, read_share, seal_share
from desktop.crypto.cms_signed import package_signed_attributes, package_signed_data, read_package_signature
from desktop.crypto.enveloped import PayloadEncryptor, read_payload_head
from desktop.crypto.primitives import PasswordCost, sha256
from desktop.crypto.suites import Suite, generate_p256, load_spki, sign, spki_of
from desktop.crypto.timestamps import DIGEST_BYTES, QueryError, TimestampQuery, read_query, write_query
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.formats.package.documents import read_header, read_summary, write_header, write_summary
from desktop.formats.package.model import BidSummary
from desktop.formats.trust.algorithms import DIGESTS, SIGNATURES, ClosedList, key_allowed
from desktop.phone.core import MemoryDeviceSecrets, secret_password
from desktop.phone.core.keystore import KeyEntry, Keystore, NewKeyOrder
from desktop.phone.core.vault import PasswordWrap
from desktop.protocol import codec
from desktop.protocol.challenge import read_challenge, write_challenge
from desktop.protocol.messages import TAG_BYTES
from desktop.protocol.qr import RelayQr, read_qr
from desktop.protocol.transcript import SECRET_BYTES, TOKEN_BYTES
from desktop.testing.rig import CHEAP, PASSWORD
from tests.package.forging import keys_of
from tests.package.world import BIDDER, World, counting_random, plan_of, subject, write_documents
from tests.pdf.pki import NOW, Pki, issue, rsa_key
from tests.protocol.test_display import challenge_of

LABEL = bytes(32)
BASE_URL = "https://bid.example"
Reader = Callable[[bytes], Any]


def share() -> tuple[bytes, Reader]:
    key = generate_p256()
    members = (
        ShareRecipient(key_id=b"own", spki=spki_of(key)),
        ShareRecipient(key_id=b"rsa", spki=spki_of(rsa_key())),
    )
    der = seal_share(SecretBytes(bytes(32)), members, label=LABEL, random=counting_random("t21"))
    assert open_share(der, key=key, key_id=b"own", label=LABEL).reveal() == bytes(32)
    return der, read_share


def payload() -> tuple[bytes, Reader]:
    encryptor = PayloadEncryptor(
        kek=SecretBytes(bytes(32)), key_id=b"k" * 16, content_bytes=0, random=counting_random("t21")
    )
    der = encryptor.head + encryptor.finish()
    return der, lambda data: read_payload_head(data, data[-18:], len(data))


def signature() -> tuple[bytes, Reader]:
    signer = issue(subject("张三", BIDDER), key=generate_p256(), issuer=Pki().issuing)
    attributes = package_signed_attributes(sha256(b"manifest"), signer.der, NOW)
    signed = sign(signer.key, attributes)
    der = package_signed_data(signed_attributes=attributes, signature=signed, certificate_der=signer.der)
    return der, read_package_signature


def query() -> tuple[bytes, Reader]:
    return write_query(TimestampQuery(algorithm="sha256", digest=bytes(32))), read_query


OBJECTS: dict[str, Callable[[], tuple[bytes, Reader]]] = {
    "share": share,
    "payload": payload,
    "package signature": signature,
    "timestamp query": query,
}


def identifiers(der: bytes) -> list[tuple[int, int]]:
    """Where the contents of each object identifier begin and end; what only looks like one does no harm."""
    found = []
    for at in range(len(der) - 3):
        length = der[at + 1]
        body = der[at + 2 : at + 2 + length]
        if der[at] == 6 and 3 <= length <= 13 and len(body) == length and body[0] in (0x2A, 0x2B, 0x60):
            found.append((at + 2, at + 2 + length))
    return found


@pytest.mark.parametrize("what", OBJECTS)
def test_t21_every_neighbour_of_every_algorithm_in_an_honest_object_is_refused(what: str) -> None:
    der, read = OBJECTS[what]()
    read(der)
    places, tried = identifiers(der), 0
    for start, end in places:
        for arc in range(128):
            for at in (end - 1, end - 2):
                changed = bytearray(der)
                changed[at] = arc
                if bytes(changed) == der:
                    continue
                tried += 1
                with pytest.raises(RejectedError):
                    read(bytes(changed))
        assert der[start:end]
    read(der)
    assert len(places) >= 1
    assert tried >= len(places) * 200


def known(kind: Any) -> set[str]:
    return set(kind._map.values())


def test_t21_of_all_digests_and_signatures_that_the_library_knows_the_list_takes_its_own() -> None:
    closed = ClosedList()
    digests = {
        name
        for name in known(algos.DigestAlgorithmId)
        if closed.digest_algorithm_allowed(algos.DigestAlgorithm({"algorithm": name}), None).allowed
    }
    signatures = {
        name
        for name in known(algos.SignedDigestAlgorithmId)
        if closed.signature_algorithm_allowed(algos.SignedDigestAlgorithm({"algorithm": name}), None, None).allowed
    }
    assert digests == set(DIGESTS) == {"sha256", "sha384", "sha512"}
    assert signatures == set(SIGNATURES)
    assert signatures == {f"{digest}_{kind}" for digest in digests for kind in ("rsa", "ecdsa")}
    assert not any(bad in name for name in signatures for bad in ("md", "sha1", "sha224", "dsa_", "pss"))


def test_t21_of_all_curves_and_rsa_sizes_each_list_takes_its_own() -> None:
    curves = {name: curve for name, curve in ec._CURVE_TYPES.items() if hasattr(curve, "key_size")}
    for_others, for_ours = set(), set()
    for curve in curves.values():
        try:
            key = ec.generate_private_key(curve if isinstance(curve, ec.EllipticCurve) else curve())
        except Exception:  # noqa: BLE001 - this build of the library has no such curve
            continue
        for_others |= {key.curve.name} if key_allowed(key.public_key()) else set()
        try:
            load_spki(spki_of(key))
        except RejectedError:
            continue
        for_ours.add(key.curve.name)
    assert for_others == {"secp256r1", "secp384r1"}
    assert for_ours == {"secp256r1"}
    sizes = {bits: rsa_key(bits) for bits in (1024, 2048, 3072)}
    assert [bits for bits, key in sizes.items() if key_allowed(key.public_key())] == [2048, 3072]
    with pytest.raises(RejectedError):
        load_spki(spki_of(sizes[1024]))
    assert {str(suite) for suite in Suite} == {"P-256", "RSA-2048", "RSA-3072"}
    assert known(keys.NamedCurve) > for_others


def test_t21_of_all_digests_a_timestamp_is_asked_for_by_three(tmp_path: Path) -> None:
    taken = set()
    for name in known(algos.DigestAlgorithmId):
        size = DIGEST_BYTES.get(name, 20)
        try:
            taken.add(read_query(write_query(TimestampQuery(algorithm=name, digest=bytes(size)))).algorithm)
        except QueryError:
            continue
    assert taken == {"sha256", "sha384", "sha512"}


@pytest.mark.parametrize(
    "weak",
    [{"iterations": 0}, {"memory_kib": 8 * 1024 - 1}, {"memory_kib": 8}, {"lanes": 0}, {"memory_kib": 300 * 1024}],
)
def test_t21_key_file_with_a_weaker_or_absurd_cost_is_refused(tmp_path: Path, weak: dict[str, int]) -> None:
    honest = {
        "salt": bytes(16),
        "iterations": CHEAP.iterations,
        "memory_kib": CHEAP.memory_kib,
        "lanes": CHEAP.lanes,
        "device": bytes(8),
        "ct": bytes(48),
    }
    assert PasswordWrap.from_map(honest).cost == CHEAP
    with pytest.raises(RejectedError):
        PasswordWrap.from_map({**honest, **weak})
    assert PasswordCost() == PasswordCost(iterations=3, memory_kib=64 * 1024, lanes=1)


@pytest.mark.parametrize("version", [0, 1, 3, 255])
def test_t21_key_file_of_another_version_is_refused(tmp_path: Path, version: int) -> None:
    store = Keystore(folder=tmp_path, device=MemoryDeviceSecrets(bytes(32)), random=counting_random("t21"), cost=CHEAP)
    order = NewKeyOrder(
        order_id="ab" * 16, holder="张三", organization="甲公司", credit_code="", suite=Suite.P256, made_at=1
    )
    entry, _ = store.create_pending(order, secret_password(PASSWORD))
    data = entry.write()
    assert KeyEntry.read(data) == entry
    other = codec.encode({**codec.decode(data), "v": version})  # type: ignore[dict-item]  # a map, as just written
    with pytest.raises(RejectedError):
        KeyEntry.read(other)


def test_t21_bid_of_another_version_is_refused(tmp_path: Path) -> None:
    header = keys_of(plan_of(World(), write_documents(tmp_path / "f"))).header
    written, summary = write_header(header), write_summary(BidSummary())
    assert read_header(written) == header
    assert read_summary(summary) == BidSummary()
    for other in (b"BIDSEAL0/", b"BIDSEAL2/", b"bidseal1/", b"BIDSEAL/"):
        with pytest.raises(RejectedError):
            read_header(written.replace(b"BIDSEAL1/", other))
        with pytest.raises(RejectedError):
            read_summary(summary.replace(b"BIDSEAL1/", other))
    with pytest.raises(RejectedError):
        read_header(written.replace(b'"rule":"any"', b'"rule":"none"', 1))


def test_t21_code_of_another_version_is_refused() -> None:
    code = RelayQr(token=bytes(TOKEN_BYTES), secret=bytes(SECRET_BYTES), elapsed_s=0, tag=bytes(TAG_BYTES))
    text = code.write(BASE_URL)
    assert read_qr(text, BASE_URL) == code
    head, _, encoded = text.rpartition("#")
    raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    for version in (0, 2, 255):
        other = base64.urlsafe_b64encode(bytes([version]) + raw[1:]).rstrip(b"=").decode()
        with pytest.raises(RejectedError):
            read_qr(f"{head}#{other}", BASE_URL)


@pytest.mark.parametrize("field", ["v", "tpl"])
def test_t21_challenge_of_another_version_is_refused(field: str) -> None:
    challenge = challenge_of(Operation.LOGIN)
    honest = write_challenge(challenge, None)
    assert read_challenge(honest) == challenge
    for version in (0, 2, 255):
        other = codec.encode({**challenge.to_map(), field: version})
        with pytest.raises(RejectedError):
            read_challenge(other)
    assert codec.encode(challenge.to_map()) == honest
