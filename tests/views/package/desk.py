"""What a person does at 投标项目, step by step; used by all tests of these pages."""

from pathlib import Path

from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany, wait_until
from desktop.views.package import OpenPage, PackPage

FORM = {
    "packTender": "JXJT-2026-118",
    "packLot": "1",
    "packDeadline": "2026-12-01 09:30",
    "packPrice": "1234567.80",
    "packBond": "20000",
    "packDuration": "180",
    "packQuality": "合格",
    "packManager": "李四",
}


def pack_page(worker: OfficeWorker) -> PackPage:
    return worker.screen.find("packPage", PackPage)


def open_page(worker: OfficeWorker, name: str = "openPage") -> OpenPage:
    return worker.screen.find(name, OpenPage)


def fill_in(worker: OfficeWorker, **changes: str) -> None:
    for name, text in (FORM | changes).items():
        worker.screen.type_text(name, text)


def add_files(worker: OfficeWorker, box: str, *paths: Path) -> None:
    """Choose files for an envelope, by the drop zone's button or by the list's."""
    worker.hand.hold(*paths)
    zone = f"{box}Drop"
    worker.screen.click(f"{zone}Choose" if worker.screen.is_visible(zone) else f"{box}More")
    page = pack_page(worker)
    wait_until(lambda: page.model.state.adding == (0, 0), "the files to have been looked at")


def write_files(company: PreparedCompany, names: tuple[str, ...] = ("投标函.pdf", "清单.xml")) -> list[Path]:
    company.documents.mkdir(exist_ok=True)
    paths = [company.documents / name for name in names]
    for path in paths:
        path.write_bytes(path.name.encode() * 100)
    return paths


def scan_pack(worker: OfficeWorker, phone: PhoneHolder) -> Path:
    """Press 加密并签名, let the phone agree, and return the package."""
    worker.screen.click("packButton")
    phone.scan(worker.screen)
    phone.approve(typed_code=worker.code_to_type(phone))
    worker.finish_scan()
    phone.put_away()
    worker.screen.find("packRehearseButton")
    result = pack_page(worker).model.state.result
    assert result is not None
    return result


def make_bid(worker: OfficeWorker, phone: PhoneHolder, company: PreparedCompany, **changes: str) -> Path:
    """Make a package of two files in one envelope."""
    worker.screen.click("nav_projects")
    worker.screen.click("packageJob_pack")
    fill_in(worker, **changes)
    add_files(worker, "firstFiles", *write_files(company))
    return scan_pack(worker, phone)


def take_in(worker: OfficeWorker, *bids: Path, job: str = "open") -> None:
    """Choose bids on the page of a job and wait until all are verified."""
    worker.screen.click("nav_projects")
    worker.screen.click(f"packageJob_{job}")
    page = open_page(worker, f"{job}Page")
    wait_until(lambda: bool(page.model.state.own), "the certificates")
    worker.hand.hold(*bids)
    worker.screen.click(f"{job}More" if page.model.state.bids else f"{job}DropChoose")
    wait_until(lambda: page.model.state.checking[1] == 0, "all bids to be verified")


def scan_bids(worker: OfficeWorker, phone: PhoneHolder, job: str = "open") -> None:
    """Press the button, let the phone agree, and close the dialog."""
    worker.screen.click(f"{job}Button")
    phone.scan(worker.screen)
    phone.approve(typed_code=worker.code_to_type(phone))
    worker.finish_scan()
    phone.put_away()
