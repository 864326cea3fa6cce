"""电子印章 on the phone against a real platform: application with a photograph, and every state (manual, 4)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from desktop.domain.operations import SealKind, SealState
from desktop.phone.window.states import Screen
from desktop.testing.prepared import Platform, PreparedCompany
from tests.phone.app_world import App


@pytest.fixture
def holder(app: App, bidseal_company: PreparedCompany) -> App:
    """The phone of the company's person, logged in."""
    app.log_in(bidseal_company.mobile)
    return app


def choose_scan(app: App, path: Path) -> None:
    """Choose a scan, and wait for what is cut out of it."""
    app.files.paths = [path]
    app.press("sealApplicationScan")
    app.wait(lambda: app.window.modules.seals.state.cut is not None)
    app.settle()


def apply(app: App, sheet: Path, name: str = "公章二") -> None:
    """Apply for a seal with a photograph of a stamped sheet."""
    app.go(Screen.SEALS)
    app.press("sealsApply")
    app.settle()
    app.type("sealApplicationName", name)
    choose_scan(app, sheet)
    if not app.window.modules.seals.state.cut.is_measured:
        app.type("sealApplicationWidth", "42")
        app.type("sealApplicationHeight", "42")
    app.press("sealApplicationSubmit")
    app.wait_text("已提交, 状态为待审核")


def test_a_seal_is_applied_for_with_a_photograph_and_waits_for_its_review(
    holder: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    apply(holder, bidseal_company.files.stamped_sheet)
    (seal,) = bidseal_platform.operator.seals_to_review()
    assert (seal.name, seal.kind) == ("公章二", SealKind.OFFICIAL)
    assert seal.width_mm == pytest.approx(42.0, abs=1.5)
    assert seal.certificate_serial == holder.phone.certificates()[0].serial
    image = QImage.fromData(bidseal_platform.operator.seal_imprint(seal.seal_id))
    assert image.hasAlphaChannel()
    assert QColor(image.pixelColor(0, 0)).alpha() == 0
    assert bidseal_platform.operator.seal_scan(seal.seal_id) == bidseal_company.files.stamped_sheet.read_bytes()
    holder.press("sealApplicationDone")
    holder.wait_text("待审核")
    holder.wait_text("公章二")


def test_approved_and_refused_applications_are_told_apart(
    holder: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    apply(holder, bidseal_company.files.stamped_sheet, "好章")
    apply(holder, bidseal_company.files.stamped_sheet, "坏章")
    for seal in bidseal_platform.operator.seals_to_review():
        good = seal.name == "好章"
        bidseal_platform.operator.review_seal(seal.seal_id, approve=good, reason="" if good else "印模不完整")
    holder.go(Screen.SEALS)
    holder.wait_text("待申领")
    assert holder.sees("在电脑客户端【电子印章】中点【申领】")
    assert holder.sees("已驳回")
    assert holder.sees("原因: 印模不完整")
    claims = [s for s in holder.window.modules.seals.state.seals if holder.has(f"sealClaim_{s.seal_id}")]
    assert [s.state for s in claims] == [SealState.APPROVED]


def test_a_void_seal_stays_in_sight_and_is_no_longer_usable(holder: App, bidseal_platform: Platform) -> None:
    holder.go(Screen.SEALS)
    holder.wait_text("可用")
    bidseal_platform.operator.revoke_certificate(holder.phone.certificates()[0].serial, "公司注销")
    holder.go(Screen.SEALS)
    holder.wait_text("作废")
    assert not holder.sees("可用")
    assert holder.sees("公章")


def test_a_scan_without_a_good_seal_is_not_sent_and_it_is_said_why(
    holder: App, tmp_path: Path, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    blank = tmp_path / "blank.png"
    image = QImage(900, 900, QImage.Format.Format_RGB888)
    image.fill(QColor("#FFFFFF"))
    image.save(str(blank))
    holder.go(Screen.SEALS)
    holder.press("sealsApply")
    holder.settle()
    holder.type("sealApplicationName", "公章")
    choose_scan(holder, blank)
    holder.press("sealApplicationSubmit")
    assert holder.window.modules.seals.state.fault("scan") == "imprint.not_found"
    assert bidseal_platform.operator.seals_to_review() == ()
    holder.press("sealApplicationScanRemove_0")
    holder.files.paths = [bidseal_company.files.bid_document]
    holder.press("sealApplicationScan")
    holder.wait_text("印章扫描件须为 JPG 或 PNG 图片")


def test_a_size_that_is_missing_or_not_allowed_is_asked_for(
    holder: App, tmp_path: Path, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    sheet = tmp_path / "without-a-resolution.png"
    Image.open(bidseal_company.files.stamped_sheet).save(sheet)
    holder.go(Screen.SEALS)
    holder.press("sealsApply")
    holder.settle()
    holder.type("sealApplicationName", "公章")
    choose_scan(holder, sheet)
    assert not holder.window.modules.seals.state.cut.is_measured
    for width in ("", "abc", "nan", "-3", "80"):
        holder.type("sealApplicationWidth", width)
        holder.type("sealApplicationHeight", "42")
        holder.press("sealApplicationSubmit")
        holder.settle()
        assert holder.sees("圆章直径不超过 45 毫米"), width
    assert bidseal_platform.operator.seals_to_review() == ()


def test_a_phone_that_cannot_cut_out_seals_sends_to_the_workstation(
    make_app: Callable[..., App], bidseal_company: PreparedCompany
) -> None:
    app = make_app(can_cut=False)
    app.log_in(bidseal_company.mobile)
    app.go(Screen.SEALS)
    app.press("sealsApply")
    app.wait_text("请在电脑客户端申请印章")
    assert not app.has("sealApplicationSubmit")


def test_without_the_platform_the_claimed_seals_are_still_listed(holder: App, bidseal_platform: Platform) -> None:
    bidseal_platform.stop()
    holder.go(Screen.SEALS)
    holder.wait_text("无法连接平台")
    assert holder.sees("可用")
    bidseal_platform.start()
