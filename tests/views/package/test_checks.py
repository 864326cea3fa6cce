"""What the form of a bid package finds wrong before anything is encrypted, and what it makes of what was typed."""

import base64
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.crypto.suites import spki_of
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.moments import read_moment, time_left
from desktop.formats.package import BidSummary, GroupKind, RecipientKind
from desktop.views.package.key_file import read_group
from desktop.views.package.open_model import free_folder
from desktop.views.package.pack_checks import (
    Fault,
    Field,
    NameFit,
    PackInput,
    check_form,
    fit_of,
    fit_together,
    summaries,
    target_name,
)
from desktop.views.package.pack_model import free_name
from tests.package.world import World

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
GOOD = PackInput(
    tender="JXJT-2026-118",
    lot="1",
    deadline="2026-12-01 09:30",
    price="1,234,567.8",
    duration="180",
    quality="合格",
    manager="李四",
    bond="20000",
)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-12-01 09:30",
        " 2026-12-1 9:30 ",
        "2026/12/01 09:30",
        "2026.12.01 09:30",
        "2026年12月1日 9:30",
        "2026年12月1日9时30分",
        "2026-12-01T09:30",
        "2026-12-01 09\uff1a30",
    ],
)
def test_a_time_is_read_as_beijing_time_however_it_is_written(typed: str) -> None:
    assert read_moment(typed) == datetime(2026, 12, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01 09:30", "2026-12-01 24:30", "2026-12-01", "09:30"])
def test_what_is_no_time_is_none(typed: str) -> None:
    assert read_moment(typed) is None


def test_time_left_counts_days_hours_minutes_and_never_below_nothing() -> None:
    assert time_left(datetime(2026, 12, 1, 1, 30, tzinfo=UTC), NOW) == (6, 23, 30)
    assert time_left(NOW, datetime(2026, 12, 1, tzinfo=UTC)) == (0, 0, 0)


def test_a_good_form_has_no_faults() -> None:
    assert check_form(GOOD, now=NOW, counts=(3,)) == ()


def test_what_a_tender_may_not_ask_for_can_be_left_out() -> None:
    bare = PackInput(tender="T", lot="1", deadline="2026-12-01 09:30")
    assert check_form(bare, now=NOW, counts=(1,)) == ()
    assert summaries(bare, is_double=False) == (BidSummary(),)


def test_an_empty_form_names_what_is_missing_in_the_order_of_the_form() -> None:
    assert check_form(PackInput(), now=NOW, counts=(0, 0)) == tuple(
        (field, Fault.MISSING) for field in (Field.TENDER, Field.LOT, Field.DEADLINE, Field.FILES, Field.SECOND_FILES)
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"tender": "标" * 22}, (Field.TENDER, Fault.NOT_CLEAN)),
        ({"lot": "1\u202e2"}, (Field.LOT, Fault.NOT_CLEAN)),
        ({"deadline": "next week"}, (Field.DEADLINE, Fault.NOT_A_TIME)),
        ({"deadline": "2026-11-24 10:00"}, (Field.DEADLINE, Fault.IS_PAST)),
        ({"price": "一百万"}, (Field.PRICE, Fault.NOT_AN_AMOUNT)),
        ({"bond": "1.005"}, (Field.BOND, Fault.NOT_AN_AMOUNT)),
        ({"duration": "0"}, (Field.DURATION, Fault.NOT_DAYS)),
        ({"duration": "100001"}, (Field.DURATION, Fault.NOT_DAYS)),
        ({"duration": "1.5"}, (Field.DURATION, Fault.NOT_DAYS)),
        ({"quality": "优" * 167}, (Field.QUALITY, Fault.NOT_CLEAN)),
        ({"manager": "李" * 41}, (Field.MANAGER, Fault.NOT_CLEAN)),
    ],
)
def test_what_cannot_stand_in_a_package_is_named_at_its_field(
    changes: dict[str, str], fault: tuple[Field, Fault]
) -> None:
    assert check_form(replace(GOOD, **changes), now=NOW, counts=(1,)) == (fault,)


def test_in_one_envelope_all_items_stand_together() -> None:
    (summary,) = summaries(GOOD, is_double=False)
    assert summary == BidSummary(
        price=Decimal("1234567.80"),
        duration_days=180,
        quality="合格",
        project_manager="李四",
        bid_bond=Decimal("20000.00"),
    )


def test_of_two_envelopes_only_the_second_knows_the_price() -> None:
    first, second = summaries(GOOD, is_double=True)
    assert first.price is None
    assert first.duration_days == 180
    assert second == BidSummary(price=Decimal("1234567.80"))


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("b.pdf", NameFit.GOOD),
        ("A.PDF", NameFit.CLASHES),
        ("bid_summary.json", NameFit.BAD),
        ("con.txt", NameFit.BAD),
        ("a:b.pdf", NameFit.BAD),
        ("a.pdf.", NameFit.BAD),
    ],
)
def test_a_name_fits_clashes_or_can_never_be_packed(name: str, fit: NameFit) -> None:
    assert fit_of(name, ["a.pdf"]) is fit
    assert fit_together(["a.pdf", name]) is (fit is NameFit.GOOD)


@pytest.mark.parametrize(
    ("tender", "lot", "name"),
    [
        ("JXJT-2026-118", "1", "投标文件_JXJT-2026-118_1.bid"),
        ("赣/2026: 118", " 2 ", "投标文件_赣_2026_118_2.bid"),
        ("..", "", "投标文件.bid"),
    ],
)
def test_the_proposed_name_can_be_used_on_every_system(tender: str, lot: str, name: str) -> None:
    assert target_name(tender, lot) == name
    assert fit_together([name])


def test_a_name_that_is_taken_is_never_proposed(tmp_path: Path) -> None:
    (tmp_path / "a.bid").touch()
    (tmp_path / "a(2).bid").touch()
    assert free_name(tmp_path / "a.bid") == tmp_path / "a(3).bid"


def test_each_bid_gets_a_new_folder_of_its_own(tmp_path: Path) -> None:
    bid, elsewhere = tmp_path / "a.bid", tmp_path / "out"
    (tmp_path / "a_已解密").mkdir()
    first = free_folder(bid, None, "bid", set())
    assert first == tmp_path / "a_已解密(2)"
    assert free_folder(bid, elsewhere, "first", set()) == elsewhere / "a_first_已解密"
    assert free_folder(bid, None, "bid", {first}) == tmp_path / "a_已解密(3)"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def pem(der: bytes, word: str) -> bytes:
    body = base64.encodebytes(der).decode()
    return f"-----BEGIN {word}-----\n{body}-----END {word}-----\n".encode()


@pytest.mark.parametrize("form", ["der", "pem"])
def test_a_bare_key_becomes_a_group_that_is_called_what_it_is_for(world: World, tmp_path: Path, form: str) -> None:
    spki = spki_of(world.opening_key)
    path = tmp_path / "key"
    path.write_bytes(spki if form == "der" else pem(spki, "PUBLIC KEY"))
    group = read_group(path, GroupKind.OPENING_KEY)
    (member,) = group.members
    assert (group.group_id, group.kind, member.spki) == ("opening", GroupKind.OPENING_KEY, spki)
    assert (member.recipient.kind, member.recipient.name) == (RecipientKind.KEY, "开标密钥")


def test_an_encryption_certificate_becomes_a_group_under_its_holders_name(world: World, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(pem(world.bidder.der, "CERTIFICATE"))
    group = read_group(path, GroupKind.TIME)
    (member,) = group.members
    assert (group.group_id, member.recipient.kind, member.recipient.name) == ("time", RecipientKind.CERTIFICATE, "张三")


def test_a_signing_certificate_is_refused(world: World, tmp_path: Path) -> None:
    path = tmp_path / "key.der"
    path.write_bytes(world.signer.der)
    with pytest.raises(RejectedError, match="certificate_not_allowed"):
        read_group(path, GroupKind.TIME)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"x" * 70_000, pem(b"no key", "PUBLIC KEY"), pem(b"x", "PRIVATE KEY")]
)
def test_what_is_neither_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(RejectedError):
        read_group(path, GroupKind.OPENING_KEY)


def test_a_key_file_that_is_gone_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        read_group(tmp_path / "gone.pem", GroupKind.OPENING_KEY)
