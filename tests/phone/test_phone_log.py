"""The phone watches the platform's log: what it has seen once must stay, whatever the desktop says (T35)."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from desktop.crypto.merkle import consistency_path
from desktop.domain.errors import UnavailableError
from desktop.formats.log import LogLine
from desktop.phone.core import HttpReply, PlatformProfile
from desktop.phone.core.heads import HeadWatch
from desktop.phone.core.trust import Trust
from desktop.protocol.statements import Head, read_statement
from desktop.store.heads import HeadStore
from tests.log.world import PLATFORM, Keeper, lines_of


@dataclass(kw_only=True)
class Platform:
    """Answers the two public calls from a log that a test may bend."""

    keeper: Keeper
    lines: list[LogLine]
    is_away: bool = False
    name: str = PLATFORM
    asked: list[str] = field(default_factory=list)

    def send(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float
    ) -> HttpReply:
        del body, timeout_s
        assert (method, headers) == ("GET", None)  # who looks need not be known
        self.asked.append(path)
        if self.is_away:
            raise UnavailableError("phone.platform_unreachable")
        if path.endswith("/log/head"):
            head = base64.b64encode(self.keeper.head(self.lines, platform=self.name)).decode()
            return HttpReply(status=200, body=json.dumps({"head": head}).encode())
        asked = {name: int(value[0]) for name, value in parse_qs(urlsplit(path).query).items()}
        if asked["second"] > len(self.lines):
            return HttpReply(status=422, body=json.dumps({"code": "platform.bad_field", "message": ""}).encode())
        leaves = [line.leaf for line in self.lines[: asked["second"]]]
        proof = [each.hex() for each in consistency_path(leaves, asked["first"])]
        return HttpReply(status=200, body=json.dumps({"path": proof}).encode())


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(keeper=Keeper(folder=tmp_path / "platform"), lines=lines_of(5))


@pytest.fixture
def store(tmp_path: Path) -> HeadStore:
    return HeadStore(tmp_path / "phone" / "heads")


@pytest.fixture
def watch(platform: Platform, store: HeadStore) -> HeadWatch:
    authority = platform.keeper.authority
    profile = PlatformProfile(
        platform_id=PLATFORM,  # type: ignore[arg-type]
        name="平台",
        base_url="http://127.0.0.1:1",
        root=authority.root,
        issuing=(authority.issuing,),
    )
    trust = Trust(profile, platform.keeper.clock)
    return HeadWatch(http=platform, profile=profile, trust=trust, store=store)


def grow(platform: Platform, count: int) -> None:
    platform.keeper.clock.advance(60)
    platform.lines += lines_of(count, at=platform.keeper.clock.now())


def test_log_that_only_grows_is_followed(platform: Platform, watch: HeadWatch, store: HeadStore) -> None:
    for more in (0, 0, 1, 7, 30):
        grow(platform, more)
        assert watch.look() is False
    assert read_statement(store.newest(), Head).payload.size == 43
    assert watch.is_contradicted is False


def change(platform: Platform) -> None:
    platform.lines[1] = lines_of(9)[8]


def change_and_grow(platform: Platform) -> None:
    change(platform)
    grow(platform, 3)


def drop(platform: Platform) -> None:
    platform.keeper.clock.advance(60)
    del platform.lines[3:]


@pytest.mark.usefixtures("expected_warnings")
@pytest.mark.parametrize("cheat", [change, change_and_grow, drop])
def test_t35_platform_that_contradicts_itself_is_found_by_the_phone_alone(
    platform: Platform, watch: HeadWatch, store: HeadStore, cheat: Callable[[Platform], None]
) -> None:
    watch.look()
    before = store.newest()
    cheat(platform)
    assert watch.look() is True
    assert watch.look() is True
    assert store.newest() == before
    assert len(store.contradictions()) == 1


def test_platform_that_is_away_or_another_is_no_contradiction(
    platform: Platform, watch: HeadWatch, store: HeadStore, tmp_path: Path
) -> None:
    watch.look()
    before = store.newest()
    platform.is_away = True
    assert watch.look() is False
    platform.is_away, platform.name = False, "other"
    assert watch.look() is False
    platform.name, platform.keeper = PLATFORM, Keeper(folder=tmp_path / "forger")
    grow(platform, 2)
    assert watch.look() is False
    assert store.newest() == before


@pytest.mark.usefixtures("expected_warnings")
def test_damaged_file_of_the_kept_head_is_as_good_as_none(
    platform: Platform, watch: HeadWatch, store: HeadStore
) -> None:
    watch.look()
    store.keep(b"rubbish")
    assert watch.look() is False
    assert read_statement(store.newest(), Head).payload.size == 5
