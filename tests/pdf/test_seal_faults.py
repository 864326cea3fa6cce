"""T7 and the fault plan: a file that changed is not sealed, a file that cannot be written leaves all as it was."""

import errno
import hashlib
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace as altered
from pathlib import Path
from typing import BinaryIO

import pytest

from desktop.crypto.hashed_file import hash_file
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.signing.pdf import ImprintPlacement, PreparedSeal, finish, preparation, prepare
from tests.pdf import builders
from tests.pdf.conftest import Sealer, Verifier, phone_signs
from tests.pdf.pki import Pki


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return builders.plain(tmp_path / "snapshot.pdf", pages=2)


@pytest.fixture
def prepared(sealer: Sealer, source: Path, one_imprint: ImprintPlacement) -> PreparedSeal:
    return sealer.prepare(source, one_imprint)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_t7_honest_twin_is_sealed_and_nothing_but_the_target_appears(
    sealer: Sealer, prepared: PreparedSeal, verify: Verifier, source: Path
):
    before, original = files(sealer.folder), source.read_bytes()
    sealed = finish(prepared, phone_signs(sealer.signer, prepared.signed_attributes), sealer.folder / "out.pdf")
    assert verify(sealed.path).verdict is Verdict.VALID
    assert (sealed.sha256, sealed.size) == (
        hashlib.sha256(sealed.path.read_bytes()).digest(),
        sealed.path.stat().st_size,
    )
    assert files(sealer.folder) - before == {"out.pdf"}
    assert source.read_bytes() == original
    prepared.discard()
    prepared.discard()
    assert files(sealer.folder) - before == {"out.pdf"}


@pytest.mark.parametrize("point", ["before_prepare", "start", "middle", "end", "grown", "cut", "gone"])
def test_t7_snapshot_that_changed_at_any_point_is_not_sealed(
    point: str, sealer: Sealer, source: Path, one_imprint: ImprintPlacement
):
    request = sealer.request(source, one_imprint)
    if point == "before_prepare":
        flip(source, 100)
        with pytest.raises(RejectedError, match="source_changed"):
            prepare(request)
        assert files(sealer.folder / "work") == set()
        return
    ready = prepare(request)
    signature = phone_signs(sealer.signer, ready.signed_attributes)
    size = source.stat().st_size
    change: dict[str, Callable[[], object]] = {
        "start": lambda: flip(source, 0),
        "middle": lambda: flip(source, size // 2),
        "end": lambda: flip(source, size - 1),
        "grown": lambda: source.write_bytes(source.read_bytes() + b"\n"),
        "cut": lambda: source.write_bytes(source.read_bytes()[:-1]),
        "gone": source.unlink,
    }
    change[point]()
    with pytest.raises(RejectedError, match="source_changed"):
        finish(ready, signature, sealer.folder / "out.pdf")
    assert "out.pdf" not in files(sealer.folder)


@pytest.mark.parametrize("change", ["same_time", "later"])
def test_t7_a_hash_kept_from_opening_never_lets_a_changed_snapshot_through(
    change: str, sealer: Sealer, source: Path, one_imprint: ImprintPlacement
):
    hashed = hash_file(source)
    before = source.stat()
    flip(source, source.stat().st_size // 2)
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000))
    if change == "same_time":
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    request = altered(sealer.request(source, one_imprint), hashed=hashed, source_sha256=hashed.sha256)
    if change == "later" or sys.platform != "win32":  # where no program can set the time of change back
        with pytest.raises(RejectedError, match="source_changed"):
            prepare(request)
        return
    ready = prepare(request)  # it looks the same; what is embedded is read again
    signature = phone_signs(sealer.signer, ready.signed_attributes)
    with pytest.raises(RejectedError, match="source_changed"):
        finish(ready, signature, sealer.folder / "out.pdf")
    assert "out.pdf" not in files(sealer.folder)


@pytest.mark.skipif(sys.platform == "win32", reason="no time of change there that a program cannot set")
@pytest.mark.parametrize("is_kept", [True, False])
def test_t7_snapshot_exchanged_while_it_is_prepared_and_put_back_is_not_sealed(
    monkeypatch: pytest.MonkeyPatch, sealer: Sealer, tmp_path: Path, one_imprint: ImprintPlacement, *, is_kept: bool
):
    """The pages that the update writes anew would be those of the other file, under a signature that is good."""
    source = builders.plain(tmp_path / "two.pdf", pages=2)
    shown = source.read_bytes()
    first, second = re.findall(rb"/Contents (\d) 0 R", shown)
    other = re.sub(
        rb"/Contents (\d) 0 R", lambda found: b"/Contents %s 0 R" % (second if found[1] == first else first), shown
    )
    hashed, before = hash_file(source), source.stat()

    def put(content: bytes) -> None:
        with source.open("r+b") as file:
            file.write(content)
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))

    honest = preparation.open_reader

    def exchanged(file: BinaryIO) -> object:
        put(other)
        return honest(file)

    monkeypatch.setattr(preparation, "open_reader", exchanged)
    request = altered(sealer.request(source, one_imprint), source_sha256=hashed.sha256)
    with pytest.raises(RejectedError, match="source_changed"):
        prepare(altered(request, hashed=hashed) if is_kept else request)
    assert files(sealer.folder / "work") == set()
    put(shown)
    monkeypatch.undo()
    assert prepare(request).source_sha256 == hashed.sha256


def test_a_hash_kept_from_opening_is_continued_over_the_update(
    sealer: Sealer, source: Path, one_imprint: ImprintPlacement, verify: Verifier
):
    hashed = hash_file(source)
    kept = prepare(altered(sealer.request(source, one_imprint), hashed=hashed))
    assert hashed.sha256 == hashlib.sha256(source.read_bytes()).digest(), "the kept state itself was not continued"
    sealed = finish(kept, phone_signs(sealer.signer, kept.signed_attributes), sealer.folder / "out.pdf")
    assert verify(sealed.path).verdict is Verdict.VALID


@pytest.mark.parametrize("where", ["beginning", "imprint", "signature_dictionary", "after_gap", "grown", "cut"])
def test_t7_prepared_file_that_changed_while_the_phone_signed_is_not_sealed(
    where: str, sealer: Sealer, prepared: PreparedSeal
):
    signature = phone_signs(sealer.signer, prepared.signed_attributes)
    path = prepared.prepared
    before = files(sealer.folder)
    if where == "grown":
        path.write_bytes(path.read_bytes() + b"\n")
    elif where == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        at = {
            "beginning": 0,
            "imprint": 50,
            "signature_dictionary": prepared.gap_start - prepared.source_size - 5,
            "after_gap": prepared.gap_end - prepared.source_size + 5,
        }[where]
        flip(path, at)
    with pytest.raises(RejectedError, match="source_changed"):
        finish(prepared, signature, sealer.folder / "out.pdf")
    assert files(sealer.folder) == before


def test_t6_signature_of_another_phone_or_document_is_not_embedded(
    sealer: Sealer, prepared: PreparedSeal, source: Path, pki: Pki, png: bytes
):
    other = sealer.prepare(source, ImprintPlacement(page_index=1, x_mm=9, y_mm=9, width_mm=9, height_mm=9, png=png))
    for signature in (
        phone_signs(pki.leaf(), prepared.signed_attributes),
        phone_signs(sealer.signer, other.signed_attributes),
        phone_signs(sealer.signer, prepared.tbs_sha256),
        b"",
    ):
        with pytest.raises(RejectedError, match="signature_invalid"):
            finish(prepared, signature, sealer.folder / "out.pdf")
    assert "out.pdf" not in files(sealer.folder)


def test_signed_attributes_of_another_file_are_our_own_mistake(sealer: Sealer, prepared: PreparedSeal):
    wrong = altered(prepared, tbs_sha256=bytes(32))
    with pytest.raises(MisuseError):
        finish(wrong, phone_signs(sealer.signer, prepared.signed_attributes), sealer.folder / "out.pdf")


def test_opened_document_is_never_overwritten(sealer: Sealer, prepared: PreparedSeal, source: Path):
    signature = phone_signs(sealer.signer, prepared.signed_attributes)
    original = source.read_bytes()
    for target in (source, prepared.prepared):
        with pytest.raises(RejectedError, match="target_is_source"):
            finish(prepared, signature, target)
    assert source.read_bytes() == original


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "general.disk_full"), (errno.EACCES, "general.file_unwritable")]
)
def test_target_that_cannot_be_written_leaves_the_old_file_and_no_part(
    number: int, code: str, sealer: Sealer, prepared: PreparedSeal
):
    target = sealer.folder / "out.pdf"
    target.write_bytes(b"an older file")
    before = files(sealer.folder)

    def refuse(temp: Path, _: Path) -> None:
        assert temp.read_bytes().startswith(b"%PDF")
        raise OSError(number, "refused")

    with pytest.raises(UnavailableError) as failure:
        finish(prepared, phone_signs(sealer.signer, prepared.signed_attributes), target, replace=refuse)
    assert failure.value.code == code
    assert target.read_bytes() == b"an older file"
    assert files(sealer.folder) == before
    finish(prepared, phone_signs(sealer.signer, prepared.signed_attributes), target)
    assert target.read_bytes().startswith(b"%PDF")


def test_work_folder_or_snapshot_that_is_not_there_is_said_and_leaves_nothing(
    sealer: Sealer, source: Path, one_imprint: ImprintPlacement
):
    blocked = altered(sealer.request(source, one_imprint), work_folder=source)
    with pytest.raises(UnavailableError, match="file_unwritable"):
        prepare(blocked)
    gone = altered(sealer.request(source, one_imprint), snapshot=sealer.folder / "gone.pdf")
    with pytest.raises(UnavailableError):
        prepare(gone)
    assert files(sealer.folder / "work") == set()


def test_missing_target_folder_is_said(sealer: Sealer, prepared: PreparedSeal):
    signature = phone_signs(sealer.signer, prepared.signed_attributes)
    with pytest.raises(UnavailableError, match="file_unwritable"):
        finish(prepared, signature, sealer.folder / "none" / "out.pdf")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: builders.plain(p, change=builders.certified), "pdf.certified"),
        (lambda p: builders.plain(p, change=builders.xfa), "pdf.xfa"),
        (lambda p: builders.encrypted(p, user="secret"), "pdf.password_needed"),
        (lambda p: builders.encrypted(p, user=""), "pdf.encrypted"),
        (lambda p: builders.broken(p, b"startxref"), "pdf.damaged"),
        (lambda p: builders.broken(p, b"/Root"), "pdf.damaged"),
        (lambda p: builders.broken(p, b"/Kids"), "pdf.damaged"),
        (lambda p: builders.broken(p, b"%PDF-"), "pdf.not_a_pdf"),
    ],
)
def test_document_that_cannot_be_sealed_is_refused_at_preparing(
    make: Callable[[Path], Path], code: str, sealer: Sealer, one_imprint: ImprintPlacement
):
    source = make(sealer.folder / "odd.pdf")
    with pytest.raises(RejectedError) as refusal:
        sealer.prepare(source, one_imprint)
    assert refusal.value.code == code
    assert files(sealer.folder / "work") == set()
