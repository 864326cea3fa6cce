"""`bidseal verify`: exit statuses, JSON keys, where trust comes from."""

import dataclasses
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop import cli_verify
from desktop.signing.pdf import ImprintPlacement
from tests.pdf import attacks, builders
from tests.pdf.conftest import Sealer
from tests.pdf.pki import Holder, Pki

HOUR = timedelta(hours=1)


@pytest.fixture
def data(tmp_path: Path, pki: Pki) -> Path:
    """A data folder as the desktop keeps it, with CRLs that are fresh on the machine's clock."""
    trust = tmp_path / "data" / "trust"
    (trust / "crl").mkdir(parents=True)
    (trust / "ca.pem").write_bytes(pki.root.pem + pki.issuing.pem)
    now = datetime.now(UTC).replace(microsecond=0)
    for number, crl in enumerate(pki.crls(this_update=now - HOUR, next_update=now + HOUR)):
        (trust / "crl" / f"{number}.crl").write_bytes(crl)
    return tmp_path / "data"


@pytest.fixture
def current(pki: Pki) -> Holder:
    now = datetime.now(UTC)
    return pki.leaf("李工", not_before=datetime(2026, 5, 1, tzinfo=UTC), not_after=now + timedelta(days=300))


@pytest.fixture
def sealed(sealer: Sealer, one_imprint: ImprintPlacement, current: Holder) -> Path:
    return sealer.seal(builders.plain(sealer.folder / "a.pdf"), one_imprint, signer=current).path


def run_json(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, dict[str, object]]:
    status = cli_verify.run(["--json", *(str(arg) for arg in args)])
    return status, json.loads(capsys.readouterr().out)


def test_valid_file_exits_0_and_json_has_the_promised_keys(
    sealed: Path, data: Path, current: Holder, capsys: pytest.CaptureFixture[str]
):
    status, report = run_json(capsys, sealed, "--data", data)
    assert (status, report["verdict"], report["reasons"]) == (0, "valid", [])
    (signature,) = report["signatures"]
    assert signature["signer"] == "李工"
    assert signature["serial"] == f"{current.certificate.serial_number:X}"
    assert signature["covers_whole_file"] is True


def test_changed_file_exits_1_with_a_reason_in_both_languages(
    sealed: Path, data: Path, capsys: pytest.CaptureFixture[str]
):
    sealed.write_bytes(attacks.content_replaced(sealed.read_bytes()))
    status, report = run_json(capsys, sealed, "--data", data)
    assert (status, report["verdict"]) == (1, "invalid")
    (reason,) = report["reasons"]
    assert reason["code"] == "verify.changed_after"
    assert reason["zh"]
    assert reason["en"]


def test_no_trust_or_no_revocation_exits_2_and_says_which(
    sealed: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    status, report = run_json(capsys, sealed, "--data", tmp_path / "nothing")
    assert (status, [r["code"] for r in report["reasons"]]) == (2, ["trust.unknown_root"])
    for crl in (data / "trust" / "crl").iterdir():
        crl.unlink()
    status, report = run_json(capsys, sealed, "--data", data)
    assert status == 2
    assert {r["code"] for r in report["reasons"]} == {"trust.revocation_unknown"}


def test_unsigned_file_exits_3(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    status, report = run_json(capsys, builders.plain(tmp_path / "plain.pdf"), "--data", data)
    assert (status, report) == (3, {"verdict": "unsigned", "signatures": [], "reasons": []})


def test_not_a_pdf_exits_2_and_says_so(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "a.pdf"
    path.write_text("Word document", encoding="utf-8")
    assert cli_verify.run([str(path), "--data", str(data)]) == 2
    assert "这不是 PDF 文件" in capsys.readouterr().out


@pytest.mark.parametrize("args", [[], ["--nonsense"], ["none.pdf"], ["a.pdf", "b.pdf"], ["--language", "fr", "a.pdf"]])
def test_wrong_usage_exits_64(args: list[str], capsys: pytest.CaptureFixture[str]):
    assert cli_verify.run(args) == 64
    assert capsys.readouterr().err


def test_named_root_and_crls_suffice_without_a_data_folder(
    sealed: Path, data: Path, tmp_path: Path, pki: Pki, capsys: pytest.CaptureFixture[str]
):
    root = tmp_path / "root.pem"
    root.write_bytes(pki.root.pem)
    crls = [arg for path in (data / "trust" / "crl").iterdir() for arg in ("--crl", path)]
    status, _ = run_json(capsys, sealed, "--data", tmp_path / "nothing", "--trust", root, *crls)
    assert status == 0
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(Pki().root.pem)
    status, report = run_json(capsys, sealed, "--data", data, "--trust", stranger)
    assert (status, report["reasons"][0]["code"]) == (2, "trust.unknown_root")
    assert cli_verify.run([str(sealed), "--trust", str(sealed)]) == 64
    assert cli_verify.run([str(sealed), "--crl", str(tmp_path / "none.crl")]) == 64


def test_words_name_verdict_signer_and_next_step_in_the_chosen_language(
    sealed: Path, data: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli_verify.run([str(sealed), "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert "有效" in out
    assert "测试建设有限公司 · 李工 2026-06-01 12:00:00" in out
    sealed.write_bytes(sealed.read_bytes() + b"\n")
    assert cli_verify.run([str(sealed), "--data", str(data), "--language", "en"]) == 1
    out = capsys.readouterr().out
    assert "INVALID" in out
    assert "Ask the signer" in out


def test_broken_files_in_the_trust_folder_do_not_hide_the_good_ones(
    sealed: Path, data: Path, capsys: pytest.CaptureFixture[str]
):
    (data / "trust" / "0.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    (data / "trust" / "crl" / "00.crl").write_bytes(b"\x30\x80")
    (data / "trust" / "ocsp").mkdir()
    (data / "trust" / "ocsp" / "a.der").write_bytes(b"")
    status, _ = run_json(capsys, sealed, "--data", data)
    assert status == 0


def test_reader_that_stops_early_gets_no_traceback(sealed: Path, data: Path):
    command = "import sys; from desktop.cli_verify import run; sys.exit(run(sys.argv[1:]))"
    args = [sys.executable, "-c", command, "--json", str(sealed), "--data", str(data)]
    with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) == 0


def test_file_that_somebody_else_sealed_later_is_not_said_to_be_unchanged(
    sealed: Path,
    data: Path,
    *,
    sealer: Sealer,
    pki: Pki,
    one_imprint: ImprintPlacement,
    capsys: pytest.CaptureFixture[str],
):
    other = pki.leaf("对手", not_after=datetime.now(UTC) + timedelta(days=300))
    beside = dataclasses.replace(one_imprint, x_mm=90)
    twice = sealer.seal(sealed, beside, signer=other, to="twice.pdf").path
    for language, unchanged, remark in (("zh", "未被改动", "另有他人"), ("en", "unchanged", "Somebody else sealed")):
        assert cli_verify.run([str(twice), "--data", str(data), "--language", language]) == 0
        said = capsys.readouterr().out
        assert remark in said
        assert unchanged not in said
