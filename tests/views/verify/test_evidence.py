"""Verifying what a platform has signed, by the window: its head and log, a receipt, a stranger's (T35)."""

from pathlib import Path

import pytest

from desktop.domain.clock import ManualClock
from desktop.domain.operations import Verdict
from desktop.formats.log import LogLine, write_piece
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.protocol.statements import Head, read_statement
from desktop.store.heads import HeadStore
from desktop.testing import OfficeWorker, PreparedCompany
from desktop.testing.prepared import Platform
from tests.app.words import words_on
from tests.log.world import Keeper, export_of, lines_of
from tests.views.verify.test_page import judged


@pytest.fixture
def api(bidseal_platform: Platform) -> PlatformApi:
    """What anybody may ask the platform."""
    return PlatformApi(HttpClient(bidseal_platform.handle.base_url), lambda: None)


def exported(api: PlatformApi, folder: Path) -> Path:
    head = api.tree_head()
    count = read_statement(head, Head).payload.size
    lines = [LogLine(kind=e.kind, at_us=e.at_us, body=e.body) for e in api.log_entries(0, max(count, 1))]
    (folder / "平台.bidlog").write_bytes(write_piece(head, 0, lines[:count]))
    return folder / "平台.bidlog"


def test_the_platforms_own_head_and_log_are_valid_and_say_what_stays_open(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, api: PlatformApi, tmp_path: Path
) -> None:
    head = tmp_path / "a.bidhead"
    head.write_bytes(api.tree_head())
    assert judged(bidseal_window, head) == [Verdict.VALID]
    assert "日志树头由平台存证密钥签署" in words_on(bidseal_window.screen)
    assert judged(bidseal_window, exported(api, tmp_path))[0] is Verdict.VALID
    words = words_on(bidseal_window.screen)
    assert "平台日志完整" in words
    assert "日志只含内容摘要" in words


def test_receipt_of_an_unknown_platform_is_never_called_valid(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_clock: ManualClock, tmp_path: Path
) -> None:
    receipt = tmp_path / "投标.bid.receipt"
    keeper = Keeper(folder=tmp_path / "other", clock=bidseal_clock)
    receipt.write_bytes(keeper.receipt())
    assert judged(bidseal_window, receipt) == [Verdict.CANNOT_TELL]
    assert "江西一建" in words_on(bidseal_window.screen)


def test_of_a_changed_log_nothing_is_shown(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, tmp_path: Path
) -> None:
    keeper, path = Keeper(folder=tmp_path / "other"), tmp_path / "b.bidlog"
    path.write_bytes(export_of(keeper.head(lines_of(9), platform="other"), lines_of(8)))
    assert judged(bidseal_window, path) == [Verdict.INVALID]
    words = words_on(bidseal_window.screen)
    assert "内容与签名的树根不符" in words
    assert "请勿采信此文件" in words


def test_t35_head_that_contradicts_a_kept_one_is_called_so(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    api: PlatformApi,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    data = api.tree_head()
    size = read_statement(data, Head).payload.size
    kept = Keeper(folder=tmp_path / "other").head(lines_of(size))
    HeadStore(request.getfixturevalue("_bidseal_state") / "desktop" / "heads").keep(kept)
    (tmp_path / "a.bidhead").write_bytes(data)
    assert judged(bidseal_window, tmp_path / "a.bidhead") == [Verdict.INVALID]
    assert "平台给出了互相矛盾的日志" in words_on(bidseal_window.screen)
