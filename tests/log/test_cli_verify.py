"""`bidseal verify` on receipts, tree heads, log exports and opening records: statuses, words, what stays open."""

import base64
import json
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop import cli_verify
from desktop.crypto.primitives import sha256
from desktop.domain.clock import ManualClock
from desktop.formats.bundle import write_bundle
from desktop.store.heads import HeadStore
from tests.log import opening
from tests.log.opening import Scene
from tests.log.world import Keeper, export_of, lines_of


def pem(der: bytes) -> bytes:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n".encode()


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    """A platform by the machine's clock, which is what the command reads."""
    return Keeper(folder=tmp_path / "platform", clock=ManualClock(datetime.now(UTC).replace(microsecond=0)))


@pytest.fixture
def data(tmp_path: Path, keeper: Keeper) -> Path:
    """A data folder as the desktop keeps it."""
    trust = tmp_path / "data" / "trust"
    (trust / "crl").mkdir(parents=True)
    for name in ("root", "issuing"):
        (trust / f"{name}.pem").write_bytes(pem(getattr(keeper.authority, name)))
    (trust / "crl" / "root.crl").write_bytes(keeper.authority.root_crl(()))
    (trust / "crl" / "issuing.crl").write_bytes(keeper.authority.issuing_crl(()))
    return tmp_path / "data"


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


Save = Callable[[str, bytes], Path]


def run_json(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, dict[str, Any]]:
    status = cli_verify.run(["--json", *map(str, args)])
    return status, json.loads(capsys.readouterr().out)


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str]:
    status = cli_verify.run([*map(str, args)])
    return status, capsys.readouterr().out


def codes(reasons: list[dict[str, str]]) -> list[str]:
    return [each["code"] for each in reasons]


def test_receipt_exits_0_and_says_when_what_was_received_and_that_the_package_beside_it_is_that(
    keeper: Keeper, data: Path, save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = save("投标.bid.receipt", keeper.receipt())
    status, report = run_json(capsys, receipt, "--data", data)
    assert (status, report["verdict"], report["reasons"], report["unchecked"]) == (0, "valid", [], [])
    assert report["evidence"]["package_file"] == "absent"
    assert report["evidence"]["received_at"] == report["evidence"]["stamped_at"] == keeper.clock.now().isoformat()
    assert report["signatures"][0]["signer"] == "平台 存证"
    save("投标.bid", b"file")
    status, out = run(capsys, receipt, "--data", data)
    assert status == 0
    assert "! 同目录" in out  # four octets, the receipt says nine
    save("投标.bid", b"123456789")
    same = save("投标.bid.receipt", keeper.receipt(sha256=sha256(b"123456789")))
    assert "同目录的投标文件与回执一致" in run(capsys, same, "--data", data)[1]
    english = run(capsys, same, "--data", data, "--language", "en")[1]
    assert "the package beside it is the one received" in english
    assert "江西一建" in english


def test_receipt_without_a_timestamp_exits_0_and_says_that_nobody_else_confirms_its_time(
    keeper: Keeper, data: Path, save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = save("a.receipt", keeper.receipt(stamped_after_s=None))
    status, out = run(capsys, receipt, "--data", data)
    assert (status, "? 未能核对: 没有独立的时间戳" in out) == (0, True)


def test_changed_receipt_exits_1_and_tells_nothing_of_what_it_says(
    keeper: Keeper, data: Path, save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    bent = bytearray(keeper.receipt())
    bent[bent.index("江西一建".encode())] ^= 1
    receipt = save("a.receipt", bytes(bent))
    status, report = run_json(capsys, receipt, "--data", data)
    assert (status, codes(report["reasons"])) == (1, ["record.signature_wrong"])
    assert report["evidence"] == {"kind": ".receipt"}
    assert "江西" not in run(capsys, receipt, "--data", data)[1]


def test_receipt_by_an_unknown_platform_exits_2(
    data: Path, save: Save, tmp_path: Path, capsys: pytest.CaptureFixture[str], keeper: Keeper
) -> None:
    other = Keeper(folder=tmp_path / "other", clock=keeper.clock)
    status, report = run_json(capsys, save("a.receipt", other.receipt()), "--data", data)
    assert (status, report["verdict"]) == (2, "cannot_tell")


def test_tree_head_is_compared_with_those_that_the_workstation_keeps(
    keeper: Keeper, data: Path, save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    head = save("a.bidhead", keeper.head(lines_of(5)))
    status, report = run_json(capsys, head, "--data", data)
    assert (status, codes(report["unchecked"])) == (0, ["record.heads_unchecked"])
    HeadStore(data / "heads").keep(keeper.head(lines_of(5)))
    status, report = run_json(capsys, head, "--data", data)
    assert (status, report["unchecked"], report["evidence"]["size"]) == (0, [], 5)
    HeadStore(data / "heads").keep(keeper.head(lines_of(6)[1:]))
    status, report = run_json(capsys, head, "--data", data)
    assert (status, codes(report["reasons"])) == (1, ["record.split_view"])


def test_log_export_exits_0_whole_and_1_changed(
    keeper: Keeper, data: Path, save: Save, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = lines_of(1200)
    whole = save("平台.bidlog", export_of(keeper.head(lines), lines))
    status, out = run(capsys, whole, "--data", data)
    assert status == 0
    assert "平台日志完整" in out
    assert "1200 条" in out
    assert "? 未能核对: 日志只含内容摘要" in out
    bent = save("b.bidlog", export_of(keeper.head(lines), lines[:-1]))
    status, report = run_json(capsys, bent, "--data", data)
    assert (status, codes(report["reasons"])) == (1, ["record.root_wrong"])


def test_opening_record_exits_0_and_lists_results_and_what_could_not_be_checked(
    keeper: Keeper, data: Path, save: Save, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = keeper.clock.now()
    monkeypatch.setattr(opening, "NOW", at)
    monkeypatch.setattr(opening, "DEADLINE", int(at.timestamp()) - 3 * 3600)
    keeper.clock.set_wall(datetime.fromtimestamp(opening.DEADLINE, UTC))
    made = Keeper(folder=keeper.folder.with_name("earlier"), clock=keeper.clock)
    scene = Scene(keeper=made)
    content = write_bundle(scene.parts()[:-1])
    record = save("开标.bidrecord", content)
    for name in ("root", "issuing"):
        (data / "trust" / f"e{name}.pem").write_bytes(pem(getattr(made.authority, name)))
    (data / "trust" / "crl" / "e1.crl").write_bytes(made.authority.root_crl(()))
    (data / "trust" / "crl" / "e2.crl").write_bytes(made.authority.issuing_crl(()))
    status, report = run_json(capsys, record, "--data", data)
    assert (status, report["reasons"]) == (0, [])
    assert report["evidence"]["sha256"] == sha256(content).hex()
    assert [each["state"] for each in report["evidence"]["results"]] == ["opened", "opened", "not_opened"]
    assert "record.compare_pdf" in codes(report["unchecked"])
    out = run(capsys, record, "--data", data)[1]
    assert "视为撤销" in out
    assert "T-1 赣江二桥" in out
    status, report = run_json(capsys, save("x.bidrecord", content[:-1]), "--data", data)
    assert (status, codes(report["reasons"])) == (1, ["record.unreadable"])


def test_file_that_is_not_there_is_a_usage_error(data: Path, tmp_path: Path) -> None:
    assert cli_verify.run([str(tmp_path / "no.receipt"), "--data", str(data)]) == 64
