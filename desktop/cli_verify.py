"""`bidseal verify FILE`: the verdict on a sealed PDF, a bid package or a record, offline, for a person or a program.

Records are receipts (.receipt), opening records (.bidrecord), tree heads (.bidhead) and log exports (.bidlog).

Exit status: 0 valid, 1 invalid, 2 cannot tell, 3 unsigned, 64 usage. Refuses to fetch anything: trust is what the data
folder holds (trust/*.pem, trust/crl/*.crl, trust/ocsp/*.der, kept fresh by the desktop) and what the options name.
"""

import argparse
import json
import logging
import os
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop import cli_verify_records as records
from desktop.cli_parser import EX_USAGE, CommandParser
from desktop.domain.clock import SHANGHAI
from desktop.domain.errors import BidSealError
from desktop.domain.operations import Verdict
from desktop.domain.problems import problem

_EXIT = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.CANNOT_TELL: 2, Verdict.UNSIGNED: 3}
_HEADLINE = {
    "zh": {
        Verdict.VALID: "有效: 文件自签章后未被改动, 签名证书可信。",
        Verdict.INVALID: "无效: 请勿采信该文件。",
        Verdict.CANNOT_TELL: "无法判断: 不能确认该文件有效。",
        Verdict.UNSIGNED: "未签名: 文件中没有电子签名。",
    },
    "en": {
        Verdict.VALID: "VALID: unchanged since it was sealed, by a trusted certificate.",
        Verdict.INVALID: "INVALID: do not rely on this file.",
        Verdict.CANNOT_TELL: "CANNOT TELL: this file is not known to be valid.",
        Verdict.UNSIGNED: "UNSIGNED: there is no signature in this file.",
    },
}
_PACKAGE_VALID = {
    "zh": "有效: 投标文件包自签名后未被改动, 签名证书可信。",
    "en": "VALID: the bid package is unchanged since it was signed, by a trusted certificate.",
}
_GROUPS = {
    "zh": {"bidder": "投标人", "opening_key": "开标密钥", "time": "平台时间密钥"},
    "en": {"bidder": "bidder", "opening_key": "opening key", "time": "platform's time key"},
}
#: Instead of "unchanged", when somebody else signed after a signature.
_MARKED_AFTER = {
    "zh": "有效: 各签章证书可信; 较早的签章之后另有他人签章, 请逐一核对。",
    "en": "VALID: sealed by trusted certificates; somebody else sealed after an earlier seal, check who made each.",
}
_WORD = {
    "zh": {Verdict.VALID: "有效", Verdict.INVALID: "无效", Verdict.CANNOT_TELL: "无法判断", Verdict.UNSIGNED: "未签名"},
    "en": {v: v.value.replace("_", " ") for v in Verdict},
}
_MAX_FILE = 4 * 1024 * 1024
_MAX_FILES = 200
_LOG = logging.getLogger(__name__)


def run(args: list[str]) -> int:
    """Verify the file named in `args` (without the command's name), print the verdict, return the exit status."""
    try:
        options = _parser().parse_args(args)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else EX_USAGE
    try:
        _demand_file(options.file)
        anchors, revocation = _trust(options)
    except _UsageError as wrong:
        print(f"bidseal verify: {wrong}", file=sys.stderr)
        return EX_USAGE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries remark on odd certificates; the verdict says what matters
        try:
            report = _judge(options, anchors, revocation)
        except BidSealError as error:
            cannot_tell, why = Verdict.CANNOT_TELL.value, _reason(error.code, error.detail)
            report = {"verdict": cannot_tell, "signatures": [], "reasons": [why]}
    try:
        if options.json:
            print(json.dumps(report, ensure_ascii=False, indent=2), flush=True)
        else:
            _print_words(options.file, report, options.language)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; nothing more may be written, also not by Python's own exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _EXIT[Verdict(report["verdict"])]


def _judge(options: argparse.Namespace, anchors: Any, revocation: Any) -> dict[str, Any]:
    from desktop.formats.evidence import heads_in, is_called_evidence, judge_evidence
    from desktop.formats.package import is_called_package, verify_package
    from desktop.formats.statements import Basis
    from desktop.signing.pdf import verify_pdf
    from desktop.store.heads import kept_heads

    path, now = options.file, datetime.now(UTC)
    if is_called_evidence(path):
        known = heads_in(kept_heads(_data_folder(options).heads_folders))
        basis = Basis(anchors=anchors, revocation=revocation, now=now)
        return records.report(judge_evidence(path, basis, known=known), _reason)
    if is_called_package(path):
        return _package_report(verify_package(path, anchors=anchors, revocation=revocation, now=now))
    return _report(verify_pdf(path, anchors=anchors, revocation=revocation, now=now))


class _UsageError(Exception):
    """A file named on the command line cannot be used."""


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="bidseal verify",
        description="验证签章文件、投标文件包、回执、开标记录、平台日志 (离线) / verify offline: a sealed PDF, a bid "
        "package, a receipt, an opening record, a tree head or a log export",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="machine-readable: verdict, signatures, reasons")
    parser.add_argument("--trust", type=Path, action="append", default=[], metavar="ROOT.pem", help="trusted root")
    parser.add_argument("--crl", type=Path, action="append", default=[], metavar="FILE", help="CRL, DER or PEM")
    parser.add_argument("--ocsp", type=Path, action="append", default=[], metavar="FILE", help="OCSP response, DER")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="data folder of the desktop")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser


def _trust(options: argparse.Namespace) -> tuple[Any, Any]:
    """Gather anchors and revocation data; with --trust only the named roots count, stored ones just build paths."""
    from desktop.formats.trust import RevocationData, TrustAnchors

    folders = _data_folder(options).trust_folders
    stored = [
        der for folder in folders for path in _listed(folder, "*.pem") for der in _certificates(path, required=False)
    ]
    named = [der for path in options.trust for der in _certificates(path, required=True)]
    roots = [der for der in (named or stored) if _is_self_signed(der)]
    if options.trust and not roots:
        raise _UsageError("--trust: no root certificate in it")
    others = [der for der in (*named, *stored) if not _is_self_signed(der)]
    crls = [_crl(path, required=False) for folder in folders for path in _listed(folder / "crl", "*.crl")]
    crls += [_crl(path, required=True) for path in options.crl]
    ocsps = [_read(path, required=False) for folder in folders for path in _listed(folder / "ocsp", "*.der")]
    ocsps += [_read(path, required=True) for path in options.ocsp]
    anchors = TrustAnchors(roots=tuple(dict.fromkeys(roots)), intermediates=tuple(dict.fromkeys(others)))
    return anchors, RevocationData(crls=tuple(filter(None, crls)), ocsps=tuple(filter(None, ocsps)))


def _data_folder(options: argparse.Namespace) -> Any:
    """Return the data folder that the options name."""
    from desktop.store.paths import data_folder

    return data_folder(options.data)


def _demand_file(path: Path) -> None:
    if not path.is_file():
        raise _UsageError(f"no such file: {path}")


def _listed(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))[:_MAX_FILES] if folder.is_dir() else []


def _read(path: Path, *, required: bool) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except OSError as error:
        if required:
            raise _UsageError(f"cannot read {path}: {type(error).__name__}") from None
        _LOG.info("trust file skipped: %s", type(error).__name__)
        return b""
    return data if len(data) <= _MAX_FILE else b""


def _certificates(path: Path, *, required: bool) -> list[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _read(path, required=required)
    try:
        pem = data.lstrip().startswith(b"-----")
        found = x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
    except (ValueError, TypeError):
        if required:
            raise _UsageError(f"no certificate in {path}") from None
        return []
    return [certificate.public_bytes(Encoding.DER) for certificate in found]


def _crl(path: Path, *, required: bool) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _read(path, required=required)
    if not data.lstrip().startswith(b"-----"):
        return data
    try:
        return x509.load_pem_x509_crl(data).public_bytes(Encoding.DER)
    except ValueError:
        if required:
            raise _UsageError(f"no CRL in {path}") from None
        return b""


def _is_self_signed(der: bytes) -> bool:
    from cryptography import x509

    certificate = x509.load_der_x509_certificate(der)
    return certificate.subject == certificate.issuer


def _reason(code: str, detail: str) -> dict[str, str]:
    known = problem(code)
    return {"code": code, "zh": known.zh.title, "en": known.en.title, "detail": detail}


def _report(verdict: Any) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict.value,
        "signatures": [
            {
                "field": each.field,
                "revision": each.revision,
                "format": each.sub_filter,
                "signer": each.signer,
                "organization": each.organization,
                "serial": each.serial,
                "claimed_time": each.claimed_time.isoformat() if each.claimed_time else None,
                "covers_whole_file": each.covers_whole_file,
                "verdict": each.verdict.value,
                "reasons": [_reason(reason.code, reason.detail) for reason in each.reasons],
            }
            for each in verdict.signatures
        ],
        "reasons": [_reason(reason.code, reason.detail) for reason in verdict.reasons],
    }


def _package_report(verdict: Any) -> dict[str, Any]:
    """Say the same of a package's one signature as of a PDF's, and under `package` what it says of itself."""
    reasons = [_reason(reason.code, reason.detail) for reason in verdict.reasons]
    package = verdict.package
    signature = package and {
        "field": "META-INF/signature.p7s",
        "revision": 1,
        "format": "CAdES",
        "signer": package.signer.holder,
        "organization": package.signer.organization,
        "serial": package.signer.serial,
        "claimed_time": package.signing_time.isoformat(),
        "covers_whole_file": True,
        "verdict": verdict.verdict.value,
        "reasons": reasons,
    }
    return {
        "verdict": verdict.verdict.value,
        "signatures": [signature] if signature else [],
        "reasons": reasons,
        "package": package and _header_report(package.header),
    }


def _header_report(header: Any) -> dict[str, Any]:
    def moment(seconds: int) -> str:
        return datetime.fromtimestamp(seconds, UTC).isoformat()

    def group(each: Any) -> dict[str, Any]:
        recipients = [{"kind": r.kind.value, "name": r.name, "sha256": r.sha256.hex()} for r in each.recipients]
        return {"id": each.group_id, "kind": each.kind.value, "recipients": recipients}

    return {
        "platform": header.platform,
        "tender": header.tender,
        "lot": header.lot,
        "bidder": {"name": header.bidder.name, "credit_code": header.bidder.credit_code},
        "package_id": header.package_id.hex(),
        "deadline": moment(header.deadline),
        "openable_without_bidder": header.is_openable_without_bidder,
        "envelopes": [
            {
                "id": each.envelope_id,
                "title": each.title,
                "not_before": moment(each.not_before),
                "groups": [group(g) for g in each.groups],
            }
            for each in header.envelopes
        ],
    }


def _print_words(path: Path, report: dict[str, Any], language: str) -> None:
    print(path.name)
    verdict = Verdict(report["verdict"])
    marked = verdict is Verdict.VALID and any(r["code"] == "verify.marked_after" for r in report["reasons"])
    if verdict is Verdict.VALID and report.get("package"):
        print(_PACKAGE_VALID[language])
    elif verdict is Verdict.VALID and report.get("evidence"):
        print(records.headline(report, language))
    else:
        print(_MARKED_AFTER[language] if marked else _HEADLINE[language][verdict])
    for each in report["signatures"]:
        who = " · ".join(_printable(text) for text in (each["organization"], each["signer"]) if text)
        when = _local(each["claimed_time"])
        print(f"  [{_WORD[language][Verdict(each['verdict'])]}] {who or _printable(each['field'])} {when}".rstrip())
    if report.get("package"):
        _print_package(report["package"], language)
    if report.get("evidence"):
        records.print_facts(report, language, clean=_printable, local=_local)
        records.print_unchecked(report, language)
    for code in dict.fromkeys(reason["code"] for reason in report["reasons"]):
        words = problem(code).wording(language)
        print(f"  - {words.title}: {words.cause}\n    → {words.next_step}", flush=True)


def _print_package(package: dict[str, Any], language: str) -> None:
    """Say what the bid is for and who has to give a share for it to open."""
    zh = language == "zh"
    tender, lot, bidder = (_printable(text) for text in (package["tender"], package["lot"], package["bidder"]["name"]))
    print(f"  {'项目' if zh else 'Tender'} {tender} · {'标段' if zh else 'lot'} {lot}")
    print(f"  {'投标人' if zh else 'Bidder'}: {bidder} ({_printable(package['bidder']['credit_code'])})")
    print(f"  {'投标截止时间' if zh else 'Submission deadline'}: {_local(package['deadline'])}")
    for envelope in package["envelopes"]:
        not_before = _local(envelope["not_before"])
        when = f"{not_before} 起可开启" if zh else f"may be opened from {not_before}"
        print(f"  [{envelope['id']}] {_printable(envelope['title'])}: {when}")
        for group in envelope["groups"]:
            names = ("、" if zh else ", ").join(_printable(r["name"]) for r in group["recipients"])
            print(f"    {'需要' if zh else 'needs'} {_GROUPS[language][group['kind']]}: {names}")
    if package["openable_without_bidder"]:
        print(
            "  ! 招标代理与平台共同即可在截止前读取该投标文件。"
            if zh
            else "  ! Agent and platform together could read this bid before the deadline."
        )


def _printable(text: str) -> str:
    """Keep control and direction marks of a hostile certificate off the terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)[:120]


def _local(moment: str | None) -> str:
    if moment is None:
        return ""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
