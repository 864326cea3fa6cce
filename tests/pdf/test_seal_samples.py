"""The ten sample documents: sealed so that all outside judges agree, or refused before the QR with a reason."""

from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.signing.pdf import ImprintPlacement, check_sealable
from tests.pdf import judges
from tests.pdf.conftest import SAMPLES, Sealer, Verifier
from tests.pdf.pki import Pki

SEALED = (
    "XiaoBiaoSong.pdf",
    "form_two_pages.pdf",
    "issue12823.pdf",
    "issue19360.pdf",
    "pdkids.pdf",
    "rotation.pdf",
    "tracemonkey.pdf",
)
# scan-bad.pdf was once saved as text: every byte above 127 became two or three, so no offset in it is true.
REFUSED = {
    "scan-bad.pdf": "pdf.damaged",
    "empty_protected.pdf": "pdf.encrypted",
    "print_protection.pdf": "pdf.password_needed",
}


def test_every_sample_is_in_one_of_the_two_tables():
    assert {path.name for path in SAMPLES.glob("*.pdf")} == {*SEALED, *REFUSED}


@pytest.mark.parametrize("name", SEALED)
def test_sample_sealed_with_one_imprint_is_valid_for_every_judge(
    name: str, sealer: Sealer, pki: Pki, verify: Verifier, one_imprint: ImprintPlacement
):
    source = SAMPLES / name
    assert verify(source).verdict is Verdict.UNSIGNED
    sealed = sealer.seal(source, one_imprint)
    ours = verify(sealed.path)
    assert ours.verdict is Verdict.VALID, ours
    report = judges.pdfsig(sealed.path)
    assert report.count("Signature Validation: Signature is Valid.") == 1, report
    assert report.count("Total document signed") == 1, report
    (status,) = judges.pyhanko(sealed.path, pki)
    assert status.bottom_line, status.pretty_print_details()
    assert judges.qpdf_check(sealed.path)[0] <= judges.qpdf_check(source)[0]
    assert sealed.path.read_bytes().startswith(source.read_bytes())


@pytest.mark.parametrize(("name", "code"), REFUSED.items())
def test_protected_sample_is_refused_before_the_qr_with_words(name: str, code: str, sealer: Sealer):
    with pytest.raises(RejectedError) as refusal:
        check_sealable(SAMPLES / name)
    assert refusal.value.code == code
    assert CATALOGUE[code].zh.next_step
    with pytest.raises(RejectedError):
        sealer.prepare(SAMPLES / name)
    assert list(Path(sealer.folder / "work").iterdir()) == []
