"""The certification authority as openssl sees it: paths, CRLs, OCSP, profile (threats T12, T13)."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from desktop.crypto.certificates import read_certificate
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.server.ca.authority import Authority
from desktop.server.context import Platform, open_platform
from desktop.server.settings import ServerSettings
from tests.server.client import Client
from tests.server.conftest import Counted
from tests.server.databases import Databases
from tests.server.phone import CREDIT_CODE, Keys

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@pytest.fixture
def files(tmp_path: Path, client: Client, admin: Client, keys: Keys) -> Path:
    """A folder with everything the platform gives out, as PEM and DER."""
    import base64

    folder = tmp_path / "pki"
    folder.mkdir()
    (listed,) = admin.get("/api/v1/certificates")
    contents = {
        "root.cer": client.send("GET", "/pki/root.cer").content,
        "issuing.cer": client.send("GET", "/pki/issuing.cer").content,
        "sign.cer": base64.b64decode(listed["sign_cert"]),
        "enc.cer": base64.b64decode(listed["enc_cert"]),
    }
    for name, der in contents.items():
        (folder / name).write_bytes(der)
        openssl("x509", "-inform", "der", "-in", folder / name, "-out", folder / name.replace(".cer", ".pem"))
    return folder


def openssl(*arguments: object, ok: bool = True) -> str:
    assert OPENSSL is not None
    done = subprocess.run([OPENSSL, *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode == 0) is ok, done.stdout + done.stderr
    return done.stdout + done.stderr


def fetch_crls(client: Client, folder: Path) -> Path:
    both = ""
    for name in ("root", "issuing"):
        answer = client.send("GET", f"/pki/{name}.crl")
        assert answer.headers["Content-Type"] == "application/pkix-crl"
        (folder / f"{name}.crl").write_bytes(answer.content)
        openssl("crl", "-inform", "der", "-in", folder / f"{name}.crl", "-out", folder / f"{name}.crl.pem")
        both += (folder / f"{name}.crl.pem").read_text()
    (folder / "crls.pem").write_text(both)
    return folder / "crls.pem"


def verify(client: Client, folder: Path, certificate: str, at: datetime, *, ok: bool = True) -> str:
    return openssl(
        "verify", "-x509_strict", "-crl_check_all", "-attime", int(at.timestamp()), "-CRLfile",
        fetch_crls(client, folder), "-CAfile", folder / "root.pem", "-untrusted", folder / "issuing.pem",
        folder / certificate, ok=ok,
    )  # fmt: skip


@needs_openssl
def test_openssl_accepts_the_path_of_both_certificates_with_crls(
    client: Client, files: Path, clock: ManualClock
) -> None:
    for certificate in ("sign.pem", "enc.pem"):
        assert verify(client, files, certificate, clock.now()).strip().endswith("OK")


@needs_openssl
def test_openssl_refuses_a_certificate_that_the_crl_names(
    client: Client, operator: Client, keys: Keys, files: Path, clock: ManualClock
) -> None:
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "key_compromise"})
    for certificate in ("sign.pem", "enc.pem"):
        assert "certificate revoked" in verify(client, files, certificate, clock.now(), ok=False)
    text = openssl("crl", "-in", files / "issuing.crl.pem", "-noout", "-text")
    assert keys.serial in text
    assert "Key Compromise" in text


@needs_openssl
def test_crl_holds_for_seven_days_and_its_number_grows(
    client: Client, operator: Client, keys: Keys, files: Path, clock: ManualClock
) -> None:
    def number() -> int:
        text = openssl("crl", "-inform", "der", "-in", files / "issuing.crl", "-noout", "-crlnumber")
        return int(text.strip().removeprefix("crlNumber=").removeprefix("0x"), 16)

    fetch_crls(client, files)
    first = number()
    text = openssl("crl", "-in", files / "issuing.crl.pem", "-noout", "-text")
    assert "Last Update: Nov 24 09:01:00 2026 GMT" in text
    assert "Next Update: Dec  1 09:01:00 2026 GMT" in text
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": ""})
    fetch_crls(client, files)
    second = number()
    clock.advance(1)
    fetch_crls(client, files)
    assert first < second < number()


@needs_openssl
@pytest.mark.parametrize("digest", ["-sha1", "-sha256"])
def test_openssl_accepts_the_ocsp_answer_and_its_nonce(
    operator: Client, keys: Keys, files: Path, clock: ManualClock, digest: str
) -> None:
    def ask() -> str:
        request, answer = files / "request.der", files / "answer.der"
        openssl(
            "ocsp", "-issuer", files / "issuing.pem", digest, "-cert", files / "sign.pem", "-nonce",
            "-reqout", request,
        )  # fmt: skip
        got = operator.send(
            "POST", "/pki/ocsp", data=request.read_bytes(), headers={"Content-Type": "application/ocsp-request"}
        )
        assert got.headers["Content-Type"] == "application/ocsp-response"
        answer.write_bytes(got.content)
        said = openssl(
            "ocsp", "-reqin", request, "-respin", answer, "-issuer", files / "issuing.pem", "-resp_text",
            "-CAfile", files / "root.pem", "-verify_other", files / "issuing.pem",
            "-attime", int(clock.now().timestamp()), "-validity_period", str(10**9),
        )  # fmt: skip
        assert "Response verify OK" in said
        assert "no nonce" not in said
        return said

    assert "Cert Status: good" in ask()
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "superseded"})
    said = ask()
    assert "Cert Status: revoked" in said
    assert "Revocation Reason: superseded" in said


def ocsp_request(platform: Platform, serial: int, *, issuer: bytes | None = None, nonce: bytes = b"") -> bytes:
    from cryptography.hazmat.primitives import hashes, serialization

    authority = x509.load_der_x509_certificate(issuer or platform.authority.issuing)
    name, key = authority.subject.public_bytes(), authority.public_key()
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def sha256(data: bytes) -> bytes:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        return digest.finalize()

    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(sha256(name), sha256(point), serial, hashes.SHA256())
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(serialization.Encoding.DER)


def ask_ocsp(client: Client, request: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(client.send("POST", "/pki/ocsp", data=request).content)


def test_t13_ocsp_echoes_the_nonce_and_holds_for_a_day(client: Client, keys: Keys, platform: Platform) -> None:
    nonce = bytes(range(32))
    answer = ask_ocsp(client, ocsp_request(platform, int(keys.serial, 16), nonce=nonce))
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce
    assert answer.next_update_utc is not None
    assert (answer.next_update_utc - answer.this_update_utc).days == 1
    assert answer.responder_key_hash is not None


def test_t13_serial_never_issued_is_unknown_and_another_issuer_unauthorized(
    client: Client, keys: Keys, platform: Platform
) -> None:
    answer = ask_ocsp(client, ocsp_request(platform, 4711))
    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    request = ocsp_request(platform, int(keys.serial, 16), issuer=platform.authority.root)
    assert ask_ocsp(client, request).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_t22_garbage_is_answered_as_a_malformed_request(client: Client) -> None:
    for garbage in (b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"A" * 5000):
        assert ask_ocsp(client, garbage).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    by_get = client.send("GET", "/pki/ocsp/%21%21")
    assert ocsp.load_der_ocsp_response(by_get.content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_ocsp_is_also_answered_by_get(client: Client, keys: Keys, platform: Platform) -> None:
    import base64

    request = base64.urlsafe_b64encode(ocsp_request(platform, int(keys.serial, 16))).decode()
    answer = ocsp.load_der_ocsp_response(client.send("GET", f"/pki/ocsp/{request}").content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_responder_certificate_is_renewed_before_it_ends(
    client: Client, keys: Keys, platform: Platform, clock: ManualClock
) -> None:
    first = ask_ocsp(client, ocsp_request(platform, int(keys.serial, 16))).certificates[0]
    clock.advance(330 * 24 * 3600)
    second = ask_ocsp(client, ocsp_request(platform, int(keys.serial, 16))).certificates[0]
    assert second.serial_number != first.serial_number
    assert second.public_key() == first.public_key()
    assert second.not_valid_after_utc > clock.now()


def test_leaf_profile_is_as_promised(admin: Client, keys: Keys, platform: Platform) -> None:
    (listed,) = admin.get("/api/v1/certificates")
    certificate = x509.load_der_x509_certificate(keys.sign_cert)
    names = {attribute.oid.dotted_string: attribute.value for attribute in certificate.subject}
    assert list(names) == ["2.5.4.6", "2.5.4.10", "2.5.4.97", "2.5.4.3", "2.5.4.5"]
    assert (names["2.5.4.6"], names["2.5.4.97"]) == ("CN", CREDIT_CODE)
    assert re.fullmatch("[0-9a-f]{32}", str(names["2.5.4.5"]))
    critical = {type(e.value).__name__: e.critical for e in certificate.extensions}
    assert critical == {
        "KeyUsage": True,
        "SubjectKeyIdentifier": False,
        "AuthorityKeyIdentifier": False,
        "CRLDistributionPoints": False,
        "AuthorityInformationAccess": False,
    }
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_agreement) == (True, True, False)
    assert certificate.serial_number.bit_length() == 127
    days = (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days
    assert days == 365
    assert listed["serial"] == f"{certificate.serial_number:X}"


def test_rsa_encryption_certificate_enciphers_keys(
    admin: Client, ceremonies: object, approve: Callable[[object], object], platform: Platform
) -> None:
    from desktop.crypto.issuing import Subject
    from desktop.crypto.suites import Suite, generate_key, spki_of

    spki = spki_of(generate_key(Suite.RSA2048))
    pair = platform.authority.issue_pair(
        subject=Subject(holder="张三", organization="某公司"), signing_spki=spki, encryption_spki=spki
    )
    usage = x509.load_der_x509_certificate(pair.encryption).extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_encipherment, usage.key_agreement, usage.digital_signature) == (True, False, False)


def test_authority_is_the_same_after_a_restart(
    platform: Platform, settings: ServerSettings, clock: ManualClock
) -> None:
    again = open_platform(settings, clock, Counted("again"))
    assert (again.authority.root, again.authority.issuing) == (platform.authority.root, platform.authority.issuing)
    again.close()


@pytest.mark.parametrize("lost", ["keys/root.key", "keys/issuing.key", "keys/master.key", "keys/ocsp.key"])
def test_lost_key_stops_the_start_and_makes_no_new_authority(
    settings: ServerSettings, clock: ManualClock, lost: str
) -> None:
    (settings.state_folder / lost).unlink()
    before = sorted(p.name for p in settings.state_folder.rglob("*.key"))
    with pytest.raises(RejectedError, match=r"platform\.state_damaged"):
        open_platform(settings, clock, Counted("again"))
    assert sorted(p.name for p in settings.state_folder.rglob("*.key")) == before


def test_key_of_another_platform_stops_the_start(settings: ServerSettings, clock: ManualClock, tmp_path: Path) -> None:
    Authority(folder=tmp_path / "other", name="x", base_url="http://x", clock=clock, random=Counted("other"))
    shutil.copy(tmp_path / "other/keys/issuing.key", settings.state_folder / "keys/issuing.key")
    with pytest.raises(RejectedError, match=r"platform\.state_damaged"):
        open_platform(settings, clock, Counted("again"))


@pytest.mark.parametrize("kept", ["keys", "keys pki/root.cer", "keys pki/root.cer pki/issuing.cer"])
def test_first_start_that_was_killed_is_finished_by_the_next(
    template: ServerSettings, tmp_path: Path, clock: ManualClock, kept: str, databases: Databases
) -> None:
    folder = tmp_path / "killed"
    for name in kept.split():
        source = template.state_folder / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(source, folder / name)
    settings = databases.settings(folder)
    platform = open_platform(settings, clock, Counted("again"))
    assert read_certificate(platform.authority.issuing).is_ca
    platform.close()
    open_platform(settings, clock, Counted("third")).close()


def test_database_of_another_authority_stops_the_start(
    settings: ServerSettings, clock: ManualClock, tmp_path: Path, databases: Databases
) -> None:
    other = databases.settings(tmp_path / "other")
    open_platform(other, clock, Counted("other")).close()
    if databases.is_postgresql:
        settings = replace(settings, database_url=other.database_url)
    else:
        shutil.copy(other.state_folder / "platform.sqlite", settings.state_folder / "platform.sqlite")
    with pytest.raises(RejectedError, match="another authority"):
        open_platform(settings, clock, Counted("again"))


def test_keys_are_readable_by_their_owner_only(settings: ServerSettings) -> None:
    import sys

    modes = {path.stat().st_mode & 0o077 for path in settings.state_folder.rglob("*.key")}
    assert modes == {0} or sys.platform == "win32"


def test_authority_issues_nothing_beyond_its_own_end(platform: Platform, clock: ManualClock) -> None:
    from desktop.crypto.issuing import Subject
    from desktop.crypto.suites import generate_p256, spki_of

    def issue() -> bytes:
        first, second = spki_of(generate_p256()), spki_of(generate_p256())
        subject = Subject(holder="张三", organization="某公司")
        return platform.authority.issue_pair(subject=subject, signing_spki=first, encryption_spki=second).signing

    end = read_certificate(platform.authority.issuing).not_after
    clock.advance((end - clock.now()).total_seconds() - 3600)
    assert read_certificate(issue()).not_after == end
    clock.advance(3600)
    with pytest.raises(RejectedError, match=r"platform\.authority_expired"):
        issue()
