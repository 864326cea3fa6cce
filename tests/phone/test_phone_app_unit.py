"""授权管理, 待申领的证书 and 使用记录 on the phone, against a real platform (manual, 9 and 10)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from desktop.domain.operations import GrantState, MemberRole, OrderKind
from desktop.phone.window import records_model
from desktop.phone.window.certificates_model import items_of
from desktop.phone.window.states import Screen
from desktop.services.download import DownloadAction
from desktop.testing.prepared import Platform, PreparedCompany, open_desk, sign_in
from desktop.testing.rig import scan_headless
from tests.phone.app_world import ID_ZHAO, App

ZHAO = "13900139000"


def grant(app: App, *, name: str = "赵敏", id_number: str = ID_ZHAO, mobile: str = ZHAO, role: str = "") -> str:
    """Fill in and send a grant; return its id."""
    app.go(Screen.UNIT)
    app.press("unitAdd")
    if role:
        app.press(f"grantRole_{role}")
    app.type("grantName", name)
    app.type("grantIdNumber", id_number)
    app.type("grantMobile", mobile)
    app.press("grantSubmit")
    app.wait(lambda: app.screen is Screen.UNIT)
    app.settle()
    return app.window.modules.unit.state.grants[0].grant_id


def prove_identity(app: App, company: PreparedCompany, grant_id: str) -> None:
    """Hand in who one is, as the grantee."""
    app.go(Screen.CERTIFICATES)
    app.press("certificatesTab_claimable")
    app.press(f"claim_{grant_id}")
    app.files.paths = [company.files.licence]
    app.type("followName", "赵敏")
    app.type("followIdNumber", ID_ZHAO)
    app.press("followPapers")
    app.wait_text("营业执照.png")
    app.press("followSubmit")
    app.wait_text("已提交, 等待平台审核")


def approve_checks(platform: Platform) -> None:
    for check in platform.operator.checks_to_review():
        platform.operator.review_check(check.check_id, approve=True)


@pytest.fixture
def admin(app: App, bidseal_company: PreparedCompany) -> App:
    """The phone of the company's certificate admin, logged in."""
    app.log_in(bidseal_company.mobile)
    return app


@pytest.fixture
def member(make_app: Callable[..., App], admin: App, bidseal_company: PreparedCompany) -> App:
    """The phone of a certificate user of the company, logged in; the review desk has accepted who it is."""
    grant_id = grant(admin)
    other = make_app("other")
    other.log_in(ZHAO)
    prove_identity(other, bidseal_company, grant_id)
    approve_checks(admin.platform)
    other.go(Screen.HOME)
    other.wait(lambda: other.window.app.state.organization is not None)
    return other


def test_a_granted_person_claims_proves_who_it_is_and_downloads(
    make_app: Callable[..., App],
    admin: App,
    bidseal_company: PreparedCompany,
    second_desk: Path,
) -> None:
    platform, clock = admin.platform, admin.clock
    grant_id = grant(admin)
    assert admin.sees("已授权, 对方登录后可在【待申领的证书】中申领")
    assert ID_ZHAO not in admin.texts()
    app = make_app("other")
    app.log_in(ZHAO)
    prove_identity(app, bidseal_company, grant_id)
    assert all(ID_ZHAO not in edit.text() for edit in app.window.findChildren(QLineEdit))
    app.go(Screen.CERTIFICATES)
    assert app.sees("身份待审核")
    assert not app.has(f"claim_{grant_id}")
    approve_checks(platform)
    app.go(Screen.CERTIFICATES)
    app.wait_text("待下载")
    assert app.sees("在电脑客户端【数字证书】中点【下载】")
    workspace = open_desk(platform, second_desk, clock)
    clock.advance(61)
    sign_in(workspace, platform, ZHAO)
    (order,) = workspace.api.orders()
    assert order.kind is OrderKind.GRANT
    view, _ = scan_headless(workspace, app.phone, DownloadAction(workspace, order), credit_code=order.credit_code)
    assert not view.problem
    app.press("certificatesTab_mine")
    app.go(Screen.CERTIFICATES)
    app.wait_text("有效")
    (item,) = items_of(app.phone.certificates(), app.phone.registry.certificates())
    assert (item.holder, item.is_here) == ("赵敏", True)
    assert not app.has(f"order_{order.order_id}")


def test_the_scanner_opens_from_an_order_that_can_be_downloaded(member: App) -> None:
    member.go(Screen.CERTIFICATES)
    (order,) = member.window.modules.certificates.state.orders
    member.press(f"orderDownload_{order.order_id}")
    assert member.window.scan.state.stage != "idle"
    member.window.scan.leave()


def test_a_wrong_identity_is_refused_at_the_form_and_nothing_is_lost(
    make_app: Callable[..., App], admin: App, bidseal_company: PreparedCompany
) -> None:
    grant_id = grant(admin)
    app = make_app("other")
    app.log_in(ZHAO)
    app.go(Screen.CERTIFICATES)
    app.press("certificatesTab_claimable")
    app.press(f"claim_{grant_id}")
    app.type("followIdNumber", "110105194912310021")
    assert app.sees("身份证号应为 18 位且校验位正确")
    app.press("followSubmit")
    assert app.sees("此申请需要上传材料才能审核")
    assert app.sees("名称为空")
    app.files.paths = [bidseal_company.files.licence]
    app.press("followPapers")
    app.type("followName", "周芷若")
    app.type("followIdNumber", ID_ZHAO)
    app.wait_text("营业执照.png")
    app.press("followSubmit")
    app.wait(lambda: bool(app.window.modules.follow.state.problem_code or app.window.modules.follow.state.faults))
    assert app.find(QLineEdit, "followName").text() == "周芷若"
    assert app.sees("营业执照.png")


def test_the_form_checks_name_number_and_mobile_before_anything_is_sent(admin: App) -> None:
    admin.go(Screen.UNIT)
    admin.press("unitAdd")
    admin.type("grantIdNumber", "110105194912310021")
    assert admin.sees("身份证号应为 18 位且校验位正确")
    admin.type("grantMobile", "139")
    admin.press("grantSubmit")
    assert admin.sees("名称为空")
    assert admin.sees("请输入 11 位中国大陆手机号")
    assert admin.screen is Screen.GRANT
    assert admin.phone.unit.grants(_unit(admin)) == ()


def test_the_same_person_is_not_granted_twice(admin: App) -> None:
    grant(admin)
    admin.press("unitAdd")
    admin.type("grantName", "赵敏")
    admin.type("grantIdNumber", ID_ZHAO)
    admin.type("grantMobile", ZHAO)
    admin.press("grantSubmit")
    admin.wait_text("该人员已有待处理的授权")
    assert admin.find(QLineEdit, "grantName").text() == "赵敏"


def test_a_grant_is_revoked_after_a_question(make_app: Callable[..., App], admin: App) -> None:
    grant_id = grant(admin)
    admin.press(f"revokeGrant_{grant_id}")
    admin.press("unitConfirmKeep")
    assert not admin.has("unitConfirm")
    admin.press(f"revokeGrant_{grant_id}")
    admin.press("unitConfirmGo")
    admin.wait_text("授权已撤销")
    admin.settle()
    assert not admin.has(f"grant_{grant_id}")
    (row,) = admin.phone.unit.grants(_unit(admin))
    assert row.state is GrantState.REVOKED
    app = make_app("other")
    app.log_in(ZHAO)
    app.go(Screen.CERTIFICATES)
    app.press("certificatesTab_claimable")
    app.wait_text("没有待申领的证书")


def test_an_admin_makes_another_admin_who_then_may_grant(admin: App, member: App) -> None:
    admin.go(Screen.UNIT)
    (zhao,) = [m for m in admin.window.modules.unit.state.members if not m.is_self]
    admin.press(f"setRole_{zhao.account_id}")
    admin.press("unitConfirmGo")
    admin.wait_text("角色已变更")
    member.go(Screen.HOME)
    member.wait(lambda: member.has("homeUnit"))
    member.press("homeUnit")
    member.wait_text("赵敏 (本人)")
    assert member.has("unitAdd")


def test_a_member_is_removed_after_a_question_and_loses_the_unit(admin: App, member: App) -> None:
    admin.go(Screen.UNIT)
    (zhao,) = [m for m in admin.window.modules.unit.state.members if not m.is_self]
    admin.press(f"removeMember_{zhao.account_id}")
    assert admin.sees("其在本单位的证书立即吊销")
    admin.press("unitConfirmGo")
    admin.wait_text("成员已移除")
    member.go(Screen.HOME)
    member.wait(lambda: member.window.app.state.organization is None)


def test_the_last_admin_is_not_offered_to_leave(admin: App) -> None:
    admin.go(Screen.UNIT)
    (own,) = admin.window.modules.unit.state.members
    assert admin.sees("最后一名管理员, 不能移除或降级")
    assert not admin.has(f"removeMember_{own.account_id}")


def test_a_certificate_user_has_no_tile_and_is_refused_by_the_platform(member: App) -> None:
    assert not member.has("homeUnit")
    member.go(Screen.UNIT)
    assert member.window.modules.unit.state.problem_code == "platform.forbidden"
    assert member.sees("您是证书使用人, 没有授权管理权限")
    assert not member.has("unitAdd")
    member.window.modules.unit.begin_grant()
    member.type("grantName", "钱多")
    member.type("grantIdNumber", "320311197001015119")
    member.type("grantMobile", "13600136000")
    member.press("grantSubmit")
    member.wait_text("您的角色不允许此操作")


def test_an_admin_sees_the_units_records_and_a_user_only_his_own(admin: App, member: App) -> None:
    admin.go(Screen.RECORDS)
    assert admin.sees("单位全体成员的使用记录 (您是证书管理员)")
    assert admin.sees("申领印章")
    assert admin.sees("使用者 张伟")
    assert admin.sees("成功")
    serial = admin.phone.certificates()[0].serial
    assert admin.sees(f"证书序列号 {serial}")
    member.go(Screen.RECORDS)
    assert member.sees("仅本人的使用记录")
    assert member.window.modules.records.state.records == ()


def test_records_come_page_by_page_and_by_operation(admin: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_model, "PAGE", 2)
    admin.go(Screen.RECORDS)
    records = admin.window.modules.records
    assert len(records.state.records) == 2
    admin.press("recordsMore")
    admin.settle()
    assert len(records.state.records) == 3
    assert len({r.number for r in records.state.records}) == 3
    assert not admin.has("recordsMore")
    records.choose_operation("download")
    admin.settle()
    assert {r.operation for r in records.state.records} == {"download"}


def test_scrolling_to_the_end_fetches_more(admin: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records_model, "PAGE", 2)
    admin.go(Screen.RECORDS)
    page = admin.window._app_pages.page(Screen.RECORDS)
    bar = page.scroller.verticalScrollBar()
    bar.setMaximum(2000)
    bar.setValue(2000)
    admin.wait(lambda: len(admin.window.modules.records.state.records) == 3)


def _unit(app: App) -> str:
    unit = app.window.app.state.organization
    assert unit is not None
    assert unit.member_role == MemberRole.CERTIFICATE_ADMIN
    return unit.organization_id
