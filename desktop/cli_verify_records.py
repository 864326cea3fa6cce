"""What `bidseal verify` says of receipts, tree heads, log exports and opening records; judged by formats.evidence."""

from collections.abc import Callable
from typing import Any

from desktop.domain.operations import Verdict
from desktop.domain.problems import problem

#: By suffix: the headline of a valid file.
VALID = {
    "zh": {
        ".receipt": "有效: 投标回执由平台存证密钥签署, 内容未被改动。",
        ".bidhead": "有效: 日志树头由平台存证密钥签署。",
        ".bidlog": "有效: 平台日志完整, 没有条目被改动、删除或调换。",
        ".bidrecord": "有效: 开标记录中的文件齐全, 签名可信, 彼此相符。",
    },
    "en": {
        ".receipt": "VALID: the receipt was signed by the platform's record key and is unchanged.",
        ".bidhead": "VALID: the tree head was signed by the platform's record key.",
        ".bidlog": "VALID: the platform's log is complete; no entry was changed, removed or moved.",
        ".bidrecord": "VALID: the opening record is complete, its signatures are trusted and go together.",
    },
}
_UNCHECKED = {"zh": "未能核对", "en": "could not check"}
_BESIDE = {
    "zh": {"same": "同目录的投标文件与回执一致", "different": "! 同目录的投标文件不是回执所指的文件", "absent": ""},
    "en": {
        "same": "the package beside it is the one received",
        "different": "! the package beside it is not the one received",
        "absent": "",
    },
}
_PARTY = {
    "zh": {"bidder": "视为撤销", "other": "视为撤回", "": ""},
    "en": {"bidder": "the bidder's own cause", "other": "another's cause", "": ""},
}


def report(found: Any, reason: Callable[[str, str], dict[str, str]]) -> dict[str, Any]:
    """Return the verdict as JSON: the form of PDFs and packages, and `evidence` with what the file says."""
    signer = found.signer and {
        "field": found.kind.value,
        "revision": 1,
        "format": "COSE_Sign1",
        "signer": found.signer.holder,
        "organization": found.signer.organization,
        "serial": found.signer.serial,
        "claimed_time": found.at.isoformat() if found.at else None,
        "covers_whole_file": True,
        "verdict": found.verdict.value,
        "reasons": [reason(each.code, each.detail) for each in found.reasons],
    }
    return {
        "verdict": found.verdict.value,
        "signatures": [signer] if signer else [],
        "reasons": [reason(each.code, each.detail) for each in found.reasons],
        "unchecked": [reason(code, "") for code in found.unchecked],
        "evidence": {"kind": found.kind.value, **found.facts},
    }


def headline(document: dict[str, Any], language: str) -> str:
    """Return the first line about a valid file."""
    return VALID[language][document["evidence"]["kind"]]


def print_facts(
    document: dict[str, Any], language: str, *, clean: Callable[[str], str], local: Callable[[str | None], str]
) -> None:
    """Say what the file says; nothing of an invalid one."""
    facts, zh = document["evidence"], language == "zh"
    if len(facts) > 1:
        lines = {".receipt": _receipt, ".bidrecord": _record}.get(facts["kind"], _head)(facts, zh=zh, local=local)
        for line in lines:
            print(f"  {clean(line)}")


def print_unchecked(document: dict[str, Any], language: str) -> None:
    """Say what could not be checked, which does not make the file worse."""
    if document["verdict"] == Verdict.INVALID.value:
        return
    for each in document["unchecked"]:
        words = problem(each["code"]).wording(language)
        print(f"  ? {_UNCHECKED[language]}: {words.title}. {words.next_step}")


def _receipt(facts: dict[str, Any], *, zh: bool, local: Callable[[str | None], str]) -> list[str]:
    bidder = f"{facts['bidder']['name']} ({facts['bidder']['credit_code']})"
    beside = _BESIDE["zh" if zh else "en"][facts["package_file"]]
    received, stamped = local(facts["received_at"]), local(facts["stamped_at"])
    lines = [
        f"{'项目' if zh else 'Tender'} {facts['tender']} · {'标段' if zh else 'lot'} {facts['lot']}",
        f"{'投标人' if zh else 'Bidder'}: {bidder}",
        f"平台收到: {received} · 第 {facts['number']} 份" if zh else f"Received: {received} · no. {facts['number']}",
        f"{'时间戳' if zh else 'Timestamp'}: {stamped} {facts['service']}" if stamped else "",
        f"SHA-256 {facts['sha256']}",
        f"{'平台日志条目' if zh else 'Log entry'} {facts['log_entry']}",
        beside,
    ]
    return [line for line in lines if line]


def _head(facts: dict[str, Any], *, zh: bool, local: Callable[[str | None], str]) -> list[str]:
    return [
        f"{'平台' if zh else 'Platform'} {facts['platform']} · {facts['size']} {'条' if zh else 'entries'}",
        f"{'签署时间' if zh else 'Signed'}: {local(facts['at'])}",
        f"{'树根' if zh else 'Root'} {facts['root']}",
    ]


def _record(facts: dict[str, Any], *, zh: bool, local: Callable[[str | None], str]) -> list[str]:
    agency = f"{facts['agency']['name']} ({facts['agency']['credit_code']})"
    closed = local(facts["closed_at"])
    lines = [
        f"{'项目' if zh else 'Tender'} {facts['tender']} {facts['tender_name']}",
        f"{'标段' if zh else 'Lot'} {facts['lot']} {facts['lot_name']}",
        f"{'招标代理' if zh else 'Agency'}: {agency}",
        f"截止: {closed} · {len(facts['bids'])} 份投标" if zh else f"Closed: {closed} · {len(facts['bids'])} bids",
        *(_result(result, zh=zh) for result in facts["results"]),
        f"SHA-256 {facts['sha256']}",
    ]
    if not facts["opens"]:
        lines.insert(4, "流标: 少于三份投标, 未开启" if zh else "Failed: fewer than three bids, nothing was opened")
    return lines


def _result(result: dict[str, Any], *, zh: bool) -> str:
    package, envelope = result["package_id"][:8], result["envelope"]
    if result["state"] == "opened":
        return f"[{envelope}] {package}… {'已开启' if zh else 'opened'} {result['price']}".rstrip()
    language = "zh" if zh else "en"
    why = problem(result["cause"]).wording(language).title
    return f"[{envelope}] {package}… {'未开启' if zh else 'not opened'}: {why} ({_PARTY[language][result['party']]})"
