"""The session of a workstation: answers about one that come after somebody else has signed in change nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.errors import RejectedError
from desktop.portal.records import SignedIn
from desktop.services.account import AccountService
from tests.views.login.world import FakeApi, a_session, an_account, make_workspace

pytestmark = pytest.mark.usefixtures("memory_keyring")

EARLIER = replace(a_session(an_account(name="王建国")), token="earlier")
LATER = replace(a_session(an_account(name="周敏")), token="later")


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(me=None, sign_out=None)


@pytest.fixture
def account(tmp_path: Path, api: FakeApi) -> AccountService:
    return make_workspace(tmp_path, api).account


def meanwhile(account: AccountService, session: SignedIn, answer: Any) -> Any:
    """Answer slowly: before the answer is there, somebody signs in."""

    def answered() -> Any:
        account.adopt(session, remember=True)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return answered


def who(account: AccountService) -> tuple[str | None, str]:
    return account.token(), account.account.name if account.account else ""


def test_late_word_of_an_earlier_session_is_not_taken_for_the_one_of_now(account: AccountService, api: FakeApi) -> None:
    account.adopt(EARLIER, remember=True)
    api.answers["me"] = meanwhile(account, LATER, (EARLIER.account, ()))
    account.refresh()
    assert who(account) == ("later", "周敏")


def test_late_word_of_a_session_does_not_bring_back_who_has_signed_out(account: AccountService, api: FakeApi) -> None:
    account.adopt(EARLIER, remember=True)

    def answered() -> Any:
        account.sign_out()
        return EARLIER.account, ()

    api.answers["me"] = answered
    account.refresh()
    assert who(account) == (None, "")


def test_remembered_session_that_does_not_hold_ends_no_other_that_was_begun_meanwhile(
    account: AccountService, api: FakeApi, tmp_path: Path
) -> None:
    account.adopt(EARLIER, remember=True)
    started = make_workspace(tmp_path, api).account
    api.answers["me"] = meanwhile(started, LATER, RejectedError("platform.signed_out"))
    assert not started.resume()
    assert who(started) == ("later", "周敏")
    api.answers["me"] = (LATER.account, ())
    again = make_workspace(tmp_path, api).account
    assert again.resume()
    assert who(again) == ("later", "周敏")


def test_remembered_session_does_not_take_the_place_of_who_was_faster_to_sign_in(
    account: AccountService, api: FakeApi, tmp_path: Path
) -> None:
    account.adopt(EARLIER, remember=True)
    started = make_workspace(tmp_path, api).account
    started.adopt(LATER, remember=False)
    assert not started.resume()
    assert who(started) == ("later", "周敏")


def test_signing_out_slowly_ends_no_session_that_was_begun_meanwhile(account: AccountService, api: FakeApi) -> None:
    account.adopt(EARLIER, remember=True)
    api.answers["sign_out"] = meanwhile(account, LATER, None)
    account.sign_out()
    assert who(account) == ("later", "周敏")
