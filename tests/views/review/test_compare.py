"""The review desk compares scan and imprint: side by side, overlaid, blinking; and tells a swapped imprint."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.domain.operations import SealKind, SealState
from desktop.phone.core import Phone
from desktop.portal.api import PlatformApi, SealForm
from desktop.services.workspace import Workspace
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.stamping import ScanConditions, stamp_on_paper
from desktop.signing.imprint.synthetic import SealText, draw_seal
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle
from desktop.ui.page import Phase
from desktop.views.review.compare import Look
from desktop.views.review.evidence import Piece
from desktop.views.review.model import Desk, ReviewModel
from desktop.views.review.page import ReviewPage
from tests.services.test_story import certify, register
from tests.ui.pixels import as_array
from tests.views.review.pictures import encoded

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(scope="module")
def scan() -> bytes:
    seal = draw_seal(SealKind.OFFICIAL, SealText(name="赣江示范建设工程有限公司"))
    return stamp_on_paper(seal, 3, ScanConditions(seal_mm=42.0, seal_px=400)).jpeg


@pytest.fixture
def applicant(
    desk: Workspace, handle: PlatformHandle, company: Company, phone: Phone, clock: ManualClock
) -> PlatformApi:
    """A company with a certificate."""
    register(desk, handle, company)
    certify(desk, handle, company, phone)
    clock.advance(120)  # two codes to one number are not sent within a minute
    return handle.signed_in(company.mobile)


@pytest.fixture
def page(qtbot: QtBot, desk: Workspace, handle: PlatformHandle, applicant: PlatformApi) -> Iterator[ReviewPage]:
    del applicant  # comes first
    desk.account.send_code(OPERATOR_MOBILE)
    desk.account.sign_in_by_sms(OPERATOR_MOBILE, handle.sms_code(OPERATOR_MOBILE), remember=False)
    made = ReviewPage(ReviewModel(desk))
    qtbot.addWidget(made)
    made.resize(1000, 900)
    yield made
    qtbot.waitUntil(lambda: not made.model.state.is_deciding)


def apply(api: PlatformApi, scan: bytes, imprint: bytes) -> str:
    (certificate,) = api.certificates()
    form = SealForm(
        certificate_serial=certificate.serial,
        kind="official",
        name="公章",
        width_mm=42,
        height_mm=42,
        scan=("scan.jpg", scan, "image/jpeg"),
        imprint_png=imprint,
    )
    return api.apply_for_seal(form).seal_id


def compared(qtbot: QtBot, page: ReviewPage) -> None:
    page.show()
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)
    page.model.choose(Desk.SEALS)
    qtbot.waitUntil(lambda: page.model.state.comparison is not None, timeout=20_000)


def verdict(page: ReviewPage) -> str:
    return page.detail.compare.chip.accessibleName()


def test_imprint_is_laid_over_its_scan_and_approved(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, scan: bytes
) -> None:
    cut = cut_out(scan, SealKind.OFFICIAL).imprint
    assert cut is not None
    apply(applicant, scan, cut.png)
    compared(qtbot, page)
    assert page.detail.panes[Piece.SCAN].picture.has_picture
    assert page.detail.panes[Piece.IMPRINT].picture.has_picture
    assert verdict(page) == "与扫描件一致 100%"
    assert "扫描件上量得 41." in page.detail.compare.note.text()
    qtbot.mouseClick(page.approve, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    assert [s.state for s in applicant.seals()] == [SealState.APPROVED]


def test_each_way_of_looking_draws_something_else_and_blinking_changes_by_itself_and_by_key(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, scan: bytes
) -> None:
    cut = cut_out(scan, SealKind.OFFICIAL).imprint
    assert cut is not None
    apply(applicant, scan, cut.png)
    compared(qtbot, page)
    pane = page.detail.compare
    seen = {}
    for look in (Look.OVERLAY, Look.SCAN, Look.IMPRINT):
        pane.choose(look)
        assert ("蓝绿色为印模" in pane.note.text()) is (look is Look.OVERLAY)  # the only look with that colour
        seen[look] = as_array(pane.overlay.grab().toImage()).tobytes()
    assert len(set(seen.values())) == 3
    button = pane.looks.findChildren(QPushButton)[1]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pane.overlay.look is Look.BLINK
    before = pane.overlay.shows_imprint
    qtbot.waitUntil(lambda: pane.overlay.shows_imprint is not before)
    pane._blink.stop()
    before = pane.overlay.shows_imprint
    qtbot.keyClick(pane.overlay, Qt.Key.Key_Space)
    assert pane.overlay.shows_imprint is not before
    pane.choose(Look.BLINK)
    page.hide()
    assert not pane._blink.isActive()


def test_t15_imprint_that_is_not_of_the_scan_is_called_so_before_anybody_approves(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, scan: bytes
) -> None:
    foreign = stamp_on_paper(draw_seal(SealKind.OFFICIAL, SealText(name="别家建筑有限公司")), 5).jpeg
    cut = cut_out(foreign, SealKind.OFFICIAL).imprint
    assert cut is not None
    apply(applicant, scan, cut.png)
    compared(qtbot, page)
    assert verdict(page).startswith("与扫描件不一致")
    assert "请勿通过" in page.detail.compare.note.text()


def test_scan_without_a_seal_cannot_be_compared_and_says_so(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, scan: bytes
) -> None:
    blank = QImage(600, 400, QImage.Format.Format_RGB32)
    blank.fill(Qt.GlobalColor.white)
    cut = cut_out(scan, SealKind.OFFICIAL).imprint
    assert cut is not None
    apply(applicant, encoded(blank), cut.png)
    compared(qtbot, page)
    assert verdict(page) == "无法比对"
