"""How close a cut-out comes to the truth."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from desktop.domain.operations import SealKind
from desktop.signing.imprint.model import Imprint, SealShape
from desktop.signing.imprint.stamping import ScanConditions, SyntheticScan


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A drawn seal and how far it may be turned when stamped."""

    kind: SealKind
    png: bytes
    shape: SealShape = SealShape.ROUND
    max_turn_deg: float = 180


def conditions(seed: int, max_turn_deg: float) -> ScanConditions:
    """Return the conditions of one scan: anything from an office scanner to a hasty phone."""
    chance = np.random.default_rng(1000 + seed)
    return ScanConditions(
        seal_px=int(chance.integers(300, 520)),
        margin=float(chance.uniform(0.12, 0.35)),
        max_turn_deg=max_turn_deg,
        blur_px=float(chance.uniform(0.5, 1.5)),
        noise=float(chance.uniform(1, 6)),
        light_falloff=float(chance.uniform(0, 0.5)),
        shadow=float(chance.uniform(0, 0.35)),
        has_other_ink=True,
        worn=float(chance.uniform(0, 0.5)),
        jpeg_quality=int(chance.integers(60, 95)),
        paper=(float(chance.uniform(0.85, 0.97)), float(chance.uniform(0.92, 0.98)), float(chance.uniform(0.95, 1))),
    )


def rgba(imprint: Imprint) -> "np.ndarray":
    """Open the imprint's PNG: (h, w, 4) uint8."""
    return np.asarray(Image.open(io.BytesIO(imprint.png)))


def overlap(scan: SyntheticScan, imprint: Imprint) -> float:
    """Return the IoU of the imprint (alpha over a half) and the truth, both cropped to their ink."""
    ours = rgba(imprint)[:, :, 3] > 127
    truth = scan.coverage
    if imprint.angle_deg:
        box, pad = imprint.box, 200
        truth = cv2.copyMakeBorder(truth, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
        middle = (box.x + box.width / 2 - 0.5 + pad, box.y + box.height / 2 - 0.5 + pad)
        turn = cv2.getRotationMatrix2D(middle, imprint.angle_deg, 1.0)
        truth = cv2.warpAffine(truth, turn, truth.shape[::-1])
    rows, columns = np.nonzero(truth > 0.5)
    truth = truth[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    same = cv2.resize(truth, ours.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0.5
    return float((ours & same).sum() / (ours | same).sum())


def colour_error(scan: SyntheticScan, imprint: Imprint) -> int:
    """Return the largest difference of a channel between the ink and the imprint's colour."""
    return max(abs(a - b) for a, b in zip(scan.ink_rgb, imprint.ink_rgb, strict=True))
