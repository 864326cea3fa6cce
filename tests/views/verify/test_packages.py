"""Verifying bid packages: whose bid for what, who can open it, nothing of one that is not intact."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.testing import OfficeWorker, PreparedCompany
from desktop.ui.tasks import CancelToken
from desktop.views.verify.model import VerifyModel
from tests.app.words import words_on
from tests.package.world import BIDDER, World, pack, plan_of, write_documents
from tests.views.verify.test_page import judged


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture
def foreign(world: World, tmp_path: Path) -> Path:
    """An intact package, signed under a root that this workstation does not know."""
    return pack(world, plan_of(world, write_documents(tmp_path / "files")), tmp_path / "投标.bid")


def test_an_intact_package_of_an_unknown_root_shows_what_it_is_and_is_never_called_valid(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, foreign: Path
) -> None:
    assert judged(bidseal_window, foreign) == [Verdict.CANNOT_TELL]
    words = words_on(bidseal_window.screen)
    for said in (BIDDER.name, "T-2026-001", "标段 1", "张三", "开标密钥", "平台时间密钥", "请勿当作有效文件使用"):
        assert said in words
    assert "截止前读取" not in words


def test_of_a_changed_package_nothing_is_believed_and_so_nothing_is_shown(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, foreign: Path
) -> None:
    data = bytearray(foreign.read_bytes())
    data[len(data) // 2] ^= 1
    foreign.write_bytes(data)
    assert judged(bidseal_window, foreign) == [Verdict.INVALID]
    words = words_on(bidseal_window.screen)
    assert "请勿使用此投标文件包" in words
    assert BIDDER.name not in words


def test_a_bid_that_others_could_read_early_is_called_so(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, world: World, tmp_path: Path
) -> None:
    plan = plan_of(world, write_documents(tmp_path / "files"))
    envelope = replace(plan.envelopes[0], groups=plan.envelopes[0].groups[1:])
    bid = pack(world, replace(plan, envelopes=(envelope,), allow_without_bidder=True), tmp_path / "早.bid")
    judged(bidseal_window, bid)
    assert "招标代理与平台共同即可在截止前读取" in words_on(bidseal_window.screen)


class LateCancel(CancelToken):
    """Is set while the first file is being read."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def raise_if_set(self) -> None:
        self._looks -= 1
        if self._looks <= 0:
            self.set()
        super().raise_if_set()


def test_a_package_given_up_in_the_middle_has_no_verdict_at_all(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, foreign: Path
) -> None:
    model = VerifyModel(bidseal_window.client.workspace)
    judged_files: list[object] = []
    model._judged.connect(judged_files.append)
    with pytest.raises(RejectedError, match=r"general\.cancelled"):
        model._judge_all((foreign,), lambda _done, _total, _text="": None, LateCancel(looks=2))
    assert judged_files == []
