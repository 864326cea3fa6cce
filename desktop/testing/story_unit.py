"""The story goes on: a colleague's certificate, another name, a forgotten password, a lost phone (manual 6-11).

Played between the first job and the work without a network; at its end the bidder's certificate is one that was issued
anew, on another phone, with a seal that nobody had to review again.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from desktop.domain.operations import SealState
from desktop.testing import unit_life
from desktop.testing.demo_files import write_demo_files
from desktop.testing.driver import NotAsExpectedError
from desktop.testing.stage import Cast
from desktop.testing.unit_life import Colleague

NEW_PASSWORD = "Gannan-2027-New"  # noqa: S105 - of a certificate that lives for one story
NEW_NAME = "江西省赣南高速公路建设集团有限责任公司"


def play_unit(cast: Cast) -> None:
    """Play the four acts."""
    _colleague(cast, Colleague())
    _other_name(cast)
    _forgotten_password(cast)
    _lost_phone(cast)


def _colleague(cast: Cast, colleague: Colleague) -> None:
    """The admin grants; the colleague claims at her own workstation, with her own phone."""
    cast.step("授权单位成员", lambda: unit_life.grant(cast.bidder, colleague))
    desk = cast.stage.open_client("colleague", "投标工位二")
    phone = cast.stage.open_phone("colleague-phone", colleague.mobile)
    both = partial(desk.picture_with, phone)
    desk.at_consent = lambda: cast.narrator.moment("-手机确认", both)

    def step(what: str, act: Callable[[], None]) -> None:
        cast.narrator.step(what, act, both)

    step("成员手机登录", lambda: phone.log_in(colleague.mobile))
    step("成员短信登录", lambda: desk.register(colleague.mobile, phone.newest_code))
    step("成员提交实名认证", lambda: unit_life.hand_in_identity(desk, colleague, cast.files.licence))
    cast.at_desk("审核实名认证", lambda: unit_life.approve_identity(cast.desk))
    step("成员扫码下载证书", lambda: unit_life.download_waiting(desk, phone))
    cast.stage.let_go(desk, phone)


def _other_name(cast: Cast) -> None:
    """The unit is renamed: the old certificate ends, its seals are void, a new one is applied for."""
    bidder, phone = cast.bidder, cast.phone
    renamed = write_demo_files(cast.stage.state / "renamed", replace(cast.company, name=NEW_NAME))
    papers = (renamed.licence, renamed.letter)
    cast.step("填写证书变更", lambda: unit_life.fill_in_change(bidder, NEW_NAME, *papers))
    cast.step("申请证书变更", lambda: unit_life.submit_application(bidder))
    cast.at_desk("审核证书变更", lambda: unit_life.approve_change(cast.desk))
    cast.step("印章已作废", lambda: unit_life.see_void_seals(bidder))
    cast.step("扫码下载变更后的证书", lambda: unit_life.download_waiting(bidder, phone))
    cast.step("重新申请印章", lambda: bidder.apply_for_seal(renamed))
    cast.at_desk("审核重新申请的印章", cast.desk.approve_seal)
    cast.step("扫码申领重新申请的印章", lambda: unit_life.claim_at_once(bidder, phone))


def _forgotten_password(cast: Cast) -> None:
    """The certificate password is forgotten: after an identity check a new one is set, and the key is the same."""
    bidder, phone = cast.bidder, cast.phone
    cast.step("申请重置证书密码", lambda: unit_life.ask_for_reset(bidder, cast.files.letter))
    cast.at_desk("审核重置申请", lambda: unit_life.approve_identity(cast.desk))
    serial = unit_life.own_serial(bidder)
    cast.step("在手机上设置新密码", lambda: unit_life.set_forgotten_password(phone, serial, NEW_PASSWORD))
    cast.step("用新密码扫码登录", lambda: unit_life.log_in_with(bidder, phone, NEW_PASSWORD))


def _lost_phone(cast: Cast) -> None:
    """The phone is lost: the certificate is issued anew to another one, and the seal claimed without a review."""
    bidder, mobile = cast.bidder, cast.company.mobile
    cast.step("填写补办申请", lambda: unit_life.fill_in_reissue(bidder, cast.files.letter))
    cast.step("申请补办", lambda: unit_life.submit_application(bidder))
    cast.at_desk("审核补办", lambda: unit_life.approve_change(cast.desk))
    cast.lose_phone()
    cast.step("新手机登录", lambda: cast.phone.log_in(mobile))
    # What was logged in with the lost phone is logged out by the platform (T29).
    cast.step("重新短信登录", lambda: unit_life.log_in_anew(bidder, mobile, cast.phone))
    cast.step("扫码下载补办的证书", lambda: unit_life.download_waiting(bidder, cast.phone))
    cast.step("无需审核直接申领印章", lambda: unit_life.claim_at_once(bidder, cast.phone))
    seals = [s.state for s in bidder.client.workspace.api.seals() if s.state is not SealState.VOID]
    if seals != [SealState.CLAIMED]:
        raise NotAsExpectedError(f"one seal was to be claimed anew; there are {seals}")
