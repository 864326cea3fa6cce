"""登录, 账号与安全, 通知 and the change of unit on the phone, against a real platform (manual, 2 and 12)."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLineEdit

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, MemberRole, MobileChangeState
from desktop.phone.window.states import Screen
from desktop.portal.unit_api import GrantForm
from desktop.testing.prepared import Platform, PreparedCompany
from desktop.ui.i18n import Language
from tests.phone.app_world import ID_ZHAO, App

MOBILE, NEW_MOBILE = "13700137000", "13900139001"
SECRET, BETTER = "Ganjiang-2026!", "Poyang-Lake-2027!"
DAY = 24 * 3600


def set_password(app: App, password: str) -> None:
    """Set the first login password by a code."""
    app.go(Screen.LOGIN_PASSWORD)
    app.clock.advance(61)
    app.press("loginPasswordCodeSend")
    app.wait(lambda: app.window.modules.security.state.sent_count > 0)
    app.type("loginPasswordCode", app.platform.sms_code(app.window.app.mobile))
    app.type("loginPasswordNew", password)
    app.type("loginPasswordRepeated", password)
    app.press("loginPasswordSubmit")
    app.wait(lambda: app.screen is Screen.SECURITY)


def log_in_by_password(app: App, mobile: str, password: str) -> None:
    app.press("loginHow_password")
    app.type("loginMobile", mobile)
    app.type("loginPassword", password)
    app.press("loginSubmit")


def test_a_login_password_is_set_by_a_code_and_then_logs_in(app: App) -> None:
    app.log_in(MOBILE)
    app.go(Screen.SECURITY)
    app.wait_text("未设置")
    set_password(app, SECRET)
    app.wait_text("登录密码已设置")
    app.log_out()
    assert app.find(QLineEdit, "loginCode").text() == ""  # the one of the login before is used up
    log_in_by_password(app, MOBILE, "not-this-one-9")
    app.wait(lambda: app.window.app.state.problem_code == "platform.password_wrong")
    assert app.sees("手机号或登录密码不正确")
    assert app.find(QLineEdit, "loginMobile").text() == MOBILE
    app.type("loginPassword", SECRET)
    app.press("loginSubmit")
    app.wait(lambda: app.screen is Screen.HOME)
    assert app.window.app.state.session is not None
    assert app.window.app.state.session.has_password


def test_the_login_password_is_changed_by_the_old_one_and_other_devices_are_out(
    app: App, bidseal_platform: Platform
) -> None:
    app.log_in(MOBILE)
    set_password(app, SECRET)
    app.clock.advance(61)
    elsewhere = bidseal_platform.signed_in(MOBILE)
    assert elsewhere.me()[0].has_password
    app.go(Screen.LOGIN_PASSWORD)
    app.type("loginPasswordOld", SECRET)
    app.type("loginPasswordNew", "13700137000a")
    app.type("loginPasswordRepeated", "13700137000a")
    app.press("loginPasswordSubmit")
    app.settle()
    assert app.sees("太短、太常见, 或由手机号组成")
    app.type("loginPasswordNew", BETTER)
    app.type("loginPasswordRepeated", BETTER + "x")
    app.press("loginPasswordSubmit")
    assert app.sees("新密码与再次输入的内容不同")
    app.type("loginPasswordRepeated", BETTER)
    app.press("loginPasswordSubmit")
    app.wait(lambda: app.screen is Screen.SECURITY)
    with pytest.raises(RejectedError, match=r"platform\.signed_out"):
        elsewhere.me()


def test_no_password_waits_in_a_page_that_was_left(app: App) -> None:
    app.log_in(MOBILE)
    app.go(Screen.LOGIN_PASSWORD)
    app.type("loginPasswordNew", SECRET)
    app.window.app.back()
    assert all(SECRET not in edit.text() for edit in app.window.findChildren(QLineEdit))


def change_number(app: App, new: str) -> None:
    app.go(Screen.MOBILE)
    app.clock.advance(61)
    app.type("mobileNew", new)
    sent = app.window.modules.security.state.sent_count
    app.press("mobileNewCodeSend")
    app.wait(lambda: app.window.modules.security.state.sent_count > sent)
    app.type("mobileNewCode", app.platform.sms_code(new))


def test_the_number_changes_after_a_day_when_both_numbers_agreed(app: App, bidseal_clock: ManualClock) -> None:
    app.log_in(MOBILE)
    change_number(app, NEW_MOBILE)
    app.type("mobileOldCode", app.platform.sms_code(MOBILE))
    app.press("mobileSubmit")
    app.wait_text("将更换为 139****9001")
    assert app.sees("已提交, 24 小时后生效")
    bidseal_clock.advance(DAY + 60)
    app.window.app.open(Screen.ME)
    app.wait(lambda: app.screen is Screen.LOGIN)
    assert app.sees("登录已失效")
    app.log_in(NEW_MOBILE)
    assert app.window.app.state.session is not None
    assert not app.window.app.state.session.created


def test_a_change_of_number_can_be_cancelled_and_a_wrong_code_is_said(app: App) -> None:
    app.log_in(MOBILE)
    change_number(app, NEW_MOBILE)
    app.type("mobileOldCode", "000000")
    app.press("mobileSubmit")
    app.wait_text("验证码不正确")
    assert app.find(QLineEdit, "mobileNew").text() == NEW_MOBILE
    app.type("mobileOldCode", app.platform.sms_code(MOBILE))
    app.press("mobileSubmit")
    app.wait_text("将更换为 139****9001")
    app.languages.use(Language.ENGLISH)
    app.wait_text("To be changed to 139****9001")
    assert not app.sees("Both numbers are confirmed")  # that is for who fills in the form
    app.languages.use(Language.CHINESE)
    app.press("mobileCancel")
    app.wait_text("更换已取消")
    (change,) = app.phone.security.mobile_changes()
    assert change.state is MobileChangeState.CANCELLED


def test_the_present_number_is_no_new_one(app: App) -> None:
    app.log_in(MOBILE)
    app.go(Screen.MOBILE)
    app.type("mobileNew", MOBILE)
    app.press("mobileNewCodeSend")
    assert app.sees("账号已绑定此手机号")
    assert app.window.modules.security.state.sent_count == 0


def test_a_lost_number_is_changed_by_papers_and_a_review(
    app: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    app.log_in(bidseal_company.mobile)
    app.go(Screen.MOBILE)
    app.press("mobileHow_lost")
    app.clock.advance(61)
    app.type("mobileNew", NEW_MOBILE)
    app.press("mobileNewCodeSend")
    app.wait(lambda: app.window.modules.security.state.sent_count > 0)
    app.type("mobileNewCode", app.platform.sms_code(NEW_MOBILE))
    app.press("mobileSubmit")
    assert app.sees("此申请需要上传材料才能审核")
    app.files.paths = [bidseal_company.files.licence]
    app.press("mobilePapers")
    app.wait_text("营业执照.png")
    app.press("mobileSubmit")
    app.wait_text("材料已提交")
    (check,) = bidseal_platform.operator.checks_to_review()
    assert check.purpose is CheckPurpose.MOBILE_CHANGE
    bidseal_platform.operator.review_check(check.check_id, approve=True)
    app.go(Screen.MOBILE)
    app.wait_text("将更换为 139****9001")


def test_other_logins_are_listed_and_ended(app: App, bidseal_platform: Platform) -> None:
    elsewhere = bidseal_platform.signed_in(MOBILE)
    app.log_in(MOBILE)
    app.go(Screen.DEVICES)
    app.wait_text("张伟的手机")
    assert app.sees("本机")
    (other,) = [d for d in app.window.modules.security.state.devices if not d.is_current]
    app.press(f"deviceEnd_{other.session_id}")
    app.wait_text("登录已结束")
    with pytest.raises(RejectedError, match=r"platform\.signed_out"):
        elsewhere.me()
    app.settle()
    assert not app.has("devicesEndOthers")


def test_all_other_logins_end_with_one_touch(app: App, bidseal_platform: Platform) -> None:
    elsewhere = bidseal_platform.signed_in(MOBILE)
    app.log_in(MOBILE)
    app.go(Screen.DEVICES)
    app.press("devicesEndOthers")
    app.wait(lambda: len(app.window.modules.security.state.devices) == 1)
    with pytest.raises(RejectedError, match=r"platform\.signed_out"):
        elsewhere.me()


def test_a_session_that_was_ended_elsewhere_leads_to_the_login_and_says_why(
    app: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    app.log_in(bidseal_company.mobile)
    app.go(Screen.RECORDS)
    app.clock.advance(61)
    bidseal_platform.signed_in(bidseal_company.mobile).end_other_sessions()
    app.window.app.open(Screen.RECORDS)
    app.wait(lambda: app.screen is Screen.LOGIN)
    assert app.sees("登录已失效")
    assert app.window.modules.records.state.records == ()
    app.log_in(bidseal_company.mobile)


def test_unread_notices_are_marked_until_they_were_opened(app: App, bidseal_company: PreparedCompany) -> None:
    app.log_in(bidseal_company.mobile)
    app.wait(lambda: app.window.app.state.unread > 0)
    app.go(Screen.ME)
    assert app.sees(f"{app.window.app.state.unread} 条未读")
    app.press("meNotices")
    app.wait_text("印章已通过审核, 可以申领")
    assert app.sees("未读")
    assert app.phone.security.notices().unread == 0
    app.window.app.back()
    assert not app.sees("条未读")
    app.go(Screen.NOTICES)
    assert not app.sees("未读")


def test_the_next_person_on_the_phone_sees_nothing_of_the_one_before(
    app: App, bidseal_company: PreparedCompany
) -> None:
    app.log_in(bidseal_company.mobile)
    for screen in (Screen.RECORDS, Screen.UNIT, Screen.NOTICES, Screen.SEALS):
        app.go(screen)
    app.log_out()
    app.log_in(MOBILE)
    app.go(Screen.RECORDS)
    app.wait_text("还没有使用记录")
    assert app.sees("本人的使用记录")
    app.go(Screen.NOTICES)
    app.wait_text("暂无通知")


def test_a_person_of_two_units_acts_for_the_chosen_one(
    app: App, bidseal_company: PreparedCompany, bidseal_platform: Platform
) -> None:
    from desktop.testing.demo_files import Company
    from tests.phone.app_world import ID_QIAN

    boss = bidseal_platform.member(
        Company(
            name="江西测试路桥有限公司",
            credit_code="91360000158260000B",
            holder="钱多",
            id_number=ID_QIAN,
            mobile="13600136000",
        )
    )
    (unit,) = boss.me()[1]
    company = bidseal_company.company
    form = GrantForm(
        name=company.holder, id_number=company.id_number, mobile=company.mobile, role=MemberRole.CERTIFICATE_USER
    )
    grant = boss.give(unit.organization_id, form)
    app.log_in(company.mobile)
    paper = ("id.png", bidseal_company.files.licence.read_bytes(), "image/png")
    app.phone.unit.submit_for_grant(grant.grant_id, name=company.holder, id_number=company.id_number, papers=[paper])
    for check in bidseal_platform.operator.checks_to_review():
        bidseal_platform.operator.review_check(check.check_id, approve=True)
    app.go(Screen.HOME)
    app.wait(lambda: app.window.app.state.session is not None and len(app.window.app.state.session.organizations) == 2)
    assert app.has("homeUnit")
    app.go(Screen.RECORDS)
    assert app.window.modules.records.state.records
    app.go(Screen.ME)
    app.press(f"meUnit_{unit.organization_id}")
    assert app.window.app.state.organization is not None
    assert app.window.app.state.organization.name == "江西测试路桥有限公司"
    app.go(Screen.HOME)
    assert not app.has("homeUnit")
    app.go(Screen.RECORDS)
    assert app.window.modules.records.state.records == ()
    assert app.sees("江西测试路桥有限公司: 仅本人的使用记录")


def test_a_second_number_does_not_wait_for_the_minute_of_the_first(app: App) -> None:
    app.type("loginMobile", MOBILE)
    app.press("loginCodeSend")
    app.wait(lambda: app.window.app.state.sent_count == 1)
    assert app.window.login.code.wait_s > 0
    app.type("loginMobile", NEW_MOBILE)
    assert app.window.login.code.wait_s == 0
    app.press("loginCodeSend")
    app.wait(lambda: app.window.app.state.sent_count == 2)


def test_a_platform_that_is_away_is_said_and_the_page_can_be_tried_again(
    make_app: Callable[..., App], bidseal_platform: Platform
) -> None:
    app = make_app()
    app.log_in(MOBILE)
    bidseal_platform.stop()
    app.go(Screen.DEVICES)
    app.wait_text("无法连接平台")
    bidseal_platform.start()
    app.press("devicesProblemAction")
    app.wait_text("张伟的手机")
    assert ID_ZHAO not in app.texts()
