"""What a person does at 投标项目, with small files of the tests' own."""

from pathlib import Path

from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany
from desktop.testing.bidding import (
    FORM,
    add_files,
    fill_in,
    open_page,
    pack_bid,
    pack_page,
    scan_bids,
    scan_pack,
    take_in,
)

__all__ = [
    "FORM",
    "add_files",
    "fill_in",
    "make_bid",
    "open_page",
    "pack_page",
    "scan_bids",
    "scan_pack",
    "take_in",
    "write_files",
]


def write_files(company: PreparedCompany, names: tuple[str, ...] = ("投标函.pdf", "清单.xml")) -> list[Path]:
    company.documents.mkdir(exist_ok=True)
    paths = [company.documents / name for name in names]
    for path in paths:
        path.write_bytes(path.name.encode() * 100)
    return paths


def make_bid(worker: OfficeWorker, phone: PhoneHolder, company: PreparedCompany, **changes: str) -> Path:
    """Make a package of two files in one envelope."""
    return pack_bid(worker, phone, *write_files(company), **changes)
