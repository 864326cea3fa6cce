import threading
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import UnavailableError
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.kit.table import DataTable
from desktop.ui.page import Phase
from desktop.views.review.evidence import Piece
from desktop.views.review.model import Desk, ReviewModel
from desktop.views.review.page import ReviewPage
from desktop.views.review.picture import Enlarged
from desktop.views.review.reject import RejectDialog
from tests.views.login.world import FakeApi, a_seal, an_order, make_workspace, refusal
from tests.views.review.pictures import imprint_png, paper_pdf, paper_png

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def api(qapp: QApplication) -> FakeApi:
    imprint = imprint_png()
    licence, letter = paper_png("营业执照"), paper_pdf("Letter of authority")
    return FakeApi(
        orders_to_review=(an_order(1), an_order(2), an_order(3)),
        seals_to_review=(a_seal(7, imprint_sha256=sha256(imprint).digest()),),
        order_file=lambda _order, which: licence if which == "licence" else letter,
        seal_scan=imprint_png(transparent=False),
        seal_imprint=imprint,
        checks_to_review=(),
        review_order=None,
        review_seal=None,
    )


@pytest.fixture
def workspace(tmp_path: Path, api: FakeApi) -> Workspace:
    return make_workspace(tmp_path / "data", api)


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> ReviewPage:
    made = ReviewPage(ReviewModel(workspace))
    qtbot.addWidget(made)
    made.resize(920, 664)
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.state.evidence) or made.phase is not Phase.LOADING)
    return made


def settled(qtbot: QtBot, page: ReviewPage) -> None:
    qtbot.waitUntil(lambda: len(page.model.state.evidence) == 2 and not page.model.state.is_deciding)


def click(qtbot: QtBot, page: ReviewPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None, name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def reject_with(qtbot: QtBot, page: ReviewPage, reason: str) -> RejectDialog:
    click(qtbot, page, "rejectButton")
    dialog = page.findChild(RejectDialog)
    assert dialog is not None
    field = dialog.findChild(QPlainTextEdit, "reasonField")
    assert field is not None
    qtbot.keyClicks(field, reason)
    qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    return dialog


def test_first_pending_order_is_looked_at_with_both_papers(qtbot: QtBot, page: ReviewPage) -> None:
    settled(qtbot, page)
    assert page.detail.heading.text() == "赣州市第1建设有限公司"
    assert page.detail.panes[Piece.LICENCE].picture.has_picture
    assert page.detail.panes[Piece.LETTER].picture.has_picture
    assert not page.detail.panes[Piece.SCAN].isVisible()
    assert page.orders.selected_key == an_order(1).order_id


def test_approved_order_leaves_the_list_and_the_next_one_is_selected(
    qtbot: QtBot, page: ReviewPage, api: FakeApi
) -> None:
    settled(qtbot, page)
    page.orders.select(an_order(2).order_id)
    settled(qtbot, page)
    api.answers["orders_to_review"] = (an_order(1), an_order(3))
    with qtbot.waitSignal(page.notified) as told:
        click(qtbot, page, "approveButton")
    assert told.args == ["已通过: 赣州市第2建设有限公司"]
    assert api.asked("review_order") == [((an_order(2).order_id,), {"approve": True, "reason": ""})]
    qtbot.waitUntil(lambda: page.orders.selected_key == an_order(3).order_id)
    settled(qtbot, page)
    assert page.detail.heading.text() == "赣州市第3建设有限公司"


def test_decision_is_published_so_that_other_pages_follow(qtbot: QtBot, page: ReviewPage, workspace: Workspace) -> None:
    settled(qtbot, page)
    heard: list[Changed] = []
    workspace.bus.subscribe(heard.append)
    click(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: heard == [Changed.ORDERS])
    settled(qtbot, page)


def test_own_application_refused_by_the_platform_is_said_and_stays_in_the_list(
    qtbot: QtBot, page: ReviewPage, api: FakeApi
) -> None:
    settled(qtbot, page)
    api.answers["review_order"] = refusal("platform.own_application")
    click(qtbot, page, "approveButton")
    qtbot.waitUntil(page.banner.isVisible)
    assert page.model.state.problem_code == "platform.own_application"
    assert page.orders.selected_key == an_order(1).order_id
    assert page.approve.isEnabled()


def test_order_that_somebody_else_decided_is_said_and_the_list_is_loaded_anew(
    qtbot: QtBot, page: ReviewPage, api: FakeApi
) -> None:
    settled(qtbot, page)
    api.answers["review_order"] = refusal("platform.wrong_state")
    api.answers["orders_to_review"] = (an_order(2),)
    click(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: page.orders.selected_key == an_order(2).order_id)
    assert page.banner.isVisible()
    settled(qtbot, page)


def test_rejection_without_a_reason_is_not_sent(qtbot: QtBot, page: ReviewPage, api: FakeApi) -> None:
    settled(qtbot, page)
    dialog = reject_with(qtbot, page, "  ")
    assert dialog.isVisible()
    assert dialog.note.text() == "请填写驳回原因"
    assert not api.asked("review_order")


def test_rejection_carries_its_reason(qtbot: QtBot, page: ReviewPage, api: FakeApi) -> None:
    settled(qtbot, page)
    assert page.open_work() == ""
    reject_with(qtbot, page, "licence is blurred ")
    qtbot.waitUntil(lambda: bool(api.asked("review_order")))
    assert api.asked("review_order") == [((an_order(1).order_id,), {"approve": False, "reason": "licence is blurred"})]
    settled(qtbot, page)


def test_reason_typed_is_still_there_after_the_dialog_was_closed(qtbot: QtBot, page: ReviewPage) -> None:
    settled(qtbot, page)
    click(qtbot, page, "rejectButton")
    first = page.findChild(RejectDialog)
    assert first is not None
    qtbot.keyClicks(first.field, "blurred")
    first.reject()
    qtbot.waitUntil(lambda: page.findChild(RejectDialog) is None)
    assert page.open_work() == "填写中的驳回理由尚未提交"
    click(qtbot, page, "rejectButton")
    again = page.findChild(RejectDialog)
    assert again is not None
    assert again.field.toPlainText() == "blurred"


def test_seal_application_shows_scan_and_imprint_with_its_size(qtbot: QtBot, page: ReviewPage, api: FakeApi) -> None:
    settled(qtbot, page)
    click(qtbot, page, "reviewDesk_seals")
    settled(qtbot, page)
    pane = page.detail.panes[Piece.IMPRINT]
    assert pane.isVisible()
    assert pane.picture.has_picture
    assert "宽 40.0 毫米, 高 40.0 毫米" in pane.caption.text()
    click(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: api.asked("review_seal") == [((a_seal(7).seal_id,), {"approve": True, "reason": ""})])
    qtbot.waitUntil(lambda: not page.model.state.is_deciding)


def test_imprint_other_than_the_one_applied_with_cannot_be_approved(
    qtbot: QtBot, page: ReviewPage, api: FakeApi
) -> None:
    settled(qtbot, page)
    api.answers["seal_imprint"] = imprint_png(side=240)
    click(qtbot, page, "reviewDesk_seals")
    qtbot.waitUntil(lambda: page.model.state.evidence_problem == "portal.bad_answer")
    assert not page.detail.panes[Piece.IMPRINT].picture.has_picture
    assert not page.approve.isEnabled()
    assert page.reject.isEnabled()


def test_paper_that_is_no_picture_is_said_to_be_unshowable(qtbot: QtBot, workspace: Workspace, api: FakeApi) -> None:
    api.answers["order_file"] = lambda _order, which: b"\x89PNG\r\n\x1a\ntorn" if which == "licence" else b"%PDF-torn"
    page = ReviewPage(ReviewModel(workspace))
    qtbot.addWidget(page)
    page.show()
    settled(qtbot, page)
    assert not page.detail.panes[Piece.LICENCE].picture.has_picture
    assert not page.detail.panes[Piece.LETTER].picture.has_picture
    assert page.detail.panes[Piece.LETTER].save.isVisible()


def test_paper_can_be_saved_outside(qtbot: QtBot, workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "licence.png"
    proposed: list[str] = []

    def ask(_parent: object, name: str) -> Path:
        proposed.append(name)
        return target

    page = ReviewPage(ReviewModel(workspace), ask=ask)
    qtbot.addWidget(page)
    page.show()
    settled(qtbot, page)
    click(qtbot, page, "licenceSave")
    qtbot.waitUntil(target.is_file)
    assert proposed == ["licence.png"]
    assert target.read_bytes() == page.model.state.evidence[0].data


def test_nothing_to_review_is_an_empty_face_with_a_refresh(qtbot: QtBot, page: ReviewPage, api: FakeApi) -> None:
    settled(qtbot, page)
    api.answers |= {"orders_to_review": (), "seals_to_review": ()}
    page.model.open()
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    api.answers["orders_to_review"] = (an_order(4),)
    click(qtbot, page, "emptyStateAction")
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)
    settled(qtbot, page)


def test_only_seals_waiting_opens_on_the_seals(qtbot: QtBot, workspace: Workspace, api: FakeApi) -> None:
    api.answers["orders_to_review"] = ()
    model = ReviewModel(workspace)
    model.open()
    qtbot.waitUntil(lambda: len(model.state.evidence) == 2)
    assert model.state.desk is Desk.SEALS
    assert model.state.seal is not None


def test_slow_evidence_of_an_application_no_longer_looked_at_is_not_shown(
    qtbot: QtBot, workspace: Workspace, api: FakeApi
) -> None:
    gate = threading.Event()
    slow, quick = paper_png("slow"), paper_png("quick")

    def order_file(order: str, _which: str) -> bytes:
        if order == an_order(1).order_id:
            gate.wait(10)
            return slow
        return quick

    api.answers["order_file"] = order_file
    model = ReviewModel(workspace)
    model.open()
    qtbot.waitUntil(lambda: bool(api.asked("order_file")))
    model.select(an_order(2).order_id)
    qtbot.waitUntil(lambda: len(model.state.evidence) == 2)
    gate.set()
    qtbot.waitUntil(lambda: len(api.asked("order_file")) == 4)
    assert all(evidence.data == quick for evidence in model.state.evidence)


def test_operator_signing_in_finds_the_list_loaded(qtbot: QtBot, workspace: Workspace, api: FakeApi) -> None:
    from desktop.domain.operations import PlatformRole
    from tests.views.login.world import an_account, sign_in

    model = ReviewModel(workspace)
    sign_in(workspace, an_account(role=PlatformRole.OPERATOR))
    qtbot.waitUntil(lambda: len(model.state.evidence) == 2)


def test_platform_out_of_reach_shows_the_offline_face_and_comes_back(
    qtbot: QtBot, page: ReviewPage, api: FakeApi
) -> None:
    settled(qtbot, page)
    orders = api.answers["orders_to_review"]
    api.answers["orders_to_review"] = UnavailableError("portal.timeout", "test")
    page.model.open()
    qtbot.waitUntil(lambda: page.phase is Phase.OFFLINE)
    api.answers["orders_to_review"] = orders
    qtbot.mouseClick(page.offline.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)
    settled(qtbot, page)


def test_click_on_a_picture_enlarges_it_and_a_click_closes_it(qtbot: QtBot, page: ReviewPage) -> None:
    settled(qtbot, page)
    qtbot.mouseClick(page.detail.panes[Piece.LICENCE].picture, Qt.MouseButton.LeftButton)
    dialog = page.window().findChild(Enlarged)
    assert dialog is not None
    assert dialog.picture.has_picture
    qtbot.mouseClick(dialog.picture, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.window().findChild(Enlarged) is None)


def test_every_control_has_a_name_for_tests_and_screen_readers(qtbot: QtBot, page: ReviewPage) -> None:
    settled(qtbot, page)
    for kind in (QPushButton, DataTable):
        for control in page.findChildren(kind):
            assert control.objectName(), control
            assert control.accessibleName() or not control.isVisible(), control.objectName()
