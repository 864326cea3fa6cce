"""证书密码 on the phone, on a real platform: forgotten, locked, reset after an identity check (manual 11)."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton

from desktop.domain.operations import CheckPurpose, CheckState
from desktop.phone.core import secret_password
from desktop.phone.core.guard import ResetStage
from desktop.phone.window.states import Screen
from desktop.testing.prepared import Platform, PreparedCompany
from desktop.ui.kit import TextField
from tests.phone.app_world import App
from tests.views.certificates.world import PNG

NEW, WRONG = "Nanchang-2031-New", "Jiujiang-2030-Wrong"


@pytest.fixture
def holder(app: App, bidseal_company: PreparedCompany) -> App:
    """The phone of the company's person, logged in; the certificate was used once, so that it can be recovered."""
    app.log_in(bidseal_company.mobile)
    (certificate,) = app.phone.certificates()
    word = secret_password(bidseal_company.password)
    assert app.phone.change_password(certificate.entry_id, word, word).keys is not None
    return app


def open_certificate(app: App) -> str:
    app.go(Screen.CERTIFICATES)
    app.wait(lambda: bool(app.window.app.state.certificates))
    (certificate,) = app.window.app.state.certificates
    app.press(f"certificate_{certificate.serial}")
    app.wait(lambda: app.screen is Screen.CERTIFICATE)
    return certificate.entry_id


def open_forgotten(app: App) -> str:
    entry = open_certificate(app)
    app.press("certificateForgotten")
    app.wait(lambda: app.screen is Screen.FORGOTTEN and app.window.modules.forgotten.state.stage is not None)
    app.settle()
    return entry


def hand_in(app: App, folder: Path) -> None:
    paper = folder / "身份证.png"
    paper.write_bytes(PNG)
    app.files.paths = [paper]
    app.press("forgottenPapers")
    app.wait(lambda: len(app.window.modules.forgotten.state.papers) == 1)
    app.press("forgottenSubmit")
    app.wait(lambda: app.window.modules.forgotten.state.stage is ResetStage.PENDING)


def decide(platform: Platform, *, approve: bool, reason: str = "") -> None:
    (check,) = platform.operator.checks_to_review()
    assert check.purpose is CheckPurpose.PASSWORD_RESET
    platform.operator.review_check(check.check_id, approve=approve, reason=reason)


def test_a_forgotten_password_is_reset_from_the_lock_to_the_new_one(
    holder: App, bidseal_company: PreparedCompany, bidseal_platform: Platform, tmp_path: Path
) -> None:
    app, phone = holder, holder.phone
    for _ in range(10):
        phone.change_password(phone.certificates()[0].entry_id, secret_password(WRONG), secret_password(NEW))
    entry = open_certificate(app)
    app.wait_text("证书密码已锁定")
    assert app.sees("已锁定")
    assert not app.find(QAbstractButton, "certificateChangePassword").isEnabled()
    app.press("certificateForgotten")
    app.wait(lambda: app.screen is Screen.FORGOTTEN and app.window.modules.forgotten.state.stage is ResetStage.NONE)
    assert app.sees("需要实名认证, 密钥和证书不变")
    assert not app.has("forgottenNew")
    app.press("forgottenSubmit")
    app.wait(lambda: app.window.modules.forgotten.state.fault("papers") != "")
    assert bidseal_platform.operator.checks_to_review() == ()
    hand_in(app, tmp_path)
    assert app.sees("待审核")
    assert not app.has("forgottenSubmit")
    decide(bidseal_platform, approve=False, reason="照片不清晰")
    app.press("forgottenLook")
    app.wait_text("照片不清晰")
    app.clock.advance(60)
    hand_in(app, tmp_path)
    decide(bidseal_platform, approve=True)
    app.press("forgottenLook")
    app.wait_text("已通过: 请设置新密码")
    app.type("forgottenNew", "123456")
    app.type("forgottenRepeated", "123456")
    app.press("forgottenSet")
    app.wait(lambda: app.window.modules.forgotten.state.problem_code == "phone.password_weak")
    app.type("forgottenNew", NEW)
    app.type("forgottenRepeated", NEW + "x")
    app.press("forgottenSet")
    app.wait(lambda: app.window.modules.forgotten.state.problem_code == "phone.password_differs")
    app.type("forgottenRepeated", NEW)
    app.press("forgottenSet")
    app.wait_text("证书密码已重置")
    app.press("forgottenDone")
    app.wait(lambda: app.screen is Screen.CERTIFICATE and not app.has("certificateLocked"))
    assert app.find(QAbstractButton, "certificateChangePassword").isEnabled()
    unlock = phone._keystore.unlock
    assert unlock(entry, secret_password(bidseal_company.password)).keys is None
    assert unlock(entry, secret_password(NEW)).keys is not None
    assert [c.state for c in bidseal_platform.operator.checks_to_review("used")] == [CheckState.USED]
    # The fields do not keep what was typed.
    assert app.window.modules.forgotten.state.papers == ()
    assert NEW not in "".join(f.value for f in _fields(app))


def _fields(app: App) -> list[TextField]:
    return [w for w in app.window.findChildren(TextField) if w.objectName().startswith("forgotten")]


def test_a_reset_goes_on_where_it_stood_after_the_phone_was_switched_off(
    holder: App, bidseal_platform: Platform, bidseal_company: PreparedCompany, tmp_path: Path
) -> None:
    open_forgotten(holder)
    hand_in(holder, tmp_path)
    holder.log_out()
    holder.log_in(bidseal_company.mobile)
    open_forgotten(holder)
    assert holder.sees("待审核")
    decide(bidseal_platform, approve=True)
    holder.press("forgottenLook")
    holder.wait_text("已通过: 请设置新密码")


def test_a_platform_that_cannot_be_asked_is_said_and_asked_again(holder: App, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.domain.errors import UnavailableError

    def away(_: str) -> object:
        raise UnavailableError("phone.platform_unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(holder.phone, "reset_standing", away)
        open_certificate(holder)
        holder.press("certificateForgotten")
        holder.wait(lambda: holder.window.modules.forgotten.state.problem_code == "phone.platform_unreachable")
        assert holder.has("forgottenProblem")
    holder.press("forgottenLook")
    holder.wait(lambda: holder.window.modules.forgotten.state.stage is ResetStage.NONE)
    assert not holder.has("forgottenProblem")


def test_a_certificate_that_was_never_handed_in_says_how_to_make_it_recoverable(
    app: App, bidseal_company: PreparedCompany, tmp_path: Path
) -> None:
    app.log_in(bidseal_company.mobile)
    open_forgotten(app)
    hand = tmp_path / "a.png"
    hand.write_bytes(PNG)
    app.files.paths = [hand]
    app.press("forgottenPapers")
    app.wait(lambda: len(app.window.modules.forgotten.state.papers) == 1)
    app.press("forgottenSubmit")
    app.wait(lambda: app.window.modules.forgotten.state.problem_code == "platform.no_recovery")
    assert app.window.modules.forgotten.state.papers != (), "what was chosen is not lost"
