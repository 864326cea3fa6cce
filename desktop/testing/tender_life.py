"""What an agency and bidders do before a deadline: publish a lot, prepare a bid, submit, withdraw, replace it.

Each step is done by the controls that a person sees, and ends when its result is there; what is done in the opening
room is in `tendering`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from desktop.domain.clock import SHANGHAI
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import BidState, LotState
from desktop.formats.package import packing
from desktop.formats.package.plan import Keys, make_keys
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.driver import NotAsExpectedError, wait_until
from desktop.ui.page import Phase
from desktop.views.publish import EditorPage
from desktop.views.publish import LotsPage as AgencyLots
from desktop.views.tenders import LotPage
from desktop.views.tenders.lots_page import LotsPage
from desktop.views.tenders.state import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class LotForm:
    """What an agent types about a lot with two envelopes (双信封)."""

    number: str = "JXJT-2026-SG-118"
    project: str = "赣南高速公路机电工程施工招标"
    purchaser: str = "江西省交通投资集团有限责任公司"
    lot: str = "JD-01"
    name: str = "机电工程第一标段"
    limit: str = "3000000.00"


def scan(worker: OfficeWorker, phone: PhoneHolder) -> None:
    """Let the phone agree to what the window shows, and close the dialog."""
    phone.scan(worker.screen)
    phone.approve(typed_code=worker.code_to_type(phone))
    worker.finish_scan()
    phone.put_away()


# -- the agency --------------------------------------------------------------------------------------------------------


def new_lot(worker: OfficeWorker, form: LotForm) -> None:
    """Make project and lot, and come to the editor of the notice."""
    worker.screen.click("nav_publish")
    page = worker.screen.find("lotsPage", AgencyLots)
    wait_until(lambda: page.phase in {Phase.EMPTY, Phase.NORMAL}, "the list of lots")
    worker.screen.click("emptyStateAction" if worker.screen.is_visible("emptyStateAction") else "newLotButton")
    for name, text in (
        ("newLotNumber", form.number),
        ("newLotProject", form.project),
        ("newLotPurchaser", form.purchaser),
        ("newLotLot", form.lot),
        ("newLotName", form.name),
    ):
        worker.screen.type_text(name, text)
    worker.screen.click("newLotSubmit")
    worker.screen.find("publishButton")


def fill_in_notice(worker: OfficeWorker, form: LotForm, deadline: str, document: Path) -> None:
    """Type what the notice needs beside its names: two envelopes, a price limit, the document of each envelope."""
    editor = worker.screen.find("editorPage", EditorPage)
    worker.screen.click("draftEnvelopes_double")
    worker.screen.type_text("draftDeadline", deadline)
    worker.screen.type_text("draftLimit", form.limit)
    for envelope_id, name in (("first", "技术标"), ("second", "报价函")):
        number = len(editor.model.state.draft.required)
        worker.screen.click(f"{envelope_id}RequiredAdd")
        worker.screen.type_text(f"required_{number}Name", name)
    worker.hand.hold(document)
    worker.screen.click("documentsAdd")
    wait_until(lambda: bool(editor.model.state.draft.documents), "the tender document to be uploaded")
    wait_until(lambda: editor.model.state.saving == "saved", "the draft to be saved")


def rehearse_opening(worker: OfficeWorker) -> None:
    """Open test bids for this notice with throw-away keys."""
    worker.screen.click("dryRunButton")
    editor = worker.screen.find("editorPage", EditorPage)
    wait_until(lambda: editor.model.state.dry.outcome is not None, "the dry run to end")
    said = editor.side.outcome.accessibleName()
    if "演练成功" not in said:
        raise NotAsExpectedError(f"the dry run said {said}")


def publish(worker: OfficeWorker, phone: PhoneHolder) -> str:
    """Publish by one scan; return the platform's id of the lot."""
    editor = worker.screen.find("editorPage", EditorPage)
    worker.screen.click("publishButton")
    scan(worker, phone)
    wait_until(lambda: editor.model.state.announcement is not None, "the lot to be published")
    lot = editor.model.state.lot
    if lot is None or lot.state is not LotState.PUBLISHED:
        raise NotAsExpectedError("the lot is not published")
    return lot.lot_id


# -- a bidder ----------------------------------------------------------------------------------------------------------


def enter_lot(worker: OfficeWorker, lot_id: str) -> LotPage:
    """Open a lot out of the list of 投标项目, at the tab of the bid."""
    worker.screen.click("nav_projects")
    worker.screen.click("packageJob_tenders")
    if worker.screen.is_visible("lotBack"):
        worker.screen.click("lotBack")
    lots = worker.screen.find("lotsPage", LotsPage)
    lots.model.load()
    wait_until(lambda: any(lot.lot_id == lot_id for lot in lots.model.state.lots), "the lot to be listed")
    lots.table.select(lot_id)
    worker.screen.click("lotsEnter")
    page = worker.screen.find("lotPage", LotPage)
    wait_until(lambda: page.phase is Phase.NORMAL and page.model.state.known is not None, "the lot")
    wait_until(lambda: bool(page.model.state.own), "the certificates")
    worker.screen.click("lotTab_bid")
    return page


def prepare_bid(worker: OfficeWorker, page: LotPage, documents: Mapping[str, Path], price: str) -> None:
    """Choose the required document of each envelope and fill in what is announced at the opening."""
    for name, text in (
        ("duration", "180"),
        ("quality", "合格"),
        ("manager", "李四"),
        ("price", price),
        ("bond", "20000"),
    ):
        if worker.screen.is_visible(f"summary_{name}"):
            worker.screen.type_text(f"summary_{name}", text)
    for envelope_id, path in documents.items():
        worker.hand.hold(path)
        worker.screen.click(f"need_{envelope_id}_0Choose")
        _await_file(page, path)
    wait_until(lambda: page.model.state.stage is Stage.PACK, "nothing to be missing any more")


def _await_file(page: LotPage, path: Path) -> None:
    wait_until(lambda: str(path) in page.model.state.facts, path.name)


def confirm_second(worker: OfficeWorker, page: LotPage, phone: PhoneHolder) -> None:
    """Let a colleague's phone confirm its certificate here, so that the bid is sealed to it as well."""
    wait_until(lambda: bool(page.model.state.unconfirmed), "the colleague's certificate")
    worker.screen.click("confirm_0")
    scan(worker, phone)
    wait_until(lambda: bool(page.model.state.draft.seconds), "the second phone to be taken")


def pack(worker: OfficeWorker, page: LotPage, phone: PhoneHolder) -> None:
    """加密并签名."""
    worker.screen.click("bidPrimary")
    scan(worker, phone)
    wait_until(lambda: page.model.state.stage is Stage.REHEARSE, "the package")


def rehearse(worker: OfficeWorker, page: LotPage, phone: PhoneHolder) -> None:
    """演练解密: the phone shows that it could open the bid."""
    worker.screen.click("bidPrimary")
    scan(worker, phone)
    wait_until(lambda: page.model.state.stage is Stage.SUBMIT, "the rehearsal")


def submit(worker: OfficeWorker, page: LotPage) -> None:
    """递交: upload, and have the receipt."""
    worker.screen.click("bidPrimary" if page.model.state.stage is Stage.SUBMIT else "bidSubmitAtOnce")
    wait_until(lambda: page.model.state.stage is Stage.SUBMITTED, "the receipt")
    wait_until(lambda: page.model.state.current_bid is not None, "the bid to be listed")


def withdraw(worker: OfficeWorker, page: LotPage, phone: PhoneHolder) -> None:
    """撤回: the phone signs that the bid is withdrawn."""
    worker.screen.click("lotTab_bids")
    worker.screen.click("bidWithdraw")
    if worker.screen.is_visible("confirmDialogConfirm"):
        worker.screen.click("confirmDialogConfirm")
    scan(worker, phone)
    wait_until(lambda: [bid.state for bid in page.model.state.bids] == [BidState.WITHDRAWN], "the withdrawal")
    worker.screen.click("lotTab_bid")


@contextmanager
def a_dishonest_client() -> Iterator[None]:
    """Let the bidder's own program cheat: the payload is encrypted under another key than the package commits to (T46).

    Such a bid looks good to the platform, which cannot read it; only the opening finds out.
    """

    def cheat(*args: Any, **options: Any) -> Keys:
        keys = make_keys(*args, **options)
        return replace(keys, keks={name: SecretBytes(bytes(32)) for name in keys.keks})

    with mock.patch.object(packing, "make_keys", cheat):
        yield


def this_afternoon(worker: OfficeWorker) -> str:
    """Return a deadline two hours from now, by the client's clock: nobody's session ends before it."""
    moment = worker.client.workspace.clock.now().astimezone(SHANGHAI) + timedelta(hours=2)
    return f"{moment:%Y-%m-%d %H:%M}"
