"""The opening record as a PDF: a statutory document, in Chinese whatever the window's language.

All text is data, never markup. Source: docs/tendering.md §7; 电子招标投标办法 (2013) 第三十一条, 第三十二条.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from desktop.domain.clock import SHANGHAI, from_microseconds
from desktop.domain.money import amount_in_figures, amount_in_words
from desktop.domain.problems import problem
from desktop.domain.tendering import MIN_BIDS, OpeningState, Party
from desktop.portal.room_records import ClosedBid, Confirmation
from desktop.protocol.statements import BidResult
from desktop.services.opening_evidence import REVOKED, Doubt, Paper, by_signer
from desktop.services.opening_fetch import NOT_DELIVERED
from desktop.services.opening_record import Record, RecordedEnvelope

_NOTHING = "—"
_HEADS = (
    "序号", "投标人", "报价 (元)", "工期 (日历天)", "质量", "项目负责人", "投标保证金 (元)", "递交时间", "密封情况",
    "解密状态与时间", "确认/异议", "备注",
)  # fmt: skip
_WIDTHS = (9, 0, 40, 13, 17, 16, 24, 21, 18, 24, 26, 30)
_PARTIES = {
    Party.BIDDER: "因投标人原因未解密, 视为撤销其投标文件",
    Party.OTHER: "因投标人之外的原因未解密, 视为撤回其投标文件",
    Party.NOBODY: "",
}
_PAPERS = {
    Paper.CLOSING: "截止声明",
    Paper.OPENING_NOTICE: "开标通知",
    Paper.DELIVERED: "交付清单",
    Paper.RESULT: "开标结果",
    Paper.PASSED: "评审结论",
}
_TEMPLATE = r"""
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", flipped: true, margin: (x: 12mm, top: 12mm, bottom: 15mm),
  footer: context align(center, text(7pt, fill: luma(90), "第 " + str(counter(page).get().first()) + " 页, 共 "
    + str(counter(page).final().first()) + " 页")))
#set text(font: ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "SimSun"))
#set text(size: 8pt, cjk-latin-spacing: none, lang: "zh")
#show regex("[!-~]{10}"): it => it + "\u{200b}"
#let grid-of(t) = table(
  columns: t.widths.map(w => if w == 0 { 1fr } else { w * 1mm }),
  stroke: 0.4pt + luma(190), inset: (x: 3pt, y: 4pt), fill: (_, y) => if y == 0 { luma(238) },
  table.header(..t.heads.map(h => text(weight: "bold", h))), ..t.rows.flatten())
#align(center, block(below: 8pt, text(16pt, weight: "bold", d.title)))
#table(columns: (26mm, 1fr, 26mm, 1fr), stroke: 0.4pt + luma(190), inset: (x: 4pt, y: 4pt), ..d.facts.flatten())
#if d.failed != "" { block(above: 10pt, below: 10pt, text(11pt, weight: "bold", d.failed)) }
#for part in d.parts [
  #block(above: 12pt, below: 6pt, text(11pt, weight: "bold", part.title))
  #for note in part.notes { block(above: 4pt, below: 4pt, note) }
  #if part.rows.len() > 0 { grid-of(part) }
]
#block(above: 14pt, text(8pt)[开标记录数据包 SHA-256: #raw(d.bundle)])
#block(above: 16pt, grid(columns: (1fr, 1fr, 1fr), [开标人: ], [记录人: ], [招标代理机构 (电子签章): ]))
"""


def write_pdf(record: Record, bundle_sha256: bytes) -> bytes:
    """Return the PDF of a record whose bundle has this hash."""
    import typst

    data = json.dumps(_document(record, bundle_sha256), ensure_ascii=False)
    made = typst.compile(_TEMPLATE.encode(), font_paths=typst.Fonts(), sys_inputs={"data": data}, pdf_tags=False)
    assert isinstance(made, bytes)
    return made


def _document(record: Record, bundle_sha256: bytes) -> dict[str, Any]:
    notice, closing = record.announcements[-1].notice, record.closing.payload
    facts = [
        ("招标项目", f"{notice.tender_name} ({notice.tender})", "标段", f"{notice.lot_name} ({notice.lot})"),
        ("招标人", notice.purchaser, "招标代理机构", f"{notice.agency} ({notice.agency_code})"),
        ("投标截止时间", _seconds(notice.deadline), "截止时有效投标", f"{closing.count} 份"),
        ("最高投标限价", _money(notice.price_limit), "截止清单根", closing.root.hex()),
    ]
    failed = f"流标: 截止时有效投标文件少于 {MIN_BIDS} 份, 依规定不予开标。" if record.has_failed else ""
    return {
        "title": "开标记录",
        "facts": facts,
        "failed": failed,
        "parts": [
            _signed_in(record),
            *(_part(each, record) for each in record.envelopes),
            *_signers(record),
            _proofs(record),
        ],
        "bundle": bundle_sha256.hex(),
    }


def _signed_in(record: Record) -> dict[str, Any]:
    rows = [[str(n), each.name, _moment(each.at)] for n, each in enumerate(record.room.signed_in, 1)]
    return {
        "title": "签到",
        "notes": [] if rows else ["无单位签到。"],
        "heads": ["序号", "单位", "签到时间"],
        "widths": [14, 0, 45],
        "rows": rows,
    }


def _part(each: RecordedEnvelope, record: Record) -> dict[str, Any]:
    notes = [f"投标人解密截止 {_seconds(each.notice.until)}, 收到解密份额 {len(each.shares)} 份。"]
    if each.notice.revision > 1:
        notes.append(f"解密时间已延长 {each.notice.revision - 1} 次: {each.notice.reason}")
    if each.view.announced_at is not None:
        notes.append(f"唱标时间 {_moment(each.view.announced_at)}。")
    return {
        "title": each.envelope.title,
        "notes": notes,
        "heads": _HEADS,
        "widths": _WIDTHS,
        "rows": [_row(number, bid, each) for number, bid in enumerate(record.bids, 1)],
    }


def _row(number: int, bid: ClosedBid, each: RecordedEnvelope) -> list[str]:
    result = each.results.get(bid.package)
    received = _moment(from_microseconds(bid.at_us))
    if result is None:
        kept = ["未通过前一信封评审, 未开启", _NOTHING, ""]
        return [str(number), bid.bidder, *[_NOTHING] * 5, received, "密封完好", *kept]
    return [
        str(number),
        bid.bidder,
        _price(result.price),
        str(result.duration_days) if result.duration_days else _NOTHING,
        result.quality or _NOTHING,
        result.project_manager or _NOTHING,
        _money(result.bid_bond),
        received,
        _seal(result),
        f"{_state(result)} {_seconds(result.at)}",
        _said([c for c in each.view.confirmations if c.package == bid.package]),
        "; ".join(_remarks(bid.package, result, each)) or _NOTHING,
    ]


def _remarks(package: bytes, result: BidResult, each: RecordedEnvelope) -> Iterator[str]:
    if result.cause:
        yield problem(result.cause).zh.title
    if result.state is not OpeningState.OPENED:
        yield _PARTIES[result.party]
    if any(row.is_above_limit for row in each.ranked if row.package_id == package):
        yield "报价超过最高投标限价"
    if (passed := each.passed.get(package)) is not None and not passed.passed:
        yield f"未通过: {passed.reason}"


def _seal(result: BidResult) -> str:
    """Say what the bid was like when it was to be opened: its file is that of the closing in all but one case."""
    if result.party is Party.OTHER:
        return "未取得原文件"
    return "密封完好" if result.state is OpeningState.OPENED or result.cause == NOT_DELIVERED else "文件不符合要求"


def _state(result: BidResult) -> str:
    return "已解密" if result.state is OpeningState.OPENED else "未解密"


def _said(confirmations: list[Confirmation]) -> str:
    words = [_one_said(each) for each in confirmations]
    return "; ".join(words) or "未表示"


def _one_said(said: Confirmation) -> str:
    if said.is_agreed:
        return f"确认 {_moment(said.at)}"
    answer = f" (答复: {said.answer})" if said.answer else ""
    return f"异议 {_moment(said.at)}: {said.text}{answer}"


def _proofs(record: Record) -> dict[str, Any]:
    rows = [
        [
            str(number),
            bid.bidder_code,
            bid.sha256.hex(),
            " ".join(each.hex() for each in path) or _NOTHING,
        ]
        for number, (bid, path) in enumerate(record.inclusions(), 1)
    ]
    return {
        "title": "投标文件哈希值与截止清单包含证明",
        "notes": ["投标文件 SHA-256, 及其在截止清单树 (RFC 9162) 中由近及远的兄弟节点。"] if rows else ["无投标文件。"],
        "heads": ["序号", "统一社会信用代码", "投标文件 SHA-256", "包含证明"],
        "widths": [12, 38, 80, 0],
        "rows": rows,
    }


def _signers(record: Record) -> Iterator[dict[str, Any]]:
    """Say whose certificate was revoked or has expired since; a record in which nobody's was says nothing of it."""
    if record.doubts:
        notes = [_signer(doubts) for doubts in by_signer(record.doubts)]
        yield {"title": "签名人证书状况", "notes": notes, "heads": [], "widths": [], "rows": []}


def _signer(doubts: Sequence[Doubt]) -> str:
    first = doubts[0]
    papers = "、".join(dict.fromkeys(_PAPERS[doubt.paper] for doubt in doubts))
    word = "被吊销" if first.code == REVOKED else "过期"
    return (
        f"{papers}由{first.unit} {first.signer} 签名, 其证书已于 {_moment(first.at)} {word}; "
        "签名所称时间在此之前, 没有可信时间戳证明该时间。"
    )


def _price(price: str) -> str:
    return f"{_money(price)} {amount_in_words(Decimal(price))}" if price else _NOTHING


def _money(amount: str) -> str:
    return amount_in_figures(Decimal(amount)) if amount else _NOTHING


def _seconds(at: int) -> str:
    return _moment(from_microseconds(at * 1_000_000))


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
