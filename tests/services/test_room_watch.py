"""A room is followed by its versions; a platform that was away is found again; who stops hears no more."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.services.room_watch import RoomWatch

SOON_S = 5.0


@dataclass(frozen=True)
class Version:
    version: int


class Platform:
    """Answers from a script, then holds every further question until the end of the test."""

    def __init__(self, *script: int | BidSealError) -> None:
        self.script = list(script)
        self.asked: list[int] = []
        self.waits: list[int] = []
        self.is_over = threading.Event()

    def ask(self, after: int, wait_s: int) -> Version:
        self.asked.append(after)
        self.waits.append(wait_s)
        if not self.script:
            self.is_over.wait(SOON_S)
            return Version(after)
        said = self.script.pop(0)
        if isinstance(said, BidSealError):
            raise said
        return Version(said)


class Page:
    """Hears the watch."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.changed = threading.Condition()

    def hear(self, what: object) -> None:
        with self.changed:
            self.heard.append(what)
            self.changed.notify_all()

    def wait_for(self, *what: object) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.heard == list(what), SOON_S), self.heard


Follow = Callable[..., RoomWatch[Version]]


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def follow(page: Page) -> Iterator[Follow]:
    started: list[tuple[RoomWatch[Version], Platform]] = []

    def start(platform: Platform, *, after: int = 0) -> RoomWatch[Version]:
        watch = RoomWatch(
            platform.ask,
            on_room=lambda room: page.hear(room.version),
            on_link=lambda online: page.hear("back" if online else "away"),
            on_lost=lambda error: page.hear(error.code),
        )
        started.append((watch, platform))
        watch.start(after=after)
        return watch

    yield start
    for watch, platform in started:
        watch.stop()
        platform.is_over.set()


def test_each_new_version_is_told_once_and_asked_beyond(page: Page, follow: Follow):
    platform = Platform(4, 4, 6)
    follow(platform, after=3)
    page.wait_for(4, 6)
    assert platform.asked[:3] == [3, 4, 4]


def test_platform_that_was_away_is_found_again_by_itself(page: Page, follow: Follow):
    follow(Platform(1, UnavailableError("portal.unreachable"), UnavailableError("portal.timeout"), 2))
    page.wait_for(1, "away", "back", 2)


def test_platform_that_is_back_is_heard_of_at_once_even_if_nothing_has_happened(page: Page, follow: Follow):
    platform = Platform(1, UnavailableError("portal.unreachable"), 1)
    follow(platform)
    page.wait_for(1, "away", "back")
    assert platform.waits[:3] == [25, 25, 0]


def test_refusal_ends_it_with_its_reason(page: Page, follow: Follow):
    platform = Platform(1, RejectedError("opening.closing_untrusted"), 2)
    follow(platform)
    page.wait_for(1, "opening.closing_untrusted")
    assert platform.script == [2]


def test_who_has_stopped_hears_no_more_of_what_was_under_way(page: Page, follow: Follow):
    platform = Platform(1)
    watch = follow(platform)
    page.wait_for(1)
    watch.stop()
    platform.script.append(2)
    platform.is_over.set()
    page.wait_for(1)
