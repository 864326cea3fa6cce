"""The dry run: it packs and opens real bids for the notice, says what fails, and leaves nothing behind."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import desktop.services.dry_run as module
from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.issuing import CertificateKind, Subject
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import PolicyGroup
from desktop.protocol.notices import Notice
from desktop.services.action import Preparation
from desktop.services.dry_run import DryRun, run_dry
from desktop.services.dry_run_cast import Authority
from tests.tenders.notices import BASIS, DOUBLE, DRAFT, NOW, notice_of

POLICIES = [
    tuple(PolicyGroup),
    (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY),
    (PolicyGroup.OPENING_KEY, PolicyGroup.TIME),
    (PolicyGroup.OPENING_KEY,),
]


@pytest.fixture(scope="module")
def member() -> CertificateFacts:
    subject = Subject(holder="王敏", organization=BASIS.agency, credit_code=BASIS.agency_code)
    return Authority(now=NOW, random=os.urandom).pair(CertificateKind.ENCRYPTION, subject).certificate


Run = Callable[..., DryRun]


@pytest.fixture
def dry(tmp_path: Path, member: CertificateFacts) -> Run:
    def go(notice: Notice, **how: Any) -> DryRun:
        how.setdefault("preparation", Preparation())
        return run_dry(notice, (member,), folder=tmp_path / "work", now=NOW, random=os.urandom, **how)

    return go


@pytest.mark.parametrize("groups", POLICIES, ids="+".join)
def test_three_test_bids_are_packed_and_opened_under_every_policy(dry: Run, groups: tuple[PolicyGroup, ...]) -> None:
    run = dry(notice_of(DRAFT.with_envelope("bid", groups=groups)))
    assert [(each.opened, each.count, each.code) for each in run.envelopes] == [(3, 3, "")]
    assert run.is_good


def test_both_envelopes_are_opened_and_nothing_is_left_behind(dry: Run, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    preparation = Preparation(report=lambda done, total, text: told.append((done, total, text)))
    run = dry(notice_of(DOUBLE), preparation=preparation)
    assert [(each.title, each.is_good) for each in run.envelopes] == [("商务技术文件", True), ("报价文件", True)]
    assert [done for done, _total, _text in told] == list(range(5))
    assert {total for _done, total, _text in told} == {5}
    assert list((tmp_path / "work").iterdir()) == []


def test_a_cancelled_dry_run_ends_at_once_and_leaves_nothing(dry: Run, tmp_path: Path) -> None:
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) > 12:
            raise RejectedError("general.cancelled")

    with pytest.raises(RejectedError) as ended:
        dry(notice_of(), preparation=Preparation(check=check))
    assert ended.value.code == "general.cancelled"
    assert list((tmp_path / "work").iterdir()) == []


def test_an_envelope_that_fails_is_said_with_its_cause_and_does_not_hide_the_other(
    dry: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.open_bids

    def spoiled(bids: Any, envelope_id: str, *rest: Any, **how: Any) -> Any:
        for fate in real(bids, envelope_id, *rest, **how):
            is_bad = envelope_id == "first" and fate.package_id == bids[1].package_id
            yield replace(fate, opened=None, cause="package.payload_damaged") if is_bad else fate

    monkeypatch.setattr(module, "open_bids", spoiled)
    first, second = dry(notice_of(DOUBLE)).envelopes
    assert (first.opened, first.code) == (2, "package.payload_damaged")
    assert second.is_good


def test_a_bid_that_opens_without_one_of_its_parties_fails_the_dry_run(
    dry: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "open_bid", lambda *_given, **_how: None)
    (envelope,) = dry(notice_of()).envelopes
    assert (envelope.opened, envelope.code) == (0, "tender.dry_run_opened_early")


def test_a_bid_that_comes_out_other_than_it_went_in_fails_the_dry_run(
    dry: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.open_bids

    def shortened(*given: Any, **how: Any) -> Any:
        for fate in real(*given, **how):
            yield replace(fate, opened=replace(fate.opened, files=fate.opened.files[:1]))

    monkeypatch.setattr(module, "open_bids", shortened)
    (envelope,) = dry(notice_of()).envelopes
    assert (envelope.opened, envelope.code, envelope.detail) == (0, "tender.dry_run_differs", "files")
