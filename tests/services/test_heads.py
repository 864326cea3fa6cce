"""The workstation watches the platform's log: what it has seen once must stay, or it says so loudly (T35)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.crypto.merkle import consistency_path
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.formats.log import LogLine
from desktop.protocol.statements import Head, read_statement
from desktop.services.events import Changed, EventBus
from desktop.services.heads import HeadKeeper, HeadNews, Seen
from desktop.services.trust import TrustKeeper
from desktop.store.heads import HeadStore, kept_heads
from tests.log.world import NOW, PLATFORM, Keeper, lines_of


@dataclass(kw_only=True)
class Api:
    """The platform's calls, answered from a log that a test may bend."""

    keeper: Keeper
    lines: list[LogLine]
    fails: dict[str, Exception] = field(default_factory=dict)
    platform: str = PLATFORM

    def tree_head(self) -> bytes:
        self._fail("head")
        return self.keeper.head(self.lines, platform=self.platform)

    def consistency_proof(self, first: int, second: int) -> tuple[bytes, ...]:
        self._fail("proof")
        if second > len(self.lines):
            raise RejectedError("platform.bad_field", "size")
        return consistency_path([line.leaf for line in self.lines[:second]], first)

    def crl(self, which: str) -> bytes:
        authority = self.keeper.authority
        return authority.root_crl(()) if which == "root" else authority.issuing_crl(())

    def _fail(self, what: str) -> None:
        if what in self.fails:
            raise self.fails[what]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A workstation that looks."""

    api: Api
    heads: HeadKeeper
    store: HeadStore
    heard: list[Changed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What trust needs of a platform's profile."""

    root: bytes
    issuing: tuple[bytes, ...]
    profile_id: str = PLATFORM


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    keeper = Keeper(folder=tmp_path / "platform")
    api = Api(keeper=keeper, lines=lines_of(5))
    authority = keeper.authority
    trust = TrustKeeper(
        profile=Profile(root=authority.root, issuing=(authority.issuing,)),  # type: ignore[arg-type]
        api=api,  # type: ignore[arg-type]
        folder=tmp_path / "trust",
        clock=keeper.clock,
    )
    store, bus, heard = HeadStore(tmp_path / "heads"), EventBus(), list[Changed]()
    bus.subscribe(heard.append)
    heads = HeadKeeper(platform=PLATFORM, api=api, trust=trust, store=store, bus=bus, clock=keeper.clock)  # type: ignore[arg-type]
    return Watch(api=api, heads=heads, store=store, heard=heard)


def kept_size(watch: Watch) -> int:
    return read_statement(watch.store.newest(), Head).payload.size


def grow(watch: Watch, count: int) -> None:
    watch.api.keeper.clock.advance(60)
    watch.api.lines += lines_of(count, at=watch.api.keeper.clock.now())


def test_log_that_only_grows_is_followed(watch: Watch) -> None:
    assert watch.heads.look() is HeadNews.FIRST
    assert watch.heads.look() is HeadNews.SAME
    for more in (1, 2, 30):
        grow(watch, more)
        assert watch.heads.look() is HeadNews.GROWN
    assert kept_size(watch) == 38
    assert (watch.heads.is_contradicted, watch.heard) == (False, [])


def change_an_entry(watch: Watch) -> None:
    watch.api.lines[2] = lines_of(9)[8]


def change_and_grow(watch: Watch) -> None:
    change_an_entry(watch)
    grow(watch, 3)


def drop_and_grow(watch: Watch) -> None:
    del watch.api.lines[1]
    grow(watch, 3)


def roll_back(watch: Watch) -> None:
    watch.api.keeper.clock.advance(60)
    del watch.api.lines[3:]


def show_another_log(watch: Watch) -> None:
    watch.api.keeper.clock.advance(60)
    watch.api.lines = lines_of(7, at=NOW - timedelta(days=1))


@pytest.mark.usefixtures("expected_warnings")
@pytest.mark.parametrize("cheat", [change_an_entry, change_and_grow, drop_and_grow, roll_back, show_another_log])
def test_t35_platform_that_contradicts_itself_is_found_told_and_its_heads_are_kept(
    watch: Watch, cheat: Callable[[Watch], None]
) -> None:
    watch.heads.look()
    before = watch.store.newest()
    cheat(watch)
    assert watch.heads.look() is HeadNews.CONTRADICTION
    assert watch.heard == [Changed.LOG_CONTRADICTED]
    assert watch.heads.is_contradicted
    assert watch.store.newest() == before  # never silently replaced
    (contrary,) = watch.store.contradictions()
    assert contrary.read_bytes() != before
    assert before in kept_heads((watch.store.folder,))
    assert watch.heads.look() is HeadNews.CONTRADICTION


@pytest.mark.usefixtures("expected_warnings")
def test_t35_two_workstations_that_are_shown_two_logs_find_it_by_one_head(watch: Watch, tmp_path: Path) -> None:
    """Split view: the other workstation's kept head is looked at here."""
    watch.heads.look()
    other = watch.api.keeper.head(lines_of(6)[1:])
    HeadStore(tmp_path / "elsewhere").keep(other)
    (seen,) = kept_heads((tmp_path / "elsewhere",))
    assert watch.heads.seen(Seen(data=seen, head=read_statement(seen, Head).payload)) is HeadNews.CONTRADICTION


def test_earlier_head_of_the_same_log_is_no_contradiction_and_changes_nothing(watch: Watch) -> None:
    late = Seen(data=watch.api.tree_head(), head=read_statement(watch.api.tree_head(), Head).payload)
    grow(watch, 4)
    watch.heads.look()
    assert watch.heads.seen(late) is HeadNews.EARLIER
    assert kept_size(watch) == 9
    assert not watch.heads.is_contradicted


@pytest.mark.usefixtures("expected_warnings")
def test_platform_that_cannot_be_asked_is_no_contradiction(watch: Watch) -> None:
    watch.heads.look()
    grow(watch, 2)
    for what in ("head", "proof"):
        watch.api.fails = {what: UnavailableError("portal.unreachable")}
        assert watch.heads.look() is HeadNews.UNKNOWN
    watch.api.fails = {"proof": RejectedError("portal.bad_answer")}
    assert watch.heads.look() is HeadNews.UNPROVEN
    assert kept_size(watch) == 5
    watch.api.fails = {}
    assert watch.heads.look() is HeadNews.GROWN


def test_head_of_another_platform_or_by_another_key_is_not_looked_at(watch: Watch, tmp_path: Path) -> None:
    watch.api.platform = "other"
    assert watch.heads.look() is HeadNews.UNKNOWN
    watch.api.platform = PLATFORM
    own = watch.api.keeper
    watch.api.keeper = Keeper(folder=tmp_path / "forger")
    watch.api.crl = lambda which: own.authority.root_crl(()) if which == "root" else own.authority.issuing_crl(())  # type: ignore[method-assign]
    assert watch.heads.look() is HeadNews.UNKNOWN
    assert watch.store.newest() == b""


@pytest.mark.usefixtures("expected_warnings")
def test_damaged_file_of_the_kept_head_is_as_good_as_none(watch: Watch) -> None:
    watch.heads.look()
    watch.store.keep(b"rubbish")
    assert watch.heads.look() is HeadNews.FIRST
    assert kept_size(watch) == 5
