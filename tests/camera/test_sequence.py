"""Structured append, against segno as an independent encoder."""

import random

import numpy as np
import pytest
import segno

from desktop.camera.decoder import QrDecoder, assemble
from desktop.camera.sequence import corrected_first_block, sequence_part
from tests.camera.drawing import draw


def _modules(code: segno.QRCode) -> "np.ndarray":
    return np.array([list(row) for row in code.matrix], dtype=bool)


@pytest.mark.parametrize("level", "LMQH")
def test_the_first_block_of_every_version_reads_also_with_damaged_modules(level: str) -> None:
    chance = random.Random(level)
    for version in (*range(1, 12), *range(12, 41, 4), 40):
        code = segno.make("B7", version=version, error=level, boost_error=False, micro=False, mode="byte")
        modules = _modules(code)
        n = modules.shape[0]
        count_bits = 8 if version < 10 else 16
        want = f"0100{2:0{count_bits}b}{ord('B'):08b}{ord('7'):08b}"
        for damaged in range(2):
            for _ in range(damaged * 2):
                modules[chance.randrange(n - 8, n), n - 1] ^= True
            block = corrected_first_block(modules, level, code.mask)
            assert block is not None
            assert "".join(f"{word:08b}" for word in block).startswith(want), (version, level, damaged)


def test_damage_past_repair_is_not_taken_for_a_header() -> None:
    code = segno.make_sequence("0123456789" * 30, symbol_count=3, error="l", boost_error=False)[1]
    modules = _modules(code)
    assert sequence_part(modules, "L", code.mask) is not None
    modules[9:, -8:] = np.random.default_rng(5).random(modules[9:, -8:].shape) < 0.5
    assert sequence_part(modules, "L", code.mask) is None


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_sequence_of_chinese_text_is_assembled_in_any_order(*, mirrored: bool) -> None:
    text = "投标文件第一册, 商务标, 技术标。" * 9
    decoder = QrDecoder()
    parts = []
    for code in segno.make_sequence(text, symbol_count=5, error="m", encoding="utf-8"):
        frame = draw(code)
        sighting = decoder.look(np.ascontiguousarray(frame[:, ::-1]) if mirrored else frame)
        assert not sighting.codes
        parts.append(sighting.parts[0])
    assert assemble([parts[i] for i in (3, 0, 4, 1, 2)]) == text
    assert assemble(parts[:4]) is None
    swapped = [*parts[:2], type(parts[2])(data=b"x" + parts[2].data, corners=parts[2].corners, part=parts[2].part)]
    assert assemble([*swapped, *parts[3:]]) is None
