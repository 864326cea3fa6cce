"""T17, T22: any change of any byte is not valid and raises nothing."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.signing.pdf import ImprintPlacement, PdfVerdict
from tests.pdf import builders
from tests.pdf.attacks import byte_range
from tests.pdf.conftest import Sealer, Verifier
from tests.pdf.pki import Holder, Pki


def codes(verdict: PdfVerdict) -> set[str]:
    found = {reason.code for reason in verdict.reasons}
    assert found <= set(CATALOGUE)
    return found


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory, pki: Pki, signer: Holder, png: bytes) -> bytes:
    folder = tmp_path_factory.mktemp("honest")
    where = ImprintPlacement(page_index=0, x_mm=20, y_mm=30, width_mm=42, height_mm=42, png=png)
    sealer = Sealer(folder, pki, signer)
    return sealer.seal(builders.plain(folder / "a.pdf", pages=2), where).path.read_bytes()


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, honest: bytes, pki: Pki, png: bytes) -> bytes:
    folder = tmp_path_factory.mktemp("twice")
    (folder / "once.pdf").write_bytes(honest)
    where = ImprintPlacement(page_index=1, x_mm=20, y_mm=30, width_mm=42, height_mm=42, png=png)
    return Sealer(folder, pki, pki.leaf("李四")).seal(folder / "once.pdf", where).path.read_bytes()


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutants") / "mutant.pdf"


def judge(data: bytes, path: Path, pki: Pki) -> PdfVerdict:
    path.write_bytes(data)
    return Verifier(pki)(path)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_t17_flipping_cutting_inserting_or_moving_anything_is_never_valid(
    data: st.DataObject, honest: bytes, twice: bytes, workbench: Path, pki: Pki
):
    original = data.draw(st.sampled_from([honest, twice]))
    at = data.draw(st.integers(0, len(original) - 1))
    length = data.draw(st.integers(1, 400))
    how = data.draw(st.sampled_from(["flip", "cut", "insert", "truncate", "copy", "overwrite"]))
    noise = data.draw(st.binary(min_size=1, max_size=24))
    piece = original[at : at + length]
    mutant = {
        "flip": original[:at] + bytes([original[at] ^ (1 << noise[0] % 8)]) + original[at + 1 :],
        "cut": original[:at] + original[at + length :],
        "insert": original[:at] + noise + original[at:],
        "truncate": original[:at],
        "copy": original[:at] + piece + original[at:],
        "overwrite": original[:at] + noise + original[at + len(noise) :],
    }[how]
    verdict = judge(mutant, workbench, pki)
    if mutant == original:
        assert verdict.verdict is Verdict.VALID
    elif mutant == honest:
        assert len(verdict.signatures) == 1
    else:
        assert verdict.verdict is not Verdict.VALID, (how, at, verdict)
        assert codes(verdict) or verdict.verdict is Verdict.UNSIGNED


def refuse_bits(honest: bytes, flip: Callable[[int], tuple[int, ...]], judge: Callable[[bytes], PdfVerdict]) -> int:
    """Flip bits of the signature's own bytes, from shortly before the gap to its padding; return how many."""
    _, first, second, _ = byte_range(honest)
    used = first + 1 + len(honest[first + 1 : second - 1].rstrip(b"0"))
    flipped = 0
    for at in range(first - 60, used + 2):
        for bit in flip(at):
            flipped += 1
            mutant = honest[:at] + bytes([honest[at] ^ (1 << bit)]) + honest[at + 1 :]
            assert judge(mutant).verdict is not Verdict.VALID, (at, bit)
    return flipped


def test_t17_no_bit_of_the_signature_itself_can_change(honest: bytes, workbench: Path, pki: Pki):
    def flip(at: int) -> tuple[int, ...]:
        return ((at // 19) % 6,) if at % 19 == 0 else ()

    assert refuse_bits(honest, flip, lambda mutant: judge(mutant, workbench, pki)) > 100


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(tail=st.binary(max_size=400))
@example(tail=b"<<" * 20_000)
@example(tail=b"[" * 20_000)
@example(tail=b"1 0 obj\n<</Type/Catalog/AcroForm<</Fields[1 0 R]>>>>endobj\nstartxref\n9\n%%EOF")
def test_t22_any_bytes_behind_a_pdf_header_give_a_verdict(tail: bytes, workbench: Path, pki: Pki):
    verdict = judge(b"%PDF-1.7\n" + tail, workbench, pki)
    assert verdict.verdict in (Verdict.CANNOT_TELL, Verdict.UNSIGNED)


def test_damaged_input_logs_no_warning_of_ours(
    honest: bytes, workbench: Path, pki: Pki, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING, logger="desktop"):
        for at in range(0, len(honest), len(honest) // 20):
            judge(honest[:at] + b"\0" + honest[at:], workbench, pki)
    assert not [record for record in caplog.records if record.name.startswith("desktop")]
