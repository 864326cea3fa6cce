"""A company with everything, without a window, and how it packs and opens bids."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import sha256
from desktop.domain.clock import ManualClock
from desktop.domain.secret import SecretBytes
from desktop.formats.package import BidSummary, PackageVerdict, SourceFile
from desktop.phone.core import Phone, PhoneResult
from desktop.portal.records import OrderState
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView
from desktop.services.download import DownloadAction
from desktop.services.opening import OpenJob, inspect_package
from desktop.services.packing import EnvelopeOrder, PackAction, PackOrder
from desktop.services.workspace import Workspace
from desktop.store.memory_keyring import no_keyring
from desktop.testing.demo_files import Company
from desktop.testing.prepared import MORNING, Platform, copy_state, open_desk, sign_in
from desktop.testing.rig import make_phone, order_form, scan_headless

TENDER, LOT = "JXJT-2026-018", "A1 标段"
SUMMARY = BidSummary(
    price=Decimal("1234567.80"), duration_days=180, quality="合格", project_manager="李四", bid_bond=Decimal("20000.00")
)


@dataclass(kw_only=True)
class Bidder:
    """The person at the workstation with phone, certificates and documents."""

    platform: Platform
    workspace: Workspace
    phone: Phone
    company: Company
    documents: Path
    clock: ManualClock
    made: int = field(default=0)

    @property
    def certificate(self) -> CertificateFacts:
        return read_certificate(self._own().sign_cert)

    @property
    def encryption(self) -> bytes:
        return self._own().enc_cert

    def _own(self) -> Any:
        own = {c.serial for c in self.phone.certificates()}
        return next(c for c in self.workspace.api.certificates() if c.serial in own)

    def file(self, name: str, content: bytes) -> SourceFile:
        path = self.documents / name
        path.write_bytes(content)
        return SourceFile(name=name, path=path)

    def envelope(self, **changes: Any) -> EnvelopeOrder:
        values: dict[str, Any] = {
            "envelope_id": "bid",
            "title": "投标文件",
            "files": (self.file("投标函.pdf", b"%PDF-1.7 " + bytes(range(256)) * 9), self.file("清单.xml", b"<a/>")),
            "summary": SUMMARY,
        }
        return EnvelopeOrder(**{**values, **changes})

    def order(self, *envelopes: EnvelopeOrder, **changes: Any) -> PackOrder:
        values: dict[str, Any] = {
            "certificate": self.certificate,
            "encryption_certificate": self.encryption,
            "tender": TENDER,
            "lot": LOT,
            "deadline": self.clock.now() + timedelta(days=1),
            "envelopes": envelopes or (self.envelope(),),
            "target": self.documents / "投标文件.bid",
        }
        return PackOrder(**{**values, **changes})

    def scan(self, action: Action, phone: Phone | None = None, **how: Any) -> tuple[CeremonyView, PhoneResult]:
        return scan_headless(self.workspace, phone or self.phone, action, credit_code=self.company.credit_code, **how)

    def pack(self, order: PackOrder | None = None) -> Path:
        view, result = self.scan(PackAction(self.workspace, order or self.order()))
        assert (view.problem, view.detail, result.is_success) == ("", "", True)
        return Path(view.details[0].target)

    def inspect(self, path: Path) -> PackageVerdict:
        self.workspace.trust.refresh()
        return inspect_package(self.workspace, path, report=lambda _done, _total: None, check=lambda: None)

    def job(self, path: Path, envelope_id: str = "bid", **shares: SecretBytes) -> OpenJob:
        verdict = self.inspect(path)
        assert verdict.package is not None, verdict.reasons
        self.made += 1
        target = self.documents / f"解密{self.made}"
        return OpenJob(path=path, package=verdict.package, envelope_id=envelope_id, target=target, shares=shares)

    def own(self) -> dict[str, Any]:
        return {"certificate": self.certificate, "encryption_certificate": self.encryption}

    def second_phone(self, folder: Path) -> tuple[Phone, bytes]:
        """Download another certificate of the unit to another phone, at another workstation as far as this one knows.

        Returns the phone and the encryption certificate.
        """
        phone = make_phone(self.platform.handle, folder, self.clock, name="备用手机")
        order = self.workspace.api.place_order(order_form(self.company))
        self.platform.operator.review_order(order.order_id, approve=True)
        approved = next(o for o in self.workspace.api.orders() if o.state is OrderState.APPROVED)
        view, _ = self.scan(DownloadAction(self.workspace, approved), phone)
        assert view.problem == ""
        (own,) = phone.certificates()
        self.workspace.pins.remove(sha256(own.enc_certificate))
        return phone, own.enc_certificate


@pytest.fixture
def bidder(_bidseal_prepared: Path, tmp_path: Path) -> Iterator[Bidder]:
    state, clock = tmp_path / "state", ManualClock(MORNING)
    copy_state(_bidseal_prepared, state)
    platform = Platform(state / "platform", clock)
    platform.start()
    company = Company()
    documents = tmp_path / "投标资料"
    documents.mkdir()
    with no_keyring():
        workspace = open_desk(platform, state, clock)
        sign_in(workspace, platform, company.mobile)
        phone = make_phone(platform.handle, state / "phone", clock)
        yield Bidder(
            platform=platform, workspace=workspace, phone=phone, company=company, documents=documents, clock=clock
        )
    platform.stop()
