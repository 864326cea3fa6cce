"""`bidseal verify` on a bid package: the exit statuses of a PDF, words that name bidder, tender and who can open."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop import cli_verify
from desktop.crypto.primitives import sha256
from tests.package.world import BIDDER, World, pack, plan_of, subject, write_documents
from tests.pdf.pki import NOW, SIGN, ec_key, issue

HOUR = timedelta(hours=1)


@pytest.fixture
def data(tmp_path: Path, world: World) -> Path:
    """A data folder as the desktop keeps it, with CRLs that are fresh on the machine's clock."""
    trust = tmp_path / "data" / "trust"
    (trust / "crl").mkdir(parents=True)
    (trust / "ca.pem").write_bytes(world.pki.root.pem + world.pki.issuing.pem)
    now = datetime.now(UTC).replace(microsecond=0)
    for number, crl in enumerate(world.pki.crls(this_update=now - HOUR, next_update=now + HOUR)):
        (trust / "crl" / f"{number}.crl").write_bytes(crl)
    return tmp_path / "data"


@pytest.fixture
def bid(tmp_path: Path, world: World) -> Path:
    """A package whose signer's certificate is valid on the machine's clock."""
    signer = issue(
        subject("张三", BIDDER),
        key=ec_key(),
        issuer=world.pki.issuing,
        key_usage=SIGN,
        not_before=NOW - 2 * HOUR,
        not_after=datetime.now(UTC) + timedelta(days=300),
    )
    return pack(world, plan_of(world, write_documents(tmp_path / "files")), tmp_path / "投标.bid", signer=signer)


def run_json(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, dict[str, Any]]:
    status = cli_verify.run(["--json", *(str(arg) for arg in args)])
    return status, json.loads(capsys.readouterr().out)


def test_an_intact_package_exits_0_and_json_says_who_bids_for_what_and_who_can_open(
    bid: Path, data: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    status, report = run_json(capsys, bid, "--data", data)
    assert (status, report["verdict"], report["reasons"]) == (0, "valid", [])
    (signature,) = report["signatures"]
    assert (signature["signer"], signature["claimed_time"]) == ("张三", NOW.isoformat())
    package = report["package"]
    assert (package["tender"], package["lot"], package["bidder"]["name"]) == ("T-2026-001", "1", BIDDER.name)
    assert package["openable_without_bidder"] is False
    (envelope,) = package["envelopes"]
    assert [g["kind"] for g in envelope["groups"]] == ["bidder", "opening_key", "time"]
    assert envelope["groups"][0]["recipients"][0] == {
        "kind": "certificate",
        "name": "张三",
        "sha256": sha256(world.bidder.der).hex(),
    }


def test_a_changed_package_exits_1_and_says_nothing_of_itself(
    bid: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = bytearray(bid.read_bytes())
    changed[len(changed) // 2] ^= 1
    bid.write_bytes(changed)
    status, report = run_json(capsys, bid, "--data", data)
    assert (status, report["verdict"], report["package"], report["signatures"]) == (1, "invalid", None, [])
    assert report["reasons"]


def test_without_revocation_information_nobody_can_tell(
    bid: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for crl in (data / "trust" / "crl").iterdir():
        crl.unlink()
    status, report = run_json(capsys, bid, "--data", data)
    assert (status, report["verdict"]) == (2, "cannot_tell")
    assert report["package"]["tender"] == "T-2026-001"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("有效", "项目 T-2026-001 · 标段 1", "投标截止时间: ", "需要 投标人: 张三、赵六", "需要 平台时间密钥")),
        ("en", ("VALID", "Tender T-2026-001 · lot 1", "Submission deadline: ", "needs bidder: 张三, 赵六")),
    ],
)
def test_words_name_verdict_tender_bidder_and_who_has_to_give_a_share(
    bid: Path, data: Path, language: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli_verify.run([str(bid), "--data", str(data), "--language", language]) == 0
    out = capsys.readouterr().out
    for word in words:
        assert word in out
    assert BIDDER.name in out


def test_a_bid_that_agent_and_platform_could_read_early_is_called_so(
    tmp_path: Path, data: Path, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(world, write_documents(tmp_path / "files"))
    envelope = replace(plan.envelopes[0], groups=plan.envelopes[0].groups[1:])
    bid = pack(world, replace(plan, envelopes=(envelope,), allow_without_bidder=True), tmp_path / "a.bid")
    for language, warning in (("zh", "截止前读取"), ("en", "before the deadline")):
        cli_verify.run([str(bid), "--data", str(data), "--language", language])
        assert warning in capsys.readouterr().out


def test_a_package_under_another_name_is_still_judged_as_one(
    bid: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, report = run_json(capsys, bid.rename(bid.with_name("renamed.pdf")), "--data", data)
    assert (status, report["verdict"]) == (0, "valid")
    assert report["package"]["lot"] == "1"


def test_something_else_called_bid_is_invalid_and_not_a_package(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.bid"
    path.write_bytes(b"%PDF-1.7 not a package")
    status, report = run_json(capsys, path, "--data", data)
    assert (status, report["verdict"]) == (1, "invalid")
    assert report["reasons"][0]["code"] == "package.not_a_package"
