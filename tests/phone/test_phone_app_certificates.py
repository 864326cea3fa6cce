"""数字证书 on the phone on a real platform: 延期, 变更, 补办 with their warnings, states, papers (manual 3, 5-7)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from desktop.domain.clock import ManualClock
from desktop.domain.operations import CertificateState, Operation, OrderKind, OrderState, SealState
from desktop.phone.core.people import MAX_PAPER_BYTES
from desktop.phone.window.certificates_model import CertificateItem, items_of
from desktop.phone.window.states import Screen, Stage
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.bidding import pack_bid
from desktop.testing.driver import wait_until
from desktop.testing.prepared import Platform, PreparedCompany, open_desk, sign_in
from desktop.testing.rig import scan_headless
from tests.phone.app_world import App

DAY = 24 * 3600
NEW_NAME = "江西省赣南高速公路智能科技有限责任公司"


@pytest.fixture
def holder(app: App, bidseal_company: PreparedCompany) -> App:
    """The phone of the company's person, logged in."""
    app.log_in(bidseal_company.mobile)
    return app


def items(app: App) -> tuple[CertificateItem, ...]:
    return items_of(app.window.app.state.certificates, app.window.modules.certificates.state.listed)


def open_first(app: App) -> CertificateItem:
    """Open the detail of the first certificate in the list."""
    app.go(Screen.CERTIFICATES)
    first = items(app)[0]
    app.press(f"certificate_{first.serial}")
    app.wait(lambda: app.screen is Screen.CERTIFICATE)
    return first


def begin(app: App, button: str) -> None:
    """Open an application, and wait until it was said what hangs on the certificate."""
    app.press(button)
    app.wait(lambda: app.screen is Screen.FOLLOW)
    app.wait(lambda: app.window.modules.follow.state.affected is not None)


def download(app: App, platform: Platform, state: Path, mobile: str) -> None:
    """Scan the download of the approved order at a workstation."""
    workspace = open_desk(platform, state, app.clock)
    app.clock.advance(61)
    sign_in(workspace, platform, mobile)
    (order,) = [o for o in workspace.api.orders() if o.state is OrderState.APPROVED]
    if order.kind is OrderKind.RENEW:  # agreed to by the old certificate, and so asked for by an enrolled workstation
        scan_headless(workspace, app.phone, EnrolAction(workspace), credit_code=order.credit_code)
    view, _ = scan_headless(workspace, app.phone, DownloadAction(workspace, order), credit_code=order.credit_code)
    assert not view.problem


def test_a_certificate_in_its_last_months_is_renewed_and_the_old_key_stays(
    app: App,
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
    bidseal_clock: ManualClock,
    second_desk: Path,
) -> None:
    bidseal_clock.advance(280 * DAY)
    app.log_in(bidseal_company.mobile)
    old = open_first(app)
    assert app.sees("即将到期")
    begin(app, "certificateRenew")
    assert app.sees("延期会生成新的密钥和证书")
    assert app.sees("旧密钥保留在手机中")
    app.press("followSubmit")
    app.wait_text("已提交, 等待平台审核")
    (order,) = bidseal_platform.operator.orders_to_review()
    assert (order.kind, order.predecessor) == (OrderKind.RENEW, old.serial)
    open_first(app)
    assert app.sees("证书延期: 待审核")
    assert not app.find(QAbstractButton, "certificateRenew").isEnabled()
    bidseal_platform.operator.review_order(order.order_id, approve=True)
    open_first(app)
    app.wait_text("证书延期: 已通过, 待下载")
    app.press("certificateDownload")
    assert app.window.scan.state.stage is not Stage.IDLE
    app.window.scan.leave()
    download(app, bidseal_platform, second_desk, bidseal_company.mobile)
    app.go(Screen.CERTIFICATES)
    app.wait(lambda: len(items(app)) == 2)
    new, kept = items(app)
    assert (new.state, new.is_here, kept.serial, kept.is_followed) == (CertificateState.VALID, True, old.serial, True)
    app.settle()
    assert app.sees("已由新证书接替, 旧密钥保留用于解密")
    app.go(Screen.SEALS)
    assert app.sees("可用")


def test_a_young_certificate_cannot_be_renewed_and_it_is_said_when(holder: App) -> None:
    open_first(holder)
    assert not holder.find(QAbstractButton, "certificateRenew").isEnabled()
    assert holder.sees("到期前 3 个月起可申请延期")


def test_a_new_name_revokes_the_certificate_and_voids_its_seals_in_sight(
    holder: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    old = open_first(holder)
    begin(holder, "certificateChange")
    assert holder.sees("变更后, 该证书下绑定的印章即作废, 需要重新申请")
    assert holder.sees("绑定的印章 1 枚")
    holder.type("followOrganization", bidseal_company.name)
    holder.press("followSubmit")
    assert holder.sees("与证书中的单位名称相同")
    assert holder.sees("此申请需要上传材料才能审核")
    holder.type("followOrganization", NEW_NAME)
    holder.files.paths = [bidseal_company.files.licence, bidseal_company.files.letter]
    holder.press("followPapers")
    holder.wait_text("经办人授权书.png")
    holder.press("followSubmit")
    holder.wait_text("已提交, 等待平台审核")
    (order,) = bidseal_platform.operator.orders_to_review()
    assert (order.kind, order.organization_name, order.papers) == (OrderKind.CHANGE, NEW_NAME, 2)
    bidseal_platform.operator.review_order(order.order_id, approve=True)
    holder.go(Screen.CERTIFICATES)
    holder.wait_text("已吊销")
    assert holder.sees("待下载")
    holder.press(f"certificate_{old.serial}")
    assert holder.sees("证书变更: 已通过, 待下载")
    assert not holder.find(QAbstractButton, "certificateChange").isEnabled()
    holder.go(Screen.SEALS)
    holder.wait_text("作废")
    assert holder.sees("已作废, 不能再使用")
    assert not holder.sees("可用")


def test_a_lost_phone_is_answered_by_a_reissue_and_the_seals_can_be_claimed_again(
    make_app: Callable[..., App],
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
    second_desk: Path,
) -> None:
    app = make_app("new-phone")
    app.log_in(bidseal_company.mobile)
    old = open_first(app)
    assert not old.is_here
    assert app.sees("不在本手机")
    assert not app.find(QAbstractButton, "certificateChangePassword").isEnabled()
    begin(app, "certificateReissue")
    assert app.sees("补办后, 原证书失效, 用它加密的投标文件将无法解密")
    app.files.paths = [bidseal_company.files.licence]
    app.press("followPapers")
    app.wait_text("营业执照.png")
    app.press("followSubmit")
    app.wait_text("已提交, 等待平台审核")
    (order,) = bidseal_platform.operator.orders_to_review()
    assert (order.kind, order.predecessor, order.papers) == (OrderKind.REISSUE, old.serial, 1)
    bidseal_platform.operator.review_order(order.order_id, approve=True)
    download(app, bidseal_platform, second_desk, bidseal_company.mobile)
    app.go(Screen.CERTIFICATES)
    app.wait(lambda: any(i.is_here and i.is_alive for i in items(app)))
    app.go(Screen.SEALS)
    app.wait_text("待申领")
    (seal,) = app.window.modules.seals.state.seals
    assert seal.state is SealState.APPROVED
    app.press(f"sealClaim_{seal.seal_id}")
    assert app.window.scan.state.stage is not Stage.IDLE
    app.window.scan.leave()


def test_bids_that_hang_on_the_certificate_are_named_before_it_is_given_up(
    bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    pack_bid(bidseal_window, bidseal_phone, bidseal_company.document())
    (record,) = bidseal_phone.phone.unit.usage_records(operation=Operation.SIGN_PACKAGE)
    screen = bidseal_phone.screen
    screen.click("homeCertificates")
    screen.click(f"certificate_{record.certificate_serial}")
    wait_until(lambda: bidseal_phone.window.modules.certificates.state.has_loaded, "the platform's list")
    screen.click("certificateReissue")
    follow = bidseal_phone.window.modules.follow
    wait_until(lambda: follow.state.affected is not None, "what hangs on the certificate")
    assert follow.state.affected is not None
    assert follow.state.affected.bids == (record.subject,)
    shown = "\n".join(w.text() for w in bidseal_phone.window.findChildren(QLabel) if w.isVisible())
    assert f"已用此证书加密的投标文件 1 份: {record.subject}" in shown


def test_what_cannot_be_asked_is_said_and_asked_again(holder: App, bidseal_platform: Platform) -> None:
    open_first(holder)
    bidseal_platform.stop()
    holder.press("certificateReissue")
    holder.wait_text("暂时无法查询受影响的印章和投标文件")
    bidseal_platform.start()
    holder.press("followAffectedAction")
    holder.wait_text("绑定的印章 1 枚")


def test_without_the_platform_the_phones_own_certificates_are_still_listed(
    holder: App, bidseal_platform: Platform
) -> None:
    bidseal_platform.stop()
    holder.go(Screen.CERTIFICATES)
    holder.wait_text("无法连接平台")
    (item,) = items(holder)
    holder.press(f"certificate_{item.serial}")
    holder.wait_text("连接平台后可办理延期、变更和补办")
    for name in ("certificateRenew", "certificateChange", "certificateReissue"):
        assert not holder.find(QAbstractButton, name).isEnabled()
    assert holder.find(QAbstractButton, "certificateChangePassword").isEnabled()
    bidseal_platform.start()


def test_papers_are_judged_before_they_are_sent(holder: App, tmp_path: Path, bidseal_company: PreparedCompany) -> None:
    open_first(holder)
    begin(holder, "certificateChange")
    holder.type("followOrganization", NEW_NAME)
    wrong, large, gone = tmp_path / "a.pdf", tmp_path / "b.pdf", tmp_path / "c.pdf"
    wrong.write_bytes(b"MZ no paper")
    large.write_bytes(b"%PDF-1.7" + b"0" * MAX_PAPER_BYTES)
    for path, words in (
        (wrong, "材料须为完好的 PDF、JPG 或 PNG 文件"),
        (large, "每份材料不能超过 5 MB"),
        (gone, "文件"),
    ):
        holder.files.paths = [path]
        holder.press("followPapers")
        holder.wait(lambda: bool(holder.window.modules.follow.state.fault("papers")))
        assert holder.sees(words)
        holder.window.modules.follow.touch("papers")
    holder.files.paths = [bidseal_company.files.licence] * 9
    holder.press("followPapers")
    assert holder.sees("最多上传 8 份材料")
    holder.files.paths = [bidseal_company.files.licence]
    holder.press("followPapers")
    holder.wait_text("营业执照.png")
    holder.press("followPapersRemove_0")
    assert holder.window.modules.follow.state.papers == ()
    assert holder.find(QLineEdit, "followOrganization").text() == NEW_NAME


def test_a_refused_order_says_why_in_the_list(
    holder: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    open_first(holder)
    begin(holder, "certificateReissue")
    holder.files.paths = [bidseal_company.files.licence]
    holder.press("followPapers")
    holder.wait_text("营业执照.png")
    holder.press("followSubmit")
    holder.wait_text("已提交, 等待平台审核")
    (order,) = bidseal_platform.operator.orders_to_review()
    bidseal_platform.operator.review_order(order.order_id, approve=False, reason="照片不清晰")
    holder.go(Screen.CERTIFICATES)
    holder.wait_text("驳回原因: 照片不清晰")
