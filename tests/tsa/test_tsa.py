"""The platform's time stamping service as openssl and RFC 3161 see it."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import delete

from desktop.crypto.timestamps import (
    MAX_REPLY_BYTES,
    QUERY_TYPE,
    QueryError,
    TimestampQuery,
    nonce_from,
    read_query,
    read_reply,
    write_query,
)
from desktop.domain.clock import ManualClock
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.server.context import Platform, open_platform
from desktop.server.db.models import IssuedCertificate
from desktop.server.settings import ServerSettings
from desktop.server.tsa.service import POLICY
from tests.server.client import Client
from tests.server.conftest import START, Counted

MESSAGE = "投标文件".encode()


def query(**changed: object) -> TimestampQuery:
    fields = {"algorithm": "sha256", "digest": hashlib.sha256(MESSAGE).digest(), "nonce": 4711}
    return TimestampQuery(**(fields | changed))  # type: ignore[arg-type]


def ask(client: Client, request: bytes) -> bytes:
    answer = client.send("POST", "/pki/tsa", data=request, headers={"Content-Type": QUERY_TYPE})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/timestamp-reply")
    return answer.content


def statement(token: bytes) -> dict[str, object]:
    from asn1crypto import cms

    native: dict[str, object] = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed.native
    return native


def refusal(reply: bytes) -> str:
    with pytest.raises(UnavailableError, match="timestamp_refused") as caught:
        read_reply(reply)
    return caught.value.detail


def openssl(*arguments: object, ok: bool = True) -> str:
    program = shutil.which("openssl")
    if program is None:
        pytest.fail("openssl is missing: run ./check, which installs the outside judges")
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def folder(client: Client, tmp_path: Path) -> Path:
    """The message and the certificates as files."""
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "other").write_bytes(b"another message")
    for name in ("root", "issuing"):
        (tmp_path / f"{name}.cer").write_bytes(client.send("GET", f"/pki/{name}.cer").content)
        openssl("x509", "-inform", "der", "-in", tmp_path / f"{name}.cer", "-out", tmp_path / f"{name}.pem")
    return tmp_path


def verify(folder: Path, reply: Path, *arguments: object, ok: bool = True) -> str:
    time = ("-attime", int(START.timestamp()) + 60)
    certificates = ("-CAfile", folder / "root.pem", "-untrusted", folder / "issuing.pem")
    return openssl("ts", "-verify", "-in", reply, *certificates, *time, *arguments, ok=ok)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_reply_to_openssls_own_query_is_accepted_by_openssl(client: Client, folder: Path, digest: str) -> None:
    asked, reply = folder / "query.tsq", folder / "reply.tsr"
    openssl("ts", "-query", "-data", folder / "message", f"-{digest}", "-cert", "-out", asked)
    reply.write_bytes(ask(client, asked.read_bytes()))
    assert "Verification: OK" in verify(folder, reply, "-queryfile", asked)
    assert "Verification: OK" in verify(folder, reply, "-data", folder / "message")
    verify(folder, reply, "-data", folder / "other", ok=False)
    text = openssl("ts", "-reply", "-in", reply, "-text")
    assert "Status: Granted." in text
    assert "Accuracy: 0x01 seconds" in text
    assert "Nov 24 09:00:00 2026 GMT" in text


def test_another_query_with_another_nonce_is_not_answered_by_this_reply(client: Client, folder: Path) -> None:
    asked, other, reply = folder / "a.tsq", folder / "b.tsq", folder / "reply.tsr"
    for path in (asked, other):
        openssl("ts", "-query", "-data", folder / "message", "-sha256", "-cert", "-out", path)
    reply.write_bytes(ask(client, asked.read_bytes()))
    assert "nonce mismatch" in verify(folder, reply, "-queryfile", other, ok=False)


def test_statement_says_what_was_asked_when_and_under_which_policy(client: Client, clock: ManualClock) -> None:
    clock.advance(7)
    first, second = (statement(read_reply(ask(client, write_query(query(policy=POLICY))))) for _ in range(2))
    assert first["message_imprint"]["hashed_message"] == query().digest  # type: ignore[index]
    assert (first["nonce"], first["policy"], first["gen_time"]) == (4711, POLICY, clock.now())
    assert first["serial_number"] != second["serial_number"]
    assert "nonce" not in {
        k for k, v in statement(read_reply(ask(client, write_query(query(nonce=None))))).items() if v
    }


def test_certificates_travel_along_only_where_they_were_asked_for(client: Client, folder: Path) -> None:
    from asn1crypto import cms

    counts = {}
    for wanted in (True, False):
        reply = ask(client, write_query(query(wants_certificate=wanted)))
        counts[wanted] = len(cms.ContentInfo.load(read_reply(reply))["content"]["certificates"] or ())
        (folder / "reply.tsr").write_bytes(reply)
    assert counts == {True: 2, False: 0}
    verify(folder, folder / "reply.tsr", "-data", folder / "message", ok=False)


def test_certificate_of_the_service_is_for_timestamps_alone(platform: Platform) -> None:
    kinds = {kind.value: der for kind, der in platform.authority.own_certificates()}
    certificate = x509.load_der_x509_certificate(kinds["timestamping"])
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (purposes.critical, list(purposes.value)) == (True, [ExtendedKeyUsageOID.TIME_STAMPING])
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, False, False)
    others = [x509.load_der_x509_certificate(der) for kind, der in kinds.items() if kind != "timestamping"]
    assert certificate.public_key() not in [other.public_key() for other in others]


@pytest.mark.parametrize(
    ("changed", "failure"),
    [
        ({"algorithm": "sha1", "digest": bytes(20)}, "bad_alg"),
        ({"algorithm": "md5", "digest": bytes(16)}, "bad_alg"),
        ({"digest": bytes(31)}, "bad_data_format"),
        ({"policy": "1.2.3.4"}, "unaccepted_policy"),
        ({"nonce": 1 << 160}, "bad_request"),
        ({"nonce": -1}, "bad_request"),
    ],
)
def test_t21_what_the_service_does_not_stamp_it_refuses_by_name(
    client: Client, changed: dict[str, object], failure: str
) -> None:
    assert failure in refusal(ask(client, write_query(query(**changed))))
    read_reply(ask(client, write_query(query())))


def test_extensions_and_other_versions_are_refused(client: Client) -> None:
    extended = tsp.TimeStampReq.load(write_query(query())).copy()
    extended["extensions"] = [{"extn_id": "1.2.3", "critical": False, "extn_value": b"\x05\x00"}]
    assert "unaccepted_extensions" in refusal(ask(client, extended.dump()))
    old = write_query(query())
    assert old[4:5] == b"\x01"
    assert "rejection" in refusal(ask(client, old[:4] + b"\x02" + old[5:]))


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"A" * 5000, b"\x30\x00"])
def test_t22_garbage_is_answered_with_a_refusal_that_openssl_reads(
    client: Client, tmp_path: Path, garbage: bytes
) -> None:
    reply = ask(client, garbage)
    assert "bad_data_format" in refusal(reply)
    (tmp_path / "reply.tsr").write_bytes(reply)
    assert "Rejected" in openssl("ts", "-reply", "-in", tmp_path / "reply.tsr", "-text")


def test_t22_query_with_any_bit_flipped_is_another_query_or_refused() -> None:
    asked = write_query(query(policy=POLICY))
    for at in range((len(asked) - 1) * 8):  # the last octet is certReq, TRUE by any bit that is set
        mutant = bytearray(asked)
        mutant[at // 8] ^= 1 << at % 8
        try:
            assert read_query(bytes(mutant)) != query(policy=POLICY), at
        except QueryError:
            continue


@pytest.mark.parametrize("reply", [b"", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x00", b"0" * (MAX_REPLY_BYTES + 1)])
def test_t22_reply_that_is_none_is_unavailable(reply: bytes) -> None:
    assert refusal(reply)


def test_nonce_has_its_full_length_and_comes_from_enough_randomness() -> None:
    assert nonce_from(bytes(16)).bit_length() == 127
    with pytest.raises(MisuseError):
        nonce_from(bytes(15))


def test_platform_from_before_the_service_gets_one_at_its_next_start(
    settings: ServerSettings, clock: ManualClock
) -> None:
    old = open_platform(settings, clock, Counted("old"))
    with old.db.write() as session:
        session.execute(delete(IssuedCertificate).where(IssuedCertificate.kind == "timestamping"))
    old.close()
    for name in ("keys/tsa.key", "pki/tsa.cer"):
        (settings.state_folder / name).unlink()
    now = open_platform(settings, clock, Counted("new"))
    assert statement(read_reply(now.authority.timestamp(write_query(query()))))["nonce"] == 4711
    with now.db.read() as session:
        (row,) = session.query(IssuedCertificate).filter_by(kind="timestamping")
        assert row.der == dict(now.authority.own_certificates())["timestamping"]  # type: ignore[index]
    now.close()


def test_lost_key_of_the_service_stops_the_start(settings: ServerSettings, clock: ManualClock) -> None:
    (settings.state_folder / "keys/tsa.key").unlink()
    with pytest.raises(RejectedError, match=r"platform\.state_damaged"):
        open_platform(settings, clock, Counted("again"))
