"""What a person does at 投标项目: make a bid package, rehearse the opening, open bids, over the relay or by camera."""

from datetime import timedelta
from pathlib import Path

from desktop.domain.clock import SHANGHAI
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.driver import NotAsExpectedError, wait_until
from desktop.views.package import OpenPage, PackPage

FORM = {
    "packTender": "JXJT-2026-118",
    "packLot": "1",
    "packPrice": "1234567.80",
    "packBond": "20000",
    "packDuration": "180",
    "packQuality": "合格",
    "packManager": "李四",
}


def pack_page(worker: OfficeWorker) -> PackPage:
    """Return the page of 加密投标文件."""
    return worker.screen.find("packPage", PackPage)


def open_page(worker: OfficeWorker, name: str = "openPage") -> OpenPage:
    """Return the page of 解密 ("openPage") or 演练 ("rehearsePage")."""
    return worker.screen.find(name, OpenPage)


def fill_in(worker: OfficeWorker, **changes: str) -> None:
    """Type the tender and what is announced at the opening."""
    for name, text in (FORM | {"packDeadline": _deadline(worker)} | changes).items():
        worker.screen.type_text(name, text)


def add_files(worker: OfficeWorker, box: str, *paths: Path) -> None:
    """Choose files for an envelope, by the drop zone's button or by the list's."""
    worker.hand.hold(*paths)
    zone = f"{box}Drop"
    worker.screen.click(f"{zone}Choose" if worker.screen.is_visible(zone) else f"{box}More")
    page = pack_page(worker)
    wait_until(lambda: page.model.state.adding == (0, 0), "the files to have been looked at")


def scan_pack(worker: OfficeWorker, phone: PhoneHolder) -> Path:
    """Press 加密并签名, let the phone agree, and return the package."""
    worker.screen.click("packButton")
    _agree(worker, phone)
    worker.screen.find("packRehearseButton")
    result = pack_page(worker).model.state.result
    if result is None:
        raise NotAsExpectedError("there is no package")
    return result


def pack_bid(worker: OfficeWorker, phone: PhoneHolder, *files: Path, **changes: str) -> Path:
    """Make a package of `files` in one envelope."""
    worker.screen.click("nav_projects")
    worker.screen.click("packageJob_pack")
    fill_in(worker, **changes)
    add_files(worker, "firstFiles", *files)
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
    _agree(worker, phone)


def open_bid(worker: OfficeWorker, phone: PhoneHolder, bid: Path) -> Path:
    """Open one bid over the relay and return the folder."""
    take_in(worker, bid)
    scan_bids(worker, phone)
    return _opened(bid)


def open_bid_by_camera(worker: OfficeWorker, phone: PhoneHolder, bid: Path) -> Path:
    """Open one bid by camera, codes on both screens, and return the folder."""
    take_in(worker, bid)
    worker.screen.click("openButton")
    worker.screen.click("scanSwitch")
    phone.scan(worker.screen)
    worker.at_consent()
    phone.approve_by_camera()
    worker.screen.find("scanCloseButton")
    phone.scan_receipt()
    worker.finish_scan()
    phone.put_away()
    return _opened(bid)


def _agree(worker: OfficeWorker, phone: PhoneHolder) -> None:
    phone.scan(worker.screen)
    phone.approve(typed_code=worker.code_to_type(phone))
    worker.finish_scan()
    phone.put_away()


def _deadline(worker: OfficeWorker) -> str:
    """Return half past nine a week from the client's day: a date that is written down here passes one day."""
    day = worker.client.workspace.clock.now().astimezone(SHANGHAI) + timedelta(days=7)
    return f"{day:%Y-%m-%d} 09:30"


def _opened(bid: Path) -> Path:
    folder = bid.with_name(f"{bid.stem}_已解密")
    wait_until(folder.is_dir, f"{folder.name} to be there")
    return folder
