"""Drawn seals and stamped sheets: deterministic, of the right size, with a truth that fits the picture."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop.domain.errors import MisuseError, UnavailableError
from desktop.domain.operations import SealKind
from desktop.signing.imprint.loading import load_scan
from desktop.signing.imprint.stamping import ScanConditions, stamp_on_paper
from desktop.signing.imprint.synthetic import SealText, chinese_font, draw_seal
from tests.imprint.measuring import Drawn


def test_drawn_seals_have_the_size_of_their_kind_at_600_dpi(seals: dict[str, Drawn]) -> None:
    sizes = {name: Image.open(io.BytesIO(seal.png)).size for name, seal in seals.items()}
    assert sizes["official"] == (1008, 1008)
    assert sizes["oval"] == (1080, 720)
    assert sizes["name"] == (480, 480)


def test_another_name_is_another_drawing() -> None:
    kind = SealKind.LEGAL_REPRESENTATIVE
    assert draw_seal(kind, SealText(name="王小明印")) == draw_seal(kind, SealText(name="王小明印"))
    assert draw_seal(kind, SealText(name="王小明印")) != draw_seal(kind, SealText(name="李小红印"))


def test_a_seal_without_name_and_a_font_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MisuseError):
        draw_seal(SealKind.OFFICIAL, SealText(name=""))
    with pytest.raises(UnavailableError):
        chinese_font(20, tmp_path / "none.ttf")


def test_the_same_seed_gives_the_same_scan_and_the_truth_lies_on_the_ink(seals: dict[str, Drawn]) -> None:
    plain = ScanConditions(seal_px=200, margin=0.2, shadow=0, light_falloff=0)
    scan = stamp_on_paper(seals["official"].png, 4, plain)
    assert scan.jpeg == stamp_on_paper(seals["official"].png, 4, plain).jpeg
    assert scan.jpeg != stamp_on_paper(seals["official"].png, 5, plain).jpeg
    picture = load_scan(scan.jpeg).picture.astype(int)
    assert picture.shape[:2] == scan.coverage.shape
    redness = picture[:, :, 2] - picture[:, :, 1]
    assert redness[scan.coverage > 0.9].mean() > 80
    assert np.median(redness[scan.coverage < 0.1]) < 20
