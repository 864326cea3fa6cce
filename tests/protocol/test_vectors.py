"""Our implementation against the shared vectors: every one comes out as it says (T22, T24, T53)."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto import merkle
from desktop.crypto.cades import cades_signed_attributes
from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import PasswordCost, aead_open, aead_seal, hpke_open
from desktop.crypto.suites import load_point, p256_of_scalar, scalar_of, verify
from desktop.domain.errors import RejectedError
from desktop.domain.problems import CATALOGUE
from desktop.domain.secret import SecretBytes
from desktop.formats.answer import verify_answer
from desktop.formats.seal import check_usable, read_seal
from desktop.phone.core.passwords import secret_password
from desktop.phone.core.recovery_wrap import RecoveryWrap, open_recovery, recovery_key, waiting_half
from desktop.phone.core.vault import PasswordWrap, unwrap_kek
from desktop.protocol import cose
from desktop.protocol.camera import CameraAnswer, CameraContext, CameraKind, context, read_message
from desktop.protocol.challenge import read_challenge
from desktop.protocol.display import consent_text
from desktop.protocol.messages import RECEIPT_USE, Claim, Proof, Reason, Receipt, Reply
from desktop.protocol.notices import opening_key_label, read_announcement, signed_text
from desktop.protocol.parts import Assembler, read_part, split
from desktop.protocol.qr import RelayQr, read_qr
from desktop.protocol.recovery import password_try_message
from desktop.protocol.room_key import room_key_of
from desktop.protocol.statements import (
    BidReceipt,
    BidResult,
    Closing,
    Delivered,
    Head,
    OpeningNotice,
    Passed,
    Withdrawn,
    read_room_statement,
    read_statement,
)
from desktop.protocol.transcript import (
    check_code,
    mailbox_key,
    possession_context,
    read_transcript,
    reply_key,
    rotation_tag,
    t0_of,
    t1_of,
    t2_of,
)
from tests.protocol.vectors import FOLDER, read_vectors
from tools.vectors import generate

Vector = dict[str, Any]


def raw(vector: Vector, name: str) -> bytes:
    return bytes.fromhex(vector[name])


def check(vector: Vector, run: Callable[[Vector], None]) -> None:
    if vector["outcome"] == "accept":
        run(vector)
        return
    with pytest.raises(RejectedError) as caught:
        run(vector)
    assert caught.value.code == vector["outcome"]


def each(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", read_vectors(name), ids=lambda v: v["name"])


@pytest.mark.parametrize("name", generate.FILES)
def test_the_files_are_what_the_generator_writes(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == generate.document(name)


def test_no_file_is_without_a_generator_and_every_refusal_has_words() -> None:
    assert {p.stem for p in FOLDER.glob("*.json")} == set(generate.FILES)
    outcomes = {v["outcome"] for name in generate.FILES for v in read_vectors(name)}
    assert outcomes - {"accept"} <= set(CATALOGUE)
    for name in generate.FILES:
        names = [v["name"] for v in read_vectors(name)]
        assert len(names) == len(set(names))


@each("qr")
def test_qr(vector: Vector) -> None:
    def run(v: Vector) -> None:
        read = read_qr(v["text"], v["base_url"])
        tag = rotation_tag(rotation_key=raw(v, "rotation_key"), token=read.token, elapsed_s=read.elapsed_s)
        assert read == RelayQr(
            token=raw(v, "token"), secret=raw(v, "secret"), elapsed_s=v["elapsed"], tag=raw(v, "tag")
        )
        assert tag == read.tag
        assert read.write(v["base_url"]) == v["text"]

    check(vector, run)


@each("transcript")
def test_transcript(vector: Vector) -> None:
    t0 = t0_of(raw(vector, "challenge"))
    t1 = t1_of(t0, raw(vector, "claim"))
    t2 = t2_of(t1, raw(vector, "r"))
    assert (t0.hex(), t1.hex(), t2.hex(), check_code(t2)) == tuple(vector[n] for n in ("t0", "t1", "t2", "check_code"))
    mailbox = mailbox_key(token=raw(vector, "token"), secret=raw(vector, "secret"))
    assert mailbox == raw(vector, "mailbox_key")
    assert aead_open(key=mailbox, counter=0, ciphertext=raw(vector, "mailbox_body")) == raw(vector, "challenge")
    channel = reply_key(secret=raw(vector, "secret"), phone_nonce=raw(vector, "phone_nonce"), t1=t1)
    assert channel == raw(vector, "reply_key")
    for reply in vector["replies"]:
        body = aead_seal(key=channel, counter=reply["counter"], plaintext=raw(reply, "plaintext"))
        assert body == raw(reply, "body")
        Reply.read(aead_open(key=channel, counter=reply["counter"], ciphertext=body))
        with pytest.raises(RejectedError):
            aead_open(key=channel, counter=reply["counter"] + 1, ciphertext=body)


@each("hpke")
def test_hpke(vector: Vector) -> None:
    key = ec.derive_private_key(int(vector["private_key"], 16), ec.SECP256R1())

    def run(v: Vector) -> None:
        opened = hpke_open(key=key, info=raw(v, "info"), ciphertext=raw(v, "ciphertext"))
        assert opened == raw(v, "plaintext")

    check(vector, run)


@each("signed_attributes")
def test_signed_attributes(vector: Vector) -> None:
    attributes = cades_signed_attributes(raw(vector, "tbs"), raw(vector, "certificate"))
    assert attributes == raw(vector, "attributes")
    assert len(attributes) == 135


@each("parts")
def test_parts(vector: Vector) -> None:
    def run(v: Vector) -> None:
        if v["outcome"] != "accept":
            read_part(v["texts"][0])
        assembler = Assembler()
        found = [m for m in map(assembler.take, v["texts"]) if m is not None]
        assert found[0] == raw(v, "message")
        assert set(split(found[0])) <= set(v["texts"])

    check(vector, run)


@each("camera")
def test_camera(vector: Vector) -> None:
    key = ec.derive_private_key(int(vector["private_key"], 16), ec.SECP256R1())

    def run(v: Vector) -> None:
        kind, body = read_message(raw(v, "message"))
        name = CameraContext.PROOF if kind is CameraKind.PROOF else CameraContext.ANSWER
        opened = hpke_open(key=key, info=context(name, t0_of(raw(v, "challenge"))), ciphertext=body)
        assert opened == raw(v, "plaintext")
        if kind is CameraKind.ANSWER:
            challenge = read_challenge(raw(v, "challenge"))
            assert CameraAnswer.read(challenge.operation, opened).write() == opened

    check(vector, run)


@each("challenge")
def test_challenge(vector: Vector) -> None:
    def run(v: Vector) -> None:
        challenge = read_challenge(raw(v, "challenge"))
        assert t0_of(raw(v, "challenge")).hex() == v["t0"]
        assert challenge.is_signed == ("unsigned" not in v["name"])

    check(vector, run)


READERS: dict[str, Callable[[bytes], Any]] = {
    "claim": Claim.read,
    "reason": Reason.read,
    "proof": Proof.read,
    "reply": Reply.read,
}


@each("messages")
def test_messages(vector: Vector) -> None:
    def run(v: Vector) -> None:
        assert READERS[v["type"]](raw(v, "plaintext")).write() == raw(v, "plaintext")

    check(vector, run)


@each("display")
def test_display(vector: Vector) -> None:
    text = consent_text(read_challenge(raw(vector, "challenge")), vector["language"])
    assert text.title == vector["title"]
    assert [list(r) for r in text.rows] == vector["rows"]
    assert [list(lines) for lines in text.items] == vector["items"]


@each("consent")
def test_consent(vector: Vector) -> None:
    if "t2" in vector:
        assert possession_context(raw(vector, "t2")) == raw(vector, "info")
        return
    good = verify(load_point(raw(vector, "public_key")), raw(vector, "message"), raw(vector, "signature"))
    assert good == (vector["outcome"] == "accept")


@each("answer")
def test_answer(vector: Vector) -> None:
    known = {read_certificate(bytes.fromhex(c)).serial: bytes.fromhex(c) for c in vector["certificates"]}

    def run(v: Vector) -> None:
        verified = verify_answer(read_transcript(raw(v, "transcript")), signer_of=known.get)
        assert verified.t2 == raw(v, "t2")

    check(vector, run)


@each("receipt")
def test_receipt(vector: Vector) -> None:
    def run(v: Vector) -> None:
        document = raw(v, "document")
        if "workstation_key" in v:
            document = cose.open1(document, use=RECEIPT_USE, key=load_point(raw(v, "workstation_key")))
        receipt = Receipt.read(document)
        assert receipt.t2 == raw(v, "t2")
        assert receipt.write() == document

    check(vector, run)


@each("seal")
def test_seal(vector: Vector) -> None:
    def run(v: Vector) -> None:
        seal, _ = read_seal(raw(v, "seal"))
        check_usable(seal, read_certificate(raw(v, "certificate")), at=v["at"])

    check(vector, run)


@each("keystore")
def test_keystore(vector: Vector) -> None:
    if vector["what"] == "password-try":
        message = password_try_message(serial=vector["serial"], nonce=raw(vector, "nonce"))
        assert message == raw(vector, "message")
        assert verify(read_certificate(raw(vector, "certificate")).public_key, message, raw(vector, "signature"))
        return
    entry_id, kek = vector["entry_id"], raw(vector, "kek")
    device, half = SecretBytes(raw(vector, "device_secret")), SecretBytes(raw(vector, "platform_half"))
    if vector["what"] == "kek":
        wrap = PasswordWrap(
            salt=raw(vector, "salt"), cost=PasswordCost(), device_id=bytes(8), ciphertext=raw(vector, "ciphertext")
        )
        password = secret_password(vector["password"])
        assert unwrap_kek(wrap, entry_id=entry_id, password=password, device=device) == kek
        return
    rows = {v["what"]: raw(v, "ciphertext") for v in read_vectors("keystore") if v["what"] != "password-try"}
    row = RecoveryWrap(
        salt=raw(vector, "salt"), half=rows["phone-half"], ciphertext=rows["recovery"], waiting=rows["platform-half"]
    )
    assert open_recovery(row, entry_id=entry_id, device=device, platform_half=half) == kek
    assert waiting_half(row, entry_id=entry_id, kek=kek) == half
    key = recovery_key(raw(vector, "phone_half"), half.reveal(), salt=row.salt, entry_id=entry_id)
    assert (key.hex() == vector["key"]) == (vector["what"] == "recovery")


@each("merkle")
def test_merkle(vector: Vector) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(each)) for each in vector["data"]]
    root, path = raw(vector, "root"), [bytes.fromhex(each) for each in vector["path"]]
    assert merkle.root_of(leaves) == root
    if vector["what"] == "inclusion":
        holds = merkle.is_included(raw(vector, "leaf"), index=vector["index"], size=len(leaves), path=path, root=root)
    else:
        holds = merkle.is_consistent(
            first=vector["first"],
            second=len(leaves),
            first_root=raw(vector, "first_root"),
            second_root=root,
            path=path,
        )
    assert holds == vector["holds"]


_STATEMENTS = {kind.USE: kind for kind in (Head, BidReceipt, Withdrawn, Closing, Delivered)}
_ROOM_STATEMENTS = {kind.USE: kind for kind in (OpeningNotice, BidResult, Passed)}


@each("statements")
def test_statements(vector: Vector) -> None:
    def run(v: Vector) -> None:
        if v["by"] == "platform":
            said: Any = read_statement(raw(v, "statement"), _STATEMENTS[v["use"]])
        else:
            said = read_room_statement(raw(v, "statement"), _ROOM_STATEMENTS[v["use"]])
        assert said.payload.platform == v["platform"]

    check(vector, run)


@each("room_key")
def test_room_key(vector: Vector) -> None:
    def run(v: Vector) -> None:
        notice = read_room_statement(raw(v, "statement"), OpeningNotice).payload
        key = room_key_of(notice, p256_of_scalar(SecretBytes(raw(v, "opening_key"))))
        assert scalar_of(key).reveal() == raw(v, "room_key")

    check(vector, run)


@each("announcement")
def test_announcement(vector: Vector) -> None:
    def run(v: Vector) -> None:
        announcement = read_announcement(raw(v, "announcement"))
        message = signed_text(announcement.notice_bytes, announcement.keys)
        assert message == raw(v, "message")
        for envelope, spki, label in zip(announcement.notice.envelopes, announcement.keys, v["labels"], strict=True):
            assert opening_key_label(announcement.notice, envelope.envelope_id, spki).hex() == label
        if not verify(read_certificate(announcement.certificate).public_key, message, announcement.signature):
            raise RejectedError("ceremony.signature_invalid")

    check(vector, run)
