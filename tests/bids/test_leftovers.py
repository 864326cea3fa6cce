"""Plaintext that cannot be deleted at once (a virus scanner holds it) is deleted at the next start, never forgotten."""

import shutil
from pathlib import Path

import pytest

from desktop.services.opening import OpenAction
from desktop.services.workspace import open_workspace
from tests.bids.conftest import Bidder


def hidden(bidder: Bidder) -> list[Path]:
    return [path for path in bidder.documents.iterdir() if path.name.startswith(".")]


def test_plaintext_that_is_held_after_a_failed_opening_goes_at_the_next_start(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bidder.pack()
    job = bidder.job(path)
    damaged = bytearray(path.read_bytes())
    payload = job.package.payloads["bid"]
    damaged[payload.offset + payload.size - 1] ^= 1
    path.write_bytes(damaged)
    with monkeypatch.context() as held:
        held.setattr(shutil, "rmtree", lambda *_, **__: None)
        view, _ = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=(job,)))
    assert view.details[0].code == "package.content_changed"
    assert not job.target.exists()
    (left,) = hidden(bidder)
    assert any(part.read_bytes() for part in left.rglob("*") if part.is_file())
    bidder.workspace.lock.close()
    open_workspace(
        profile=bidder.platform.profile,
        folder=bidder.workspace.folder,
        clock=bidder.clock,
        random=bidder.workspace.random,
    ).lock.close()
    assert hidden(bidder) == []


def test_plaintext_that_was_held_for_a_moment_goes_with_the_scan(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bidder.pack()
    job = bidder.job(path)
    real, calls = shutil.rmtree, []

    def held_once(folder: Path, **how: bool) -> None:
        calls.append(folder)
        if len(calls) > 1:
            real(folder, **how)

    monkeypatch.setattr(shutil, "rmtree", held_once)
    bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=(job,)))
    assert job.target.exists()
    assert hidden(bidder) == []
    assert len(calls) >= 2
