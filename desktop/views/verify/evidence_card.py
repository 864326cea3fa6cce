"""What stands on the card of a receipt, a tree head, a log export or an opening record that was judged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desktop.domain.operations import Verdict
from desktop.domain.problems import problem
from desktop.formats.evidence import EvidenceKind, EvidenceVerdict, PackageBeside
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Card, Separator, local_time
from desktop.views.certificates.fact_grid import Fact, FactGrid


def evidence_sentence(found: EvidenceVerdict) -> str:
    """Say in one sentence what the verdict means."""
    if found.verdict is Verdict.INVALID:
        return tr("请勿采信此文件。")
    if found.verdict is not Verdict.VALID:
        return tr("无法判断此文件是否可信, 请勿当作有效文件使用。")
    return {
        EvidenceKind.RECEIPT: tr("投标回执由平台存证密钥签署, 内容未被改动。"),
        EvidenceKind.HEAD: tr("日志树头由平台存证密钥签署。"),
        EvidenceKind.LOG: tr("平台日志完整, 没有条目被改动、删除或调换。"),
        EvidenceKind.RECORD: tr("开标记录中的文件齐全, 签名可信, 彼此相符。"),
    }[found.kind]


def add_evidence(card: Card, number: int, found: EvidenceVerdict) -> None:
    """Put the facts below the headline; of an invalid file nothing is believed, so nothing is shown."""
    if not found.facts:
        return
    card.add(Separator())
    grid = FactGrid(name=f"evidenceFacts_{number}")
    card.add(grid)
    facts = {EvidenceKind.RECEIPT: _receipt, EvidenceKind.RECORD: _record}.get(found.kind, _head)(found.facts)
    grid.show_facts([fact for fact in facts if fact.text])


def _receipt(said: Mapping[str, Any]) -> list[Fact]:
    beside = {
        PackageBeside.SAME: tr("同目录的投标文件与回执一致"),
        PackageBeside.DIFFERENT: tr("同目录的投标文件不是回执所指的文件"),
        PackageBeside.ABSENT: "",
    }[PackageBeside(said["package_file"])]
    stamped = f"{_time(said['stamped_at'])} · {said['service']}" if said["stamped_at"] else ""
    return [
        Fact(word=tr("项目"), text=said["tender"]),
        Fact(word=tr("标段"), text=said["lot"]),
        Fact(word=tr("投标人"), text=f"{said['bidder']['name']} ({said['bidder']['credit_code']})"),
        Fact(word=tr("平台收到"), text=_time(said["received_at"])),
        Fact(word=tr("时间戳"), text=stamped),
        Fact(word=tr("序号"), text=tr("第 {number} 份", number=said["number"])),
        Fact(word=tr("文件摘要"), text=_spaced(said["sha256"]), is_code=True),
        Fact(word=tr("日志序号"), text=str(said["log_entry"])),
        Fact(word=tr("投标文件"), text=beside),
    ]


def _head(said: Mapping[str, Any]) -> list[Fact]:
    return [
        Fact(word=tr("平台"), text=said["platform"]),
        Fact(word=tr("条目"), text=tr("共 {size} 条", size=said["size"])),
        Fact(word=tr("签署时间"), text=_time(said["at"])),
        Fact(word=tr("树根"), text=_spaced(said["root"]), is_code=True),
    ]


def _record(said: Mapping[str, Any]) -> list[Fact]:
    failed = "" if said["opens"] else tr("流标: 少于三份投标, 未开启")
    return [
        Fact(word=tr("项目"), text=f"{said['tender']} {said['tender_name']}"),
        Fact(word=tr("标段"), text=f"{said['lot']} {said['lot_name']}"),
        Fact(word=tr("招标代理"), text=f"{said['agency']['name']} ({said['agency']['credit_code']})"),
        Fact(word=tr("截止确认"), text=_time(said["closed_at"])),
        Fact(word=tr("投标"), text=failed or tr("共 {count} 份", count=len(said["bids"]))),
        *(Fact(word=result["package_id"][:8], text=_result(result)) for result in said["results"]),
        Fact(word=tr("异议"), text=tr("共 {count} 条", count=said["objections"]) if said["objections"] else ""),
        Fact(word=tr("文件摘要"), text=_spaced(said["sha256"]), is_code=True),
    ]


def _result(result: Mapping[str, Any]) -> str:
    if result["state"] == "opened":
        return tr("已开启 {price}", price=result["price"]).strip()
    return tr("未开启: {cause}", cause=problem(result["cause"]).wording(current_language()).title)


def _time(moment: str | None) -> str:
    return local_time(datetime.fromisoformat(moment), seconds=True) if moment else ""


def _spaced(code: str) -> str:
    """Part a hash, so that it can be compared by eye and broken into lines."""
    return " ".join(code[n : n + 8] for n in range(0, len(code), 8))
