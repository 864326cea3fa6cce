"""Certificate paths and revocation (threats T10-T13, T21, T22): each refusal with its positive twin."""

from collections.abc import Callable
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.formats.trust import CertificateUsage, PathVerdict, RevocationData, TrustAnchors, check_path
from tests.pdf.pki import AGREE, CA, DAY, ENCIPHER, NOW, SIGN, Holder, Pki, issue, name, rsa_key


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


@pytest.fixture(scope="module")
def leaf(pki: Pki) -> Holder:
    return pki.leaf()


def anchors(pki: Pki) -> TrustAnchors:
    return TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der,))


def judge(
    pki: Pki,
    holder: Holder,
    revocation: RevocationData | None = None,
    *,
    at: datetime = NOW,
    usage: CertificateUsage = CertificateUsage.SIGN,
    trust: TrustAnchors | None = None,
) -> PathVerdict:
    return check_path(
        holder.der,
        trust or anchors(pki),
        at=at,
        revocation=RevocationData(crls=pki.crls()) if revocation is None else revocation,
        usage=usage,
    )


def code(verdict: PathVerdict) -> str:
    assert all(reason.code in CATALOGUE for reason in verdict.reasons)
    return verdict.reasons[0].code if verdict.reasons else ""


def with_ocsp(pki: Pki, *responses: bytes) -> RevocationData:
    """OCSP answers for the leaf; the issuing CA's own status comes from the root's CRL."""
    return RevocationData(crls=(pki.crl(issuer=pki.root),), ocsps=responses)


def test_honest_certificate_with_fresh_crls_is_valid_and_its_path_known(pki: Pki, leaf: Holder):
    verdict = judge(pki, leaf)
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    assert verdict.path == (leaf.der, pki.issuing.der, pki.root.der)


def test_honest_certificate_with_fresh_ocsp_is_valid(pki: Pki, leaf: Holder):
    assert judge(pki, leaf, with_ocsp(pki, pki.ocsp(leaf))).verdict is Verdict.VALID


def test_intermediate_carried_by_the_signature_completes_the_path(pki: Pki, leaf: Holder):
    trust = TrustAnchors(roots=(pki.root.der,))
    data = RevocationData(crls=pki.crls())
    assert check_path(leaf.der, trust, at=NOW, revocation=data).verdict is Verdict.CANNOT_TELL
    carried = check_path(leaf.der, trust, at=NOW, revocation=data, carried=(pki.issuing.der,))
    assert carried.verdict is Verdict.VALID


def test_t10_encryption_certificate_must_not_sign(pki: Pki):
    for usage, key in ((AGREE, None), (ENCIPHER, rsa_key())):
        holder = pki.leaf(key_usage=usage, key=key)
        assert code(judge(pki, holder)) == "trust.wrong_key_usage"
        assert judge(pki, holder, usage=CertificateUsage.ENCRYPT).verdict is Verdict.VALID


def test_t10_signing_certificate_is_not_for_encryption(pki: Pki, leaf: Holder):
    verdict = judge(pki, leaf, usage=CertificateUsage.ENCRYPT)
    assert (verdict.verdict, code(verdict)) == (Verdict.INVALID, "trust.wrong_key_usage")


def test_t10_ca_certificate_and_certificate_without_key_usage_do_not_sign(pki: Pki):
    both = issue(name("CA"), key=rsa_key(), issuer=pki.issuing, ca=True, key_usage=CA)
    for holder in (pki.issuing, pki.leaf(key_usage=None), both):
        assert code(judge(pki, holder)) == "trust.wrong_key_usage"


def test_t10_certificate_issued_by_a_leaf_has_no_path(pki: Pki, leaf: Holder):
    forged = issue(name("假"), key=rsa_key(), issuer=leaf)
    trust = TrustAnchors(roots=(pki.root.der,), intermediates=(pki.issuing.der, leaf.der))
    assert judge(pki, forged, trust=trust).verdict is not Verdict.VALID


def test_t11_expired_and_not_yet_valid_are_invalid(pki: Pki):
    assert code(judge(pki, pki.leaf(not_after=NOW - DAY))) == "trust.expired"
    assert code(judge(pki, pki.leaf(not_before=NOW + DAY))) == "trust.not_yet_valid"
    assert judge(pki, pki.leaf(not_before=NOW - DAY, not_after=NOW + DAY)).verdict is Verdict.VALID


@pytest.mark.parametrize("source", ["crl", "ocsp"])
def test_t11_revoked_before_is_invalid_and_says_when_revoked_after_is_not_yet(pki: Pki, leaf: Holder, source: str):
    def data(when: datetime) -> RevocationData:
        if source == "crl":
            return RevocationData(crls=pki.crls((leaf, when)))
        return with_ocsp(pki, pki.ocsp(leaf, revoked_at=when))

    verdict = judge(pki, leaf, data(NOW - DAY))
    assert (verdict.verdict, code(verdict), verdict.revoked_at) == (Verdict.INVALID, "trust.revoked", NOW - DAY)
    # A CRL that revokes only tomorrow proves "good today"; an OCSP response has one status, so it proves nothing.
    after = judge(pki, leaf, data(NOW + DAY / 2))
    assert after.verdict is (Verdict.VALID if source == "crl" else Verdict.CANNOT_TELL)


def test_t11_revoked_in_either_source_is_revoked(pki: Pki, leaf: Holder):
    data = RevocationData(crls=pki.crls((leaf, NOW - DAY)), ocsps=(pki.ocsp(leaf),))
    assert code(judge(pki, leaf, data)) == "trust.revoked"


def test_t11_revoked_issuing_ca_is_revoked(pki: Pki, leaf: Holder):
    data = RevocationData(crls=(pki.crl(), pki.crl((pki.issuing, NOW - DAY), issuer=pki.root)))
    assert code(judge(pki, leaf, data)) == "trust.revoked"


@pytest.mark.parametrize("missing", ["both", "leaf", "issuing"])
def test_t12_without_revocation_information_we_cannot_tell(pki: Pki, leaf: Holder, missing: str):
    by_issuing, by_root = pki.crls()
    crls = {"both": (), "leaf": (by_root,), "issuing": (by_issuing,)}[missing]
    verdict = judge(pki, leaf, RevocationData(crls=crls))
    assert (verdict.verdict, code(verdict)) == (Verdict.CANNOT_TELL, "trust.revocation_unknown")


def test_t12_cached_information_counts_until_its_next_update_and_no_longer(pki: Pki, leaf: Holder):
    crls = RevocationData(crls=pki.crls(next_update=NOW + DAY))
    ocsp = with_ocsp(pki, pki.ocsp(leaf, next_update=NOW + DAY))
    for data in (crls, ocsp):
        assert judge(pki, leaf, data, at=NOW + DAY).verdict is Verdict.VALID
        late = judge(pki, leaf, data, at=NOW + DAY + DAY / 86400)
        assert (late.verdict, code(late)) == (Verdict.CANNOT_TELL, "trust.revocation_stale")


def _other_pki_responder(pki: Pki, leaf: Holder) -> bytes:
    return pki.ocsp(leaf, responder=Pki().responder())


def _flipped(pki: Pki, leaf: Holder) -> bytes:
    good = pki.ocsp(leaf)
    middle = len(good) // 3
    return good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]


@pytest.mark.parametrize(
    "forge",
    [
        lambda pki, _: pki.ocsp(pki.leaf()),
        lambda pki, leaf: pki.ocsp(leaf, responder=pki.responder(extended=None)),
        lambda pki, leaf: pki.ocsp(leaf, responder=pki.responder(extended=ExtendedKeyUsageOID.CLIENT_AUTH)),
        lambda pki, leaf: pki.ocsp(leaf, responder=leaf),
        _other_pki_responder,
        lambda pki, leaf: pki.ocsp(leaf, next_update=None),
        lambda pki, leaf: pki.ocsp(leaf, this_update=NOW, next_update=None),
        lambda pki, leaf: pki.ocsp(leaf, this_update=NOW + DAY, next_update=NOW + 2 * DAY),
        lambda pki, leaf: pki.ocsp(leaf, this_update=NOW - 9 * DAY, next_update=NOW - 8 * DAY),
        lambda pki, leaf: pki.ocsp(leaf, issuer=pki.root),
        _flipped,
        lambda *_: b"",
        lambda pki, leaf: pki.ocsp(leaf)[:-1],
        lambda *_: b"\x30\x03\x0a\x01\x06",
    ],
)
def test_t13_forged_stale_or_foreign_ocsp_is_not_believed(pki: Pki, leaf: Holder, forge: Callable[..., bytes]):
    verdict = judge(pki, leaf, with_ocsp(pki, forge(pki, leaf)))
    assert verdict.verdict is Verdict.CANNOT_TELL
    assert judge(pki, leaf, with_ocsp(pki, forge(pki, leaf), pki.ocsp(leaf))).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: Pki().crl(),
        lambda pki: pki.crl(this_update=NOW + DAY),
        lambda pki: pki.crl(next_update=NOW - DAY / 24),
        lambda pki: pki.crl()[:-3],
        lambda pki: pki.crl()[:-1] + bytes([pki.crl()[-1] ^ 1]),
        lambda _: b"\x30\x80",
    ],
)
def test_t13_forged_stale_or_foreign_crl_is_not_believed(pki: Pki, leaf: Holder, forge: Callable[..., bytes]):
    by_root = pki.crl(issuer=pki.root)
    assert judge(pki, leaf, RevocationData(crls=(forge(pki), by_root))).verdict is Verdict.CANNOT_TELL
    assert judge(pki, leaf, RevocationData(crls=(forge(pki), *pki.crls()))).verdict is Verdict.VALID


def test_clock_that_lags_a_few_minutes_behind_the_issuers_is_no_obstacle(pki: Pki, leaf: Holder):
    minute = DAY / 1440
    crls = RevocationData(crls=pki.crls(this_update=NOW + 4 * minute))
    ocsp = with_ocsp(pki, pki.ocsp(leaf, this_update=NOW + 4 * minute))
    for data in (crls, ocsp):
        assert judge(pki, leaf, data).verdict is Verdict.VALID
        assert judge(pki, leaf, data, at=NOW - 2 * minute).verdict is Verdict.CANNOT_TELL


def test_t21_short_and_odd_keys_are_refused(pki: Pki):
    for key in (rsa_key(1024), ec.generate_private_key(ec.SECP256K1()), ec.generate_private_key(ec.SECP224R1())):
        assert code(judge(pki, pki.leaf(key=key))) == "trust.weak_algorithm"
    for key in (rsa_key(2048), ec.generate_private_key(ec.SECP384R1())):
        assert judge(pki, pki.leaf(key=key)).verdict is Verdict.VALID


def test_unknown_root_is_cannot_tell(pki: Pki, leaf: Holder):
    verdict = judge(pki, leaf, trust=TrustAnchors(roots=(Pki().root.der,), intermediates=(pki.issuing.der,)))
    assert (verdict.verdict, code(verdict)) == (Verdict.CANNOT_TELL, "trust.unknown_root")


def test_certificate_with_our_cas_name_but_another_key_is_not_valid(pki: Pki):
    fake_ca = Pki().issuing
    forged = issue(name("假"), key=rsa_key(), issuer=fake_ca, key_usage=SIGN)
    assert judge(pki, forged).verdict is not Verdict.VALID


def test_t22_no_bytes_make_the_check_raise(pki: Pki, leaf: Holder):
    good = leaf.der
    junk = [b"", b"\x30", b"\x30\x80\x00\x00", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 10_000, good + b"\x00"]
    junk += [good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :] for at in range(0, len(good), 7)]
    for der in junk:
        verdict = check_path(der, anchors(pki), at=NOW, revocation=RevocationData(crls=pki.crls()))
        assert verdict.verdict is not Verdict.VALID
        assert code(verdict)


def issuing_whose_signature_ends_in(zeros: int) -> Pki:
    """Make authorities until the issuing one's signature ends in that many zero bits: one in 2**zeros does."""
    return next(made for made in iter(Pki, None) if made.issuing.der[-1] % 2**zeros == 0)


def test_t22_bits_that_a_signature_does_not_count_are_refused_in_a_carried_certificate():
    pki = issuing_whose_signature_ends_in(3)
    leaf = pki.leaf(key_usage=SIGN)
    honest = pki.issuing.der
    signature = pki.issuing.certificate.signature
    at = len(honest) - len(signature) - 1
    assert honest[at] == 0
    assert verdict_with(pki, leaf, honest).verdict is Verdict.VALID
    for unused in range(1, 256):
        bent = honest[:at] + bytes([unused]) + honest[at + 1 :]
        assert verdict_with(pki, leaf, bent).verdict is not Verdict.VALID, unused


def verdict_with(pki: Pki, leaf: Holder, carried: bytes) -> PathVerdict:
    return check_path(
        leaf.der,
        TrustAnchors(roots=(pki.root.der,)),
        at=NOW,
        revocation=RevocationData(crls=pki.crls()),
        carried=(carried,),
    )
