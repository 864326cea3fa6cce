"""What the platform issues, judged by what the desktop judges with (formats.trust); threats T11, T12, T14."""

import base64
from datetime import timedelta

import pytest

from desktop.crypto.certificates import RECORD_KEEPER_EKU, SEAL_MAKER_EKU, read_certificate
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage, PathVerdict, RevocationData, TrustAnchors, check_path
from desktop.server.context import Platform
from tests.server.client import Client
from tests.server.phone import Keys
from tests.server.test_pki import ocsp_request


@pytest.fixture
def anchors(platform: Platform) -> TrustAnchors:
    return TrustAnchors(roots=(platform.authority.root,), intermediates=(platform.authority.issuing,))


def crls(client: Client) -> RevocationData:
    return RevocationData(crls=tuple(client.send("GET", f"/pki/{which}.crl").content for which in ("root", "issuing")))


def ocsp(client: Client, platform: Platform, serial: str) -> RevocationData:
    answer = client.send("POST", "/pki/ocsp", data=ocsp_request(platform, int(serial, 16))).content
    return RevocationData(crls=(client.send("GET", "/pki/root.crl").content,), ocsps=(answer,))


def judge(
    certificate: bytes,
    anchors: TrustAnchors,
    data: RevocationData,
    clock: ManualClock,
    usage: CertificateUsage = CertificateUsage.SIGN,
) -> PathVerdict:
    return check_path(certificate, anchors, at=clock.now(), revocation=data, usage=usage)


def test_issued_certificates_are_valid_with_crl_and_with_ocsp(
    admin: Client, keys: Keys, platform: Platform, anchors: TrustAnchors, clock: ManualClock
) -> None:
    for data in (crls(admin), ocsp(admin, platform, keys.serial)):
        assert judge(keys.sign_cert, anchors, data, clock).verdict is Verdict.VALID
    enc_cert = base64.b64decode(admin.get("/api/v1/certificates")[0]["enc_cert"])
    assert judge(enc_cert, anchors, crls(admin), clock, CertificateUsage.ENCRYPT).verdict is Verdict.VALID
    assert judge(enc_cert, anchors, crls(admin), clock).verdict is Verdict.INVALID


def test_t11_revoked_certificate_is_invalid_with_crl_and_with_ocsp(
    operator: Client, keys: Keys, platform: Platform, anchors: TrustAnchors, clock: ManualClock
) -> None:
    clock.advance(60)
    operator.post(f"/api/v1/review/certificates/{keys.serial}/revoke", {"reason": "key_compromise"})
    clock.advance(60)
    for data in (crls(operator), ocsp(operator, platform, keys.serial)):
        assert judge(keys.sign_cert, anchors, data, clock).verdict is Verdict.INVALID


def test_t12_without_revocation_data_or_with_old_data_nothing_is_valid(
    admin: Client, keys: Keys, platform: Platform, anchors: TrustAnchors, clock: ManualClock
) -> None:
    assert judge(keys.sign_cert, anchors, RevocationData(), clock).verdict is Verdict.CANNOT_TELL
    old_crls, old_ocsp = crls(admin), ocsp(admin, platform, keys.serial)
    clock.advance(timedelta(days=1, minutes=10).total_seconds())
    assert judge(keys.sign_cert, anchors, old_ocsp, clock).verdict is Verdict.CANNOT_TELL
    assert judge(keys.sign_cert, anchors, old_crls, clock).verdict is Verdict.VALID
    clock.advance(timedelta(days=7).total_seconds())
    assert judge(keys.sign_cert, anchors, old_crls, clock).verdict is Verdict.CANNOT_TELL


def test_t35_only_the_record_keepers_certificate_carries_the_use_of_keeping_records(
    admin: Client, keys: Keys, platform: Platform, anchors: TrustAnchors, clock: ManualClock
) -> None:
    keeper, usage = platform.authority.record_keeper, CertificateUsage.RECORD_KEEPING
    assert judge(keeper, anchors, crls(admin), clock, usage=usage).verdict is Verdict.VALID
    assert read_certificate(keeper).extended_usages == frozenset({RECORD_KEEPER_EKU})
    for other in (CertificateUsage.SIGN, CertificateUsage.SEAL_MAKING, CertificateUsage.TIMESTAMP):
        assert judge(keeper, anchors, crls(admin), clock, usage=other).verdict is Verdict.INVALID
    for another in (platform.authority.seal_making, keys.sign_cert):
        assert judge(another, anchors, crls(admin), clock, usage=usage).verdict is Verdict.INVALID


def test_t15_only_the_seal_making_certificate_carries_the_use_of_making_seals(
    admin: Client, keys: Keys, platform: Platform, anchors: TrustAnchors, clock: ManualClock
) -> None:
    seal_making = platform.authority.seal_making
    as_maker = judge(seal_making, anchors, crls(admin), clock, usage=CertificateUsage.SEAL_MAKING)
    assert as_maker.verdict is Verdict.VALID
    assert judge(seal_making, anchors, crls(admin), clock).verdict is Verdict.INVALID
    assert SEAL_MAKER_EKU in read_certificate(seal_making).extended_usages
    enc_cert = base64.b64decode(admin.get("/api/v1/certificates")[0]["enc_cert"])
    for member in (keys.sign_cert, enc_cert):
        assert read_certificate(member).extended_usages == frozenset()
