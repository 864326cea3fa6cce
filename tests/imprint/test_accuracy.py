"""The cut-out against known truth: 60 synthetic scans."""

import logging

import numpy as np

from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.stamping import stamp_on_paper
from tests.imprint.measuring import Drawn, colour_error, conditions, overlap

SCANS = 60


def test_sixty_scans_are_cut_out_close_to_the_truth(seals: dict[str, Drawn], record_property: "object") -> None:
    overlaps, colours = [], []
    names = sorted(seals)
    for seed in range(SCANS):
        seal = seals[names[seed % len(names)]]
        scan = stamp_on_paper(seal.png, seed, conditions(seed, seal.max_turn_deg))
        result = cut_out(scan.jpeg, seal.kind)
        assert result.is_acceptable, (seed, result.reasons)
        assert result.imprint is not None
        assert result.imprint.shape is seal.shape, seed
        if seal.max_turn_deg < 90:
            assert abs(result.imprint.angle_deg - scan.turn_deg) < 0.6, seed
        overlaps.append(overlap(scan, result.imprint))
        colours.append(colour_error(scan, result.imprint))
    median, worst, colour = np.median(overlaps), min(overlaps), np.median(colours)
    logging.getLogger(__name__).info("IoU median %.3f, worst %.3f, colour error median %d", median, worst, colour)
    assert median >= 0.95
    assert worst >= 0.78
    assert colour <= 30
