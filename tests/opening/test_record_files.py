"""Where the opening record lies between making and filing, and how its sealed copy is known."""

import os
from pathlib import Path

import pytest

from desktop.services.opening_record import find_sealed
from desktop.store.openings import KeptRecord, OpeningStore

RECORD = b"%PDF-1.7 record"


@pytest.fixture
def store(tmp_path: Path) -> OpeningStore:
    return OpeningStore(tmp_path / "openings", platform="jxjt", tender="T", lot="1")


@pytest.fixture
def kept(tmp_path: Path) -> KeptRecord:
    pdf, bundle = tmp_path / "开标记录.pdf", tmp_path / "开标记录.bidrecord"
    pdf.write_bytes(RECORD)
    bundle.write_bytes(b"bundle")
    return KeptRecord(pdf=pdf, bundle=bundle, version=7, sealed=tmp_path / "x.pdf", is_asked=True)


def test_record_is_kept_as_it_was(store: OpeningStore, kept: KeptRecord) -> None:
    assert store.record() is None
    store.keep_record(kept)
    assert store.record() == kept


@pytest.mark.parametrize("gone", ["pdf", "bundle"])
def test_record_of_which_a_file_is_gone_is_none(store: OpeningStore, kept: KeptRecord, gone: str) -> None:
    store.keep_record(kept)
    getattr(kept, gone).unlink()
    assert store.record() is None


def test_note_that_cannot_be_read_is_no_record(store: OpeningStore, kept: KeptRecord, tmp_path: Path) -> None:
    store.keep_record(kept)
    (note,) = (tmp_path / "openings").glob("*/record.json")
    note.write_text('{"pdf": 7}', encoding="utf-8")
    assert store.record() is None


def test_sealed_copy_begins_with_the_record_and_the_newest_one_counts(kept: KeptRecord, tmp_path: Path) -> None:
    assert find_sealed(kept.pdf) is None
    (tmp_path / "same.pdf").write_bytes(RECORD)
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7 other, and longer than the record")
    assert find_sealed(kept.pdf) is None
    for number, name in enumerate(("开标记录_已签章.pdf", "开标记录_已签章(2).pdf")):
        (tmp_path / name).write_bytes(RECORD + b" sealed")
        os.utime(tmp_path / name, (number, number))
    assert find_sealed(kept.pdf) == tmp_path / "开标记录_已签章(2).pdf"
    kept.pdf.unlink()
    assert find_sealed(kept.pdf) is None
