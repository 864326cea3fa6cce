"""`bidseal qr decode`."""

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from desktop import cli_qr
from desktop.camera.frames import Frame
from desktop.camera.images import MAX_FILE_BYTES
from desktop.cli_parser import EX_USAGE
from desktop.domain.problems import CATALOGUE
from tests.camera.drawing import SAMPLES


def _run(*args: object) -> tuple[int, list[dict]]:
    out = io.StringIO()
    code = cli_qr.run([str(a) for a in args], out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def _save(path: Path, frame: Frame) -> Path:
    path.write_bytes(cv2.imencode(".png", frame)[1].tobytes())
    return path


def test_each_image_gives_one_line_in_the_order_given(qr_frame: Callable[..., Frame], tmp_path: Path) -> None:
    first = _save(tmp_path / "二维码.png", qr_frame("投标 ✓", encoding="utf-8"))
    second = _save(tmp_path / "b.png", qr_frame("B"))
    code, lines = _run("decode", second, first)
    assert code == cli_qr.EXIT_OK
    assert lines == [{"file": str(second), "text": "B"}, {"file": str(first), "text": "投标 ✓"}]


def test_an_image_without_code_is_null_and_exit_1(qr_frame: Callable[..., Frame], tmp_path: Path) -> None:
    blank = _save(tmp_path / "blank.png", np.full((80, 80, 3), 255, np.uint8))
    code, lines = _run("decode", _save(tmp_path / "a.png", qr_frame("A")), blank)
    assert code == cli_qr.EXIT_NOT_FOUND
    assert lines[1] == {"file": str(blank), "text": None}


def test_an_unreadable_file_has_a_catalogue_code_and_exit_2(qr_frame: Callable[..., Frame], tmp_path: Path) -> None:
    good = _save(tmp_path / "a.png", qr_frame("A"))
    bad = tmp_path / "bad.png"
    bad.write_text("no picture", encoding="utf-8")
    code, lines = _run("decode", tmp_path / "missing.png", bad, good)
    assert code == cli_qr.EXIT_UNREADABLE
    assert [line["text"] for line in lines] == [None, None, "A"]
    assert [line.get("error") for line in lines] == ["general.file_unreadable", "camera.image_unsupported", None]
    assert {line["error"] for line in lines[:2]} <= CATALOGUE.keys()


def test_a_picture_of_two_codes_lists_both_and_leads_with_the_larger(
    qr_frame: Callable[..., Frame], tmp_path: Path
) -> None:
    sheet = np.full((400, 700, 3), 255, np.uint8)
    for frame, x in ((qr_frame("SMALL", scale=4), 10), (qr_frame("LARGE", scale=8), 300)):
        sheet[20 : 20 + frame.shape[0], x : x + frame.shape[1]] = frame
    _, lines = _run("decode", _save(tmp_path / "two.png", sheet))
    assert lines[0]["text"] == "LARGE"
    assert sorted(lines[0]["texts"]) == ["LARGE", "SMALL"]


def test_parts_of_one_message_read_whole_together_and_not_at_all_alone() -> None:
    folder = SAMPLES / "qrcode-7"
    images = sorted(folder.glob("*.png"))
    truth = (folder / "01.txt").read_bytes().decode("utf-8")
    code, lines = _run("decode", *images)
    assert code == cli_qr.EXIT_OK
    assert [line["text"] for line in lines] == [truth] * 4
    code, lines = _run("decode", images[0])
    assert code == cli_qr.EXIT_NOT_FOUND
    assert lines == [{"file": str(images[0]), "text": None, "error": "camera.qr_part_only"}]


def _claims(width: int, height: int) -> bytes:
    """The header of a PNG of that size, and nothing behind it."""
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


HOSTILE: dict[str, bytes] = {
    "empty.png": b"",
    "text.png": b"no picture",
    "page.pdf": b"%PDF-1.7",
    "moving.gif": b"GIF89a" + bytes(64),
    "drawing.svg": b"<svg/>",
    "half a header.png": b"\x89PNG\r\n\x1a\n\x00",
    "bomb.png": _claims(30_000, 30_000),
    "wide.png": _claims(2**31 - 1, 1),
    "nothing.png": _claims(0, 0),
    "header only.png": _claims(64, 64),
    "锟斤拷 🔏.png": b"x",
}


def test_t23_every_input_gives_exactly_one_line_whatever_it_is(
    qr_frame: Callable[..., Frame], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = _save(tmp_path / "good.png", qr_frame("GOOD"))
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:-40])
    (tmp_path / "folder.png").mkdir()
    with (tmp_path / "huge.png").open("wb") as huge:
        huge.write(_claims(64, 64))
        huge.truncate(MAX_FILE_BYTES + 1)
    for side in ((1, 1), (1, 900), (900, 1), (2, 3)):
        _save(tmp_path / f"tiny {side}.png", np.zeros((*side, 3), np.uint8))
    files = [*(str(path) for path in sorted(tmp_path.iterdir())), str(tmp_path / "missing.png"), "", "a\nb.png"]
    assert cli_qr.run(["decode", *files]) == cli_qr.EXIT_UNREADABLE
    printed = capfd.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert printed.err == ""
    assert [line["file"] for line in lines] == files
    assert [line["text"] for line in lines if line["text"] is not None] == ["GOOD"]
    assert {line["error"] for line in lines if "error" in line} <= CATALOGUE.keys()
    assert {line["file"] for line in lines if "error" not in line} == {
        str(good),
        *(file for file in files if "tiny" in file),
    }


def test_t23_a_picture_is_refused_by_its_header_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_: object) -> None:
        pytest.fail("decoded before its size was looked at")

    monkeypatch.setattr(cv2, "imdecode", decoded)
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(_claims(30_000, 30_000))
    assert _run("decode", bomb)[1] == [{"file": str(bomb), "text": None, "error": "camera.image_too_large"}]


@pytest.mark.parametrize("args", [[], ["decode"], ["encode", "x"]])
def test_wrong_usage_exits_64(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli_qr.run(args) == EX_USAGE
    assert "usage" in capsys.readouterr().err
