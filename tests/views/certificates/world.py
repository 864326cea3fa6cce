"""A real platform, desktop and phone around one company; nothing is faked but the file dialogs."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.domain.clock import ManualClock
from desktop.domain.operations import OrderKind, SealKind
from desktop.phone.core import Phone
from desktop.portal.api import PlatformApi
from desktop.portal.records import Order, Seal
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.seals import ClaimSealAction
from desktop.services.workspace import Workspace, open_workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.store.paths import DataFolder
from desktop.testing.demo_files import drawn_seal
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.rig import (
    OPERATOR_MOBILE,
    Company,
    PlatformHandle,
    Scan,
    ThreadedPlatform,
    make_phone,
    order_form,
    scan_headless,
    seal_form,
)
from desktop.views.scan.dialog import ScanDialog

NAME = "江西省赣南高速公路机电工程有限责任公司第三分公司"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass
class Picks:
    """In place of the system's file dialogs: hands out what was prepared."""

    files: list[Path] = field(default_factory=list)
    targets: list[Path | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def pick(self, _parent: QWidget, _title: str, _suffixes: tuple[str, ...], _several: bool) -> list[Path]:
        return [self.files.pop(0)] if self.files else []

    def ask(self, _parent: QWidget, name: str) -> Path | None:
        self.asked.append(name)
        return self.targets.pop(0)


@dataclass
class World:
    platform: ThreadedPlatform
    handle: PlatformHandle
    clock: ManualClock
    workspace: Workspace
    folder: Path
    company: Company
    picks: Picks = field(default_factory=Picks)

    def sign_in(self, mobile: str = "") -> None:
        number = mobile or self.company.mobile
        self.workspace.account.send_code(number)
        self.workspace.account.sign_in_by_sms(number, self.handle.sms_code(number), remember=False)

    def operator(self) -> PlatformApi:
        return self.handle.signed_in(OPERATOR_MOBILE)

    def phone(self) -> Phone:
        return make_phone(self.handle, self.folder / "phone", self.clock)

    def place_order(self, *, suite: str = "P-256") -> Order:
        self.clock.advance(60)
        return self.workspace.api.place_order(order_form(self.company, suite))

    def approved_order(self, *, suite: str = "P-256") -> Order:
        order = self.place_order(suite=suite)
        self.operator().review_order(order.order_id, approve=True)
        return next(o for o in self.workspace.api.orders() if o.order_id == order.order_id)

    def certify(self) -> Phone:
        """Have the company's certificate on a phone."""
        phone = self.phone()
        scan_headless(
            self.workspace,
            phone,
            DownloadAction(self.workspace, self.approved_order()),
            credit_code=self.company.credit_code,
        )
        self.workspace.account.refresh()
        return phone

    def later(self, days: int) -> None:
        """Let days pass and log everybody in anew."""
        self.clock.advance(days * 24 * 3600)
        self.handle.forget_sessions()
        self.sign_in()

    def claimed_seal(self, phone: Phone, serial: str) -> Seal:
        """Have a seal bound to the certificate, claimed on the phone."""
        code = self.company.credit_code
        scan_headless(self.workspace, phone, EnrolAction(self.workspace), credit_code=code)
        # A short text: what the imprint says plays no part here.
        imprint = drawn_seal(SealKind.OFFICIAL, SealText(name="赣南公司"))
        applied = self.workspace.api.apply_for_seal(seal_form(serial, imprint))
        self.operator().review_seal(applied.seal_id, approve=True)
        approved = next(s for s in self.workspace.api.seals() if s.seal_id == applied.seal_id)
        view, _ = scan_headless(
            self.workspace, phone, ClaimSealAction(self.workspace, approved, credit_code=code), credit_code=code
        )
        assert view.problem == "", view.detail
        return next(s for s in self.workspace.api.seals() if s.seal_id == applied.seal_id)

    def approve(self, kind: OrderKind) -> None:
        """Approve the pending order of a kind at the review desk."""
        operator = self.operator()
        (order,) = (o for o in operator.orders_to_review() if o.kind is kind)
        operator.review_order(order.order_id, approve=True)

    def file(self, name: str, content: bytes = PNG) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@contextmanager
def make_world(folder: Path) -> Iterator[World]:
    clock = ManualClock(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    platform = ThreadedPlatform(folder / "platform", clock)
    handle = platform.start()
    try:
        workspace = open_workspace(
            profile=handle.profile,
            folder=DataFolder(root=folder / "desktop"),
            clock=clock,
            random=os.urandom,
            name="投标工位一",
        )
        yield World(
            platform=platform,
            handle=handle,
            clock=clock,
            workspace=workspace,
            folder=folder,
            company=Company(name=NAME),
        )
    finally:
        platform.stop()


def tab_stops(page: QWidget) -> list[str]:
    """Return the names of the visible controls of `page` in the order that Tab visits them."""
    stops: list[str] = []
    seen: set[int] = set()
    control = page
    while id(control) not in seen:
        seen.add(id(control))
        takes = bool(control.focusPolicy().value & Qt.FocusPolicy.TabFocus.value) and control.focusProxy() is None
        if takes and control.isVisible() and control.isEnabled() and page.isAncestorOf(control):
            stops.append(control.objectName())
        control = control.nextInFocusChain()
    return stops


def answer_scan(driver: WindowDriver, phone: Phone, **how: Any) -> Any:
    """Let a phone answer the scan dialog that stands open, close it, and return what the phone got; `how` as `Scan`."""
    dialog = driver.find("scanDialog", ScanDialog)
    model = dialog.model
    wait_until(lambda: bool(model.state.view.qr_text), "a code to scan")
    shown = threading.Event()
    codes: list[str] = []

    def look() -> None:
        if model.state.view.check_code:
            codes[:] = [model.state.view.check_code]
            shown.set()

    def typed_code() -> str:
        """Called on the phone's thread: the person reads the code once the window shows it."""
        assert shown.wait(20)
        return codes[0]

    model.changed.connect(look)
    scan = Scan(phone, model.state.view.qr_text, typed_code=typed_code, **how)
    wait_until(lambda: scan.is_over and model.state.view.is_over, "both to be done")
    result = scan.result()
    driver.click("scanCloseButton")
    driver.wait_gone("scanDialog")
    return result
