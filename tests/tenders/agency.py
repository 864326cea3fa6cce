"""A tender agency brought from registration to its enrolled workstation."""

from datetime import UTC, datetime
from pathlib import Path

from desktop.domain.clock import ManualClock
from desktop.domain.operations import OrganizationKind
from desktop.phone.core import Phone
from desktop.services.action import Action
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.workspace import Workspace
from desktop.testing.demo_files import Company
from desktop.testing.prepared import Platform, open_desk, sign_in
from desktop.testing.rig import make_phone, order_form, scan_headless

AGENCY = Company(
    name="江西省信诚工程招标代理有限公司",
    credit_code="91430000MA4L2B6X82",
    legal_representative="胡建华",
    holder="周敏",
    id_number="360102198804120021",
    mobile="13700137000",
)
BIDDER_MOBILE = "13800138000"
_BEFORE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def prepare_agency(state: Path) -> None:
    """Bring the agency so far that it can publish, in `state`/platform, desktop and phone; and admit a bidder."""
    clock = ManualClock(_BEFORE)
    platform = Platform(state / "platform", clock)
    platform.start()
    try:
        workspace = open_desk(platform, state, clock)
        sign_in(workspace, platform, AGENCY.mobile)
        phone = make_phone(platform.handle, state / "phone", clock)
        order = workspace.api.place_order(order_form(AGENCY))
        platform.operator.review_order(order.order_id, approve=True, unit_kind=OrganizationKind.AGENCY)
        (approved,) = workspace.api.orders()
        _scan(workspace, phone, DownloadAction(workspace, approved))
        workspace.account.refresh()
        _scan(workspace, phone, EnrolAction(workspace))
        platform.member(Company())
        workspace.close()
    finally:
        platform.stop()


def _scan(workspace: Workspace, phone: Phone, action: Action) -> None:
    view, result = scan_headless(workspace, phone, action, credit_code=AGENCY.credit_code)
    assert (view.problem, view.detail, result.is_success) == ("", "", True)
