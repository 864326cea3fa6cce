"""The record of an opening as its signed documents, and the judgement on them."""

from desktop.formats.bundle.judging import BundleVerdict, Opening, judge_bundle
from desktop.formats.bundle.model import (
    BidLeaf,
    Confirmed,
    Part,
    PartKind,
    read_bid_leaf,
    read_bundle,
    read_confirmed,
    read_delivery_leaf,
    write_bundle,
)

__all__ = [
    "BidLeaf",
    "BundleVerdict",
    "Confirmed",
    "Opening",
    "Part",
    "PartKind",
    "judge_bundle",
    "read_bid_leaf",
    "read_bundle",
    "read_confirmed",
    "read_delivery_leaf",
    "write_bundle",
]
