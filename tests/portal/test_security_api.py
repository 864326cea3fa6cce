"""The client's calls about account security, against the platform itself."""

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, MobileChangeState
from desktop.domain.passwords import Strength
from desktop.portal.api import PlatformApi
from desktop.portal.security_api import MobileChangeForm
from desktop.testing.rig import Company
from tests.portal.platform import PAPER, Codes, SignIn

PASSWORD = "correct horse battery"
NEW = "13822222222"
MOBILE = Company().mobile


def test_password_is_set_and_logs_in(admin: PlatformApi, codes: Codes) -> None:
    assert admin.me()[0].has_password is False
    assert admin.send_password_code() == 60
    assert admin.set_password(PASSWORD, code=codes(MOBILE)) is Strength.STRONG
    assert admin.me()[0].has_password is True
    other = admin.sign_in_by_password(MOBILE, PASSWORD, device="前台电脑")
    assert other.account.account_id == admin.me()[0].account_id
    listed = {(s.method, s.device, s.is_current) for s in admin.sessions()}
    assert listed == {("sms", "", True), ("password", "前台电脑", False)}
    (strange,) = (s for s in admin.sessions() if not s.is_current)
    admin.end_session(strange.session_id)
    assert admin.end_other_sessions() == 0
    assert admin.set_password(PASSWORD + " 2", old=PASSWORD) is Strength.STRONG
    with pytest.raises(RejectedError, match=r"platform\.password_wrong"):
        admin.sign_in_by_password(MOBILE, PASSWORD)


def test_number_is_changed_and_the_change_cancelled(admin: PlatformApi, codes: Codes) -> None:
    assert admin.send_mobile_codes(NEW) == 60
    form = MobileChangeForm(new_mobile=NEW, new_code=codes(NEW), old_code=codes(MOBILE))
    change = admin.change_mobile(form)
    assert (change.state, change.new_masked) == (MobileChangeState.PENDING, "138****2222")
    assert admin.mobile_changes() == (change,)
    assert admin.cancel_mobile_change(change.change_id).state is MobileChangeState.CANCELLED
    assert "138" not in repr(form)


def test_lost_number_needs_papers(admin: PlatformApi, codes: Codes, desk: PlatformApi) -> None:
    admin.send_mobile_codes(NEW, with_old=False)
    check = admin.change_lost_mobile(NEW, codes(NEW), [PAPER])
    assert check.purpose is CheckPurpose.MOBILE_CHANGE
    desk.review_check(check.check_id, approve=True)
    assert [c.state for c in admin.mobile_changes()] == [MobileChangeState.PENDING]


def test_certificate_that_nobody_has_has_no_recovery(admin: PlatformApi, sign_in: SignIn) -> None:
    for call in (
        lambda: admin.store_recovery("AB", bytes(32)),
        lambda: admin.request_password_reset("AB", [PAPER]),
        lambda: admin.release_recovery("AB"),
        lambda: admin.begin_password_try("AB"),
        lambda: admin.end_password_try("AB", nonce=bytes(32), signature=bytes(64)),
    ):
        with pytest.raises(RejectedError, match=r"platform\.not_found"):
            call()
