"""Verdicts that depend on certificates, times and what kind of file it is."""

from datetime import timedelta
from pathlib import Path

import pytest

from desktop.domain.errors import UnavailableError
from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.signing.pdf import ImprintPlacement, PdfVerdict, SealedDocument, verify_pdf
from tests.pdf import builders
from tests.pdf.conftest import SAMPLES, Sealer, Verifier
from tests.pdf.pki import DAY, NOW, Holder, Pki


@pytest.fixture
def sealed(tmp_path: Path, sealer: Sealer, one_imprint: ImprintPlacement) -> SealedDocument:
    return sealer.seal(builders.plain(tmp_path / "a.pdf"), one_imprint)


def codes(verdict: PdfVerdict) -> set[str]:
    found = {reason.code for reason in verdict.reasons}
    assert found <= set(CATALOGUE)
    return found


def test_valid_verdict_names_signer_time_and_revision(sealed: SealedDocument, verify: Verifier, signer: Holder):
    verdict = verify(sealed.path)
    (signature,) = verdict.signatures
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    assert (signature.signer, signature.organization) == ("张三", "测试建设有限公司")
    assert signature.serial == f"{signature_serial(signer):X}"
    assert (signature.claimed_time, signature.covers_whole_file, signature.revision) == (NOW, True, 2)
    assert signature.sub_filter == "ETSI.CAdES.detached"


def signature_serial(holder: Holder) -> int:
    return holder.certificate.serial_number


def test_t12_without_revocation_data_the_seal_cannot_be_told(sealed: SealedDocument, verify: Verifier):
    verify.revocation = RevocationData()
    verdict = verify(sealed.path)
    assert (verdict.verdict, codes(verdict)) == (Verdict.CANNOT_TELL, {"trust.revocation_unknown"})


def test_t12_stale_revocation_data_cannot_tell(sealed: SealedDocument, verify: Verifier):
    verify.now = NOW + 8 * DAY
    assert codes(verify(sealed.path)) == {"trust.revocation_stale"}


def test_unknown_root_cannot_tell(sealed: SealedDocument, verify: Verifier):
    verify.anchors = TrustAnchors(roots=(Pki().root.der,))
    verdict = verify(sealed.path)
    assert (verdict.verdict, codes(verdict)) == (Verdict.CANNOT_TELL, {"trust.unknown_root"})


def test_t11_revoked_before_the_seal_is_invalid_revoked_after_cannot_be_told(
    sealed: SealedDocument, verify: Verifier, pki: Pki, signer: Holder
):
    verify.revocation = RevocationData(crls=pki.crls((signer, NOW - DAY)))
    before = verify(sealed.path)
    assert (before.verdict, codes(before)) == (Verdict.INVALID, {"trust.revoked"})
    verify.revocation = RevocationData(crls=pki.crls((signer, NOW + DAY)))
    verify.now = NOW + 2 * DAY
    after = verify(sealed.path)
    assert (after.verdict, codes(after)) == (Verdict.CANNOT_TELL, {"verify.revoked_since"})


def test_t11_expired_since_cannot_be_told_and_expired_when_sealing_is_invalid(
    sealer: Sealer, verify: Verifier, pki: Pki, one_imprint: ImprintPlacement
):
    source = SAMPLES / "tracemonkey.pdf"
    soon = sealer.seal(source, one_imprint, signer=pki.leaf(not_after=NOW + DAY), to="soon.pdf")
    assert verify(soon.path).verdict is Verdict.VALID
    verify.now = NOW + 2 * DAY
    since = verify(soon.path)
    assert (since.verdict, codes(since)) == (Verdict.CANNOT_TELL, {"verify.expired_since"})
    verify.now = NOW
    for holder in (pki.leaf(not_after=NOW - DAY), pki.leaf(not_before=NOW + DAY)):
        bad = sealer.seal(source, one_imprint, signer=holder, to="bad.pdf")
        verdict = verify(bad.path)
        assert (verdict.verdict, codes(verdict)) == (Verdict.INVALID, {"verify.outside_validity"})


def test_intermediate_in_the_signature_suffices_with_the_root_alone(sealed: SealedDocument, verify: Verifier, pki: Pki):
    verify.anchors = TrustAnchors(roots=(pki.root.der,))
    assert verify(sealed.path).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "pdf.not_a_pdf"), (b"hello", "pdf.not_a_pdf"), (b"%PDF-1.7\n", "pdf.damaged"), (b"%PDF-", "pdf.damaged")],
)
def test_what_is_no_pdf_says_so(content: bytes, code: str, tmp_path: Path, verify: Verifier):
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    verdict = verify(path)
    assert (verdict.verdict, codes(verdict)) == (Verdict.CANNOT_TELL, {code})


def test_missing_file_is_unavailable(tmp_path: Path, verify: Verifier):
    with pytest.raises(UnavailableError, match="file_unreadable"):
        verify(tmp_path / "none.pdf")
    with pytest.raises(UnavailableError, match="file_unreadable"):
        verify(tmp_path)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.pdf")))
def test_unsigned_samples_are_unsigned_or_said_to_be_unreadable(name: str, verify: Verifier):
    verdict = verify(SAMPLES / name)
    expected = {
        "empty_protected.pdf": {"verify.encrypted"},
        "print_protection.pdf": {"verify.encrypted"},
        "scan-bad.pdf": {"pdf.damaged"},
    }.get(name, set())
    assert codes(verdict) == expected
    assert verdict.verdict is (Verdict.CANNOT_TELL if expected else Verdict.UNSIGNED)


def test_verifying_is_a_matter_of_the_given_moment_only(sealed: SealedDocument, verify: Verifier):
    first = verify(sealed.path)
    again = verify_pdf(
        sealed.path, anchors=verify.anchors, revocation=verify.revocation, now=NOW + timedelta(seconds=1)
    )
    assert first == again
