"""A tender agency with everything, without a window, and a bidder's person who looks at what it publishes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.clock import ManualClock
from desktop.phone.core import Phone, PhoneResult
from desktop.portal.api import PlatformApi
from desktop.portal.tender_records import Lot
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView
from desktop.services.publishing import PublishAction, PublishOrder
from desktop.services.tender_desk import Officer, basis_of, committee, create_lot, open_work
from desktop.services.tender_draft import TenderDraft
from desktop.services.workspace import Workspace
from desktop.store.memory_keyring import no_keyring
from desktop.testing.demo_files import Company
from desktop.testing.prepared import MORNING, Platform, copy_state, open_desk, sign_in
from desktop.testing.rig import make_phone, scan_headless
from tests.tenders.agency import AGENCY, BIDDER_MOBILE, prepare_agency
from tests.tenders.notices import DRAFT


@dataclass(kw_only=True)
class Desk:
    """The agent at the workstation with phone and certificate; `bidder` is how somebody else sees the platform."""

    platform: Platform
    workspace: Workspace
    phone: Phone
    company: Company
    clock: ManualClock
    folder: Path

    @property
    def bidder(self) -> PlatformApi:
        return self.platform.signed_in(BIDDER_MOBILE)

    @property
    def me(self) -> Officer:
        unit = self.workspace.account.organization
        assert unit is not None
        (own,) = committee(self.workspace, unit.organization_id)
        return own

    def lot(self, number: str = "JXJT-2026-118", lot: str = "JD-01") -> Lot:
        return create_lot(
            self.workspace,
            number=number,
            name=DRAFT.tender_name,
            purchaser=DRAFT.purchaser,
            lot=lot,
            lot_name=DRAFT.lot_name,
        )

    def draft(self, **changes: Any) -> TenderDraft:
        own = self.me
        mine = {"officers": (own.certificate.sha256,), "members": (own.encryption.sha256,), "documents": ()}
        return replace(DRAFT, **(mine | changes))

    def order(self, lot: Lot, draft: TenderDraft | None = None, **changes: Any) -> PublishOrder:
        work = open_work(self.workspace, lot.lot_id)
        order = PublishOrder(
            lot=work.lot,
            basis=basis_of(self.workspace, work.lot),
            draft=draft or self.draft(),
            officers=work.officers,
            signer=self.me,
            before=work.announcement,
        )
        return replace(order, **changes)

    def scan(self, action: Action, **how: Any) -> tuple[CeremonyView, PhoneResult]:
        return scan_headless(self.workspace, self.phone, action, credit_code=self.company.credit_code, **how)

    def publish(self, lot: Lot, draft: TenderDraft | None = None) -> None:
        view, result = self.scan(PublishAction(self.workspace, self.order(lot, draft)))
        assert (view.problem, view.detail, result.is_success) == ("", "", True)


@pytest.fixture(scope="session")
def agency_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("agency")
    with no_keyring():
        prepare_agency(folder)
    return folder


@pytest.fixture
def desk(agency_state: Path, tmp_path: Path) -> Iterator[Desk]:
    state, clock = tmp_path / "state", ManualClock(MORNING)
    copy_state(agency_state, state)
    platform = Platform(state / "platform", clock)
    platform.start()
    with no_keyring():
        workspace = open_desk(platform, state, clock)
        sign_in(workspace, platform, AGENCY.mobile)
        phone = make_phone(platform.handle, state / "phone", clock)
        yield Desk(platform=platform, workspace=workspace, phone=phone, company=AGENCY, clock=clock, folder=tmp_path)
        workspace.close()
    platform.stop()
