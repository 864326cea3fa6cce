"""Damaged sources: refused before the QR by one error class, or sealed so that the result verifies. Nothing between."""

from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.documents import open_document
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.signing.pdf import ImprintPlacement, check_sealable
from tests.pdf import builders
from tests.pdf.conftest import SAMPLES, Sealer, Verifier
from tests.pdf.pki import Holder, Pki


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture(scope="module")
def bench(folder: Path, pki: Pki, signer: Holder) -> Sealer:
    return Sealer(folder, pki, signer)


@pytest.fixture(scope="module")
def sources(folder: Path) -> list[bytes]:
    path = folder / "honest.pdf"
    plain = builders.plain(path, pages=2, change=builders.text_form).read_bytes()
    streams = builders.plain(path, pages=2, object_stream_mode=pikepdf.ObjectStreamMode.generate).read_bytes()
    return [plain, streams, builders.hybrid(path).read_bytes(), (SAMPLES / "rotation.pdf").read_bytes()]


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_t22_damaged_source_is_refused_with_words_or_sealed_validly(
    data: st.DataObject, sources: list[bytes], bench: Sealer, png: bytes
):
    original = data.draw(st.sampled_from(sources))
    at = data.draw(st.integers(0, len(original) - 1))
    length = data.draw(st.integers(1, 200))
    how = data.draw(st.sampled_from(["flip", "cut", "insert", "truncate", "copy", "digits"]))
    noise = data.draw(st.binary(min_size=1, max_size=16))
    damaged = {
        "flip": original[:at] + bytes([original[at] ^ (1 << noise[0] % 8)]) + original[at + 1 :],
        "cut": original[:at] + original[at + length :],
        "insert": original[:at] + noise + original[at:],
        "truncate": original[:at],
        "copy": original[:at] + original[at : at + length] + original[at:],
        "digits": original[:at]
        + original[at : at + length].translate(bytes.maketrans(b"123", b"980"))
        + original[at + length :],
    }[how]
    source, work = bench.folder / "damaged.pdf", bench.folder / "work"
    source.write_bytes(damaged)
    places = [
        ImprintPlacement(page_index=page, x_mm=20, y_mm=30, width_mm=20, height_mm=20, png=png) for page in (0, 1)
    ]
    try:
        with open_document(source, bench.folder / "snapshots") as document:
            document.render_page(0, width_px=50)
        check_sealable(source)
        sealed = bench.seal(source, *places)
    except RejectedError as error:
        refusal = error.code
    else:
        refusal = ""
    assert not refusal or refusal in CATALOGUE
    left = list(work.glob("*"))
    for path in left:
        path.unlink()
    assert len(left) == (0 if refusal else 1)  # the prepared file, which the caller discards
    if refusal:
        return
    verdict = Verifier(bench.pki)(sealed.path)
    assert verdict.verdict is Verdict.VALID, (how, at, verdict)
