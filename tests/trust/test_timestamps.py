"""T13, T11, T21, T22: timestamp tokens; each mutant is refused and its honest twin accepted under the same eyes."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.formats.trust import (
    CertificateUsage,
    RevocationData,
    TimestampVerdict,
    TrustAnchors,
    check_path,
    check_path_since,
    check_timestamp,
)
from tests.pdf.pki import DAY, NOW, Holder, Pki, rsa_key, usage
from tests.trust import stamps
from tests.trust.stamps import MESSAGE, NONCE, POLICY, digest_of, token


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="module")
def service(pki: Pki) -> Holder:
    return pki.tsa()


class Eyes:
    """How a token is looked at: fresh CRLs of both CAs, the nonce and the policy that were asked for."""

    def __init__(self, pki: Pki) -> None:
        self.anchors = TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der,))
        self.revocation = RevocationData(crls=pki.crls())
        self.now = NOW
        self.policy = POLICY

    def __call__(self, der: bytes) -> TimestampVerdict:
        verdict = check_timestamp(
            der,
            self.anchors,
            digest_of=digest_of,
            now=self.now,
            revocation=self.revocation,
            nonce=NONCE,
            policy=self.policy,
        )
        assert {reason.code for reason in verdict.reasons} <= set(CATALOGUE)
        assert bool(verdict.reasons) is (verdict.verdict is not Verdict.VALID)
        assert (verdict.time is None) is (verdict.verdict is not Verdict.VALID)
        return verdict


@pytest.fixture
def eyes(pki: Pki) -> Eyes:
    return Eyes(pki)


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_honest_token_is_valid_and_says_when_and_by_whom(pki: Pki, service: Holder, eyes: Eyes, algorithm: str) -> None:
    verdict = eyes(token(service, algorithm=algorithm, time=NOW - DAY))
    assert (verdict.verdict, verdict.time, verdict.service) == (Verdict.VALID, NOW - DAY, "时间戳")
    assert verdict.serial == f"{service.certificate.serial_number:X}"
    assert verdict.path == (service.der, pki.issuing.der, pki.root.der)


def test_token_that_carries_its_chain_is_valid_with_the_root_alone(pki: Pki, service: Holder, eyes: Eyes) -> None:
    eyes.anchors = TrustAnchors(roots=(pki.root.der,))
    assert eyes(token(service)).verdict is Verdict.CANNOT_TELL
    assert eyes(token(service, chain=(pki.issuing.der,))).verdict is Verdict.VALID


def _set(field: str, value: object) -> Callable[[tsp.TSTInfo], None]:
    def change(info: tsp.TSTInfo) -> None:
        info[field] = value

    return change


def _critical(info: tsp.TSTInfo) -> None:
    info["extensions"] = [{"extn_id": "1.2.3", "critical": True, "extn_value": b"\x05\x00"}]


def _sha1_imprint(info: tsp.TSTInfo) -> None:
    info["message_imprint"] = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}


def _signer(signed: cms.SignedData) -> cms.SignerInfo:
    return signed["signer_infos"][0]


def _other_signature(signed: cms.SignedData) -> None:
    value = bytearray(_signer(signed)["signature"].native)
    value[-1] ^= 1
    _signer(signed)["signature"] = bytes(value)


def _twice(signed: cms.SignedData) -> None:
    signed["signer_infos"] = [_signer(signed), _signer(signed).copy()]


def _unsigned_part(signed: cms.SignedData) -> None:
    _signer(signed)["unsigned_attrs"] = [
        cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": NOW})]})
    ]


def _no_signing_certificate(signed: cms.SignedData) -> None:
    kept = [a for a in _signer(signed)["signed_attrs"] if a["type"].native != "signing_certificate_v2"]
    _signer(signed)["signed_attrs"] = cms.CMSAttributes(kept)


STATEMENTS: dict[str, Callable[[tsp.TSTInfo], None]] = {
    "another nonce": _set("nonce", NONCE + 1),
    "no nonce": _set("nonce", None),
    "another policy": _set("policy", "1.2.3.4"),
    "time in the future": _set("gen_time", NOW + DAY),
    "time before the service's certificate": _set("gen_time", NOW - 101 * DAY),
    "critical extension": _critical,
    "SHA-1 imprint": _sha1_imprint,
    "another version": _set("version", 2),
}
EDITS: dict[str, Callable[[cms.SignedData], None]] = {
    "signature of something else": _other_signature,
    "two signers": _twice,
    "unsigned part": _unsigned_part,
    "signing certificate not named": _no_signing_certificate,
    "no certificate": lambda signed: signed.__setitem__("certificates", None),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_t13_token_that_states_something_else_is_invalid(name: str, service: Holder, eyes: Eyes) -> None:
    verdict = eyes(stamps.restated(service, STATEMENTS[name]))
    assert (verdict.verdict, verdict.reasons[0].code) == (Verdict.INVALID, "verify.timestamp_invalid")
    assert eyes(stamps.restated(service, lambda _: None)).verdict is Verdict.VALID


@pytest.mark.parametrize("name", EDITS)
def test_t13_token_that_was_edited_is_invalid(name: str, service: Holder, eyes: Eyes) -> None:
    verdict = eyes(stamps.edited(token(service), EDITS[name]))
    assert (verdict.verdict, verdict.reasons[0].code) == (Verdict.INVALID, "verify.timestamp_invalid")
    assert eyes(stamps.edited(token(service), lambda _: None)).verdict is Verdict.VALID


def test_t13_token_over_something_else_is_invalid(service: Holder, eyes: Eyes) -> None:
    assert eyes(token(service, message=b"another")).verdict is Verdict.INVALID
    assert eyes(token(service, wants_certificate=False)).verdict is Verdict.INVALID
    assert eyes(token(service)).verdict is Verdict.VALID


MakeService = Callable[[Pki], Holder]
NOT_SERVICES: dict[str, MakeService] = {
    "purpose not critical": lambda pki: pki.tsa(extended_critical=False),
    "no purpose": lambda pki: pki.tsa(extended=None),
    "purpose OCSP": lambda pki: pki.tsa(extended=pki.responder().certificate.extensions[4].value[0]),  # type: ignore[index]
    "no signing": lambda pki: pki.tsa(key_usage=usage(key_agreement=True)),
    "a person": lambda pki: pki.leaf(),
    "unknown authority": lambda _: Pki().tsa(),
    "expired": lambda pki: pki.tsa(not_after=NOW - DAY),
    "not valid yet": lambda pki: pki.tsa(not_before=NOW + DAY),
}


@pytest.mark.parametrize("name", NOT_SERVICES)
def test_t13_token_of_one_who_is_no_trusted_service_is_not_valid(name: str, pki: Pki, eyes: Eyes) -> None:
    assert eyes(token(NOT_SERVICES[name](pki))).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)
    assert eyes(token(pki.tsa())).verdict is Verdict.VALID


def test_t13_revoked_service_is_not_believed_whenever_it_was_revoked(pki: Pki, service: Holder, eyes: Eyes) -> None:
    der = token(service, time=NOW - 2 * DAY)
    for when in (NOW - 3 * DAY, NOW - DAY):
        eyes.revocation = RevocationData(crls=pki.crls((service, when)))
        verdict = eyes(der)
        assert (verdict.verdict, verdict.reasons[0].code) == (Verdict.CANNOT_TELL, "verify.timestamp_untrusted")
    eyes.revocation = RevocationData(crls=pki.crls((pki.leaf(), NOW - DAY)))
    assert eyes(der).verdict is Verdict.VALID


def test_t12_without_word_about_the_service_the_time_cannot_be_told(service: Holder, eyes: Eyes) -> None:
    eyes.revocation = RevocationData()
    assert eyes(token(service)).verdict is Verdict.CANNOT_TELL


def test_t10_certificate_of_a_service_signs_no_documents_and_a_persons_stamps_no_time(pki: Pki, eyes: Eyes) -> None:
    expected = {CertificateUsage.SIGN: pki.leaf(), CertificateUsage.TIMESTAMP: pki.tsa()}
    for asked in expected:
        for kind, holder in expected.items():
            verdict = check_path(holder.der, eyes.anchors, at=NOW, revocation=eyes.revocation, usage=asked)
            assert (verdict.verdict is Verdict.VALID) is (kind is asked)


def test_t22_flipping_any_bit_of_a_token_is_refused(pki: Pki, service: Holder, eyes: Eyes) -> None:
    der = token(service, chain=(pki.issuing.der,))
    assert eyes(der).verdict is Verdict.VALID
    accepted = []
    for at in range(len(der)):
        mutant = der[:at] + bytes([der[at] ^ (1 << at % 8)]) + der[at + 1 :]
        if eyes(mutant).verdict is Verdict.VALID:
            accepted.append(at)
    assert accepted == []


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x00", b"0" * 70_000])
def test_t22_what_is_no_token_is_invalid(der: bytes, eyes: Eyes) -> None:
    assert eyes(der).verdict is Verdict.INVALID


def test_token_followed_by_anything_is_invalid(service: Holder, eyes: Eyes) -> None:
    assert eyes(token(service) + b"\0").verdict is Verdict.INVALID


# -- what a certificate was worth then ------------------------------------------------------------------------------


def since(pki: Pki, holder: Holder, revocation: RevocationData, *, now_days: int) -> Verdict:
    anchors = TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der,))
    return check_path_since(holder.der, anchors, since=NOW, now=NOW + now_days * DAY, revocation=revocation).verdict


def test_t11_expired_since_is_valid_by_evidence_made_after_the_proven_moment(pki: Pki) -> None:
    holder = pki.leaf(not_after=NOW + 2 * DAY)
    evidence = RevocationData(crls=pki.crls(this_update=NOW), ocsps=(pki.ocsp(holder, this_update=NOW),))
    assert since(pki, holder, evidence, now_days=100) is Verdict.VALID
    assert since(pki, holder, RevocationData(), now_days=100) is Verdict.INVALID
    offline = pki.leaf()
    assert since(pki, offline, evidence, now_days=100) is Verdict.VALID
    assert since(pki, offline, RevocationData(), now_days=100) is Verdict.CANNOT_TELL


def test_t13_evidence_from_before_the_proven_moment_counts_for_nothing(pki: Pki) -> None:
    holder = pki.leaf(not_after=NOW + 2 * DAY)
    old = RevocationData(crls=pki.crls(this_update=NOW - DAY), ocsps=(pki.ocsp(holder, this_update=NOW - DAY),))
    assert since(pki, holder, old, now_days=100) is Verdict.INVALID


def test_t11_evidence_that_says_revoked_wins(pki: Pki) -> None:
    holder = pki.leaf(not_after=NOW + 2 * DAY)
    evidence = RevocationData(crls=pki.crls((holder, NOW - DAY), this_update=NOW))
    assert since(pki, holder, evidence, now_days=100) is Verdict.INVALID


def test_t11_later_word_of_a_revocation_is_heard_before_older_evidence(pki: Pki) -> None:
    holder = pki.leaf()
    good = pki.ocsp(holder, this_update=NOW, next_update=NOW + DAY)
    fresh = pki.crls((holder, NOW - DAY), this_update=NOW + 9 * DAY, next_update=NOW + 12 * DAY)
    evidence = RevocationData(crls=(*pki.crls(this_update=NOW), *fresh), ocsps=(good,))
    assert since(pki, holder, evidence, now_days=10) is Verdict.INVALID


# -- other software -------------------------------------------------------------------------------------------------

_CONFIGURATION = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_token_made_by_openssl_is_valid(kind: str, pki: Pki, eyes: Eyes, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing: run ./check, which installs the outside judges")
    service = pki.tsa(key=rsa_key() if kind == "rsa" else None, not_after=NOW + 9000 * DAY)
    pem = service.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name, content in (("key", pem), ("certificate", service.pem), ("message", MESSAGE)):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "serial").write_text("01\n", encoding="utf-8")
    (tmp_path / "conf").write_text(_CONFIGURATION.format(folder=tmp_path.as_posix()), encoding="utf-8")
    asked = ("openssl", "ts", "-query", "-data", "message", "-sha384", "-cert", "-no_nonce", "-out", "query")
    stamped = ("openssl", "ts", "-reply", "-config", "conf", "-queryfile", "query", "-token_out", "-out", "token")
    for command in (asked, (*stamped, "-signer", "certificate", "-inkey", "key")):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=30)
    der = (tmp_path / "token").read_bytes()
    time = cms.ContentInfo.load(der)["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    crls = pki.crls(this_update=time - DAY, next_update=time + DAY)
    verdict = check_timestamp(der, eyes.anchors, digest_of=digest_of, now=time, revocation=RevocationData(crls=crls))
    assert (verdict.verdict, verdict.time) == (Verdict.VALID, time), verdict.reasons
