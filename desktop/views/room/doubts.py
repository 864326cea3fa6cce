"""What of a room is read but not proven, in words: who signed it, and what became of the certificate since."""

from collections.abc import Sequence

from desktop.domain.tendering import LotState
from desktop.services.opening_evidence import REVOKED, Doubt, Paper, by_signer
from desktop.ui.i18n import tr
from desktop.ui.kit import local_time
from desktop.views.room.facts import Room


def doubt_words(room: Room) -> tuple[str, str]:
    """Return title and text for the doubts of a room that has some."""
    lines = [_line(doubts) for doubts in by_signer(room.doubts)]
    lines.append(tr("签名所称的时间在此之前, 平台当时已受理; 但没有可信时间戳证明该时间。"))
    if is_window_in_doubt(room):
        lines.append(_what_mends_it(room))
    return tr("部分开标文书的签名人证书已失效"), "\n".join(lines)


def is_window_in_doubt(room: Room) -> bool:
    """Tell whether shares are awaited on the word of somebody whose certificate is not good any more."""
    present = room.envelope.envelope_id if room.envelope else ""
    about = {doubt.envelope_id for doubt in room.doubts if doubt.paper is Paper.OPENING_NOTICE}
    return room.state is LotState.DELIVERING and present in about


def _line(doubts: Sequence[Doubt]) -> str:
    first = doubts[0]
    papers = tr("、").join(dict.fromkeys(_paper_word(doubt.paper) for doubt in doubts))
    by = tr("{unit} {signer}", unit=first.unit, signer=first.signer)
    if first.code == REVOKED:
        return tr("{papers}: 由 {by} 签名, 其证书已于 {at} 被吊销。", papers=papers, by=by, at=local_time(first.at))
    return tr("{papers}: 由 {by} 签名, 其证书已于 {at} 过期。", papers=papers, by=by, at=local_time(first.at))


def _what_mends_it(room: Room) -> str:
    if room.is_agency:
        return tr("投标人现在不能交付。请由另一名开标人员在其电脑上延长交付时间, 已交付的份额不受影响。")
    return tr("在另一名开标人员延长交付时间之前不能交付; 请联系招标代理机构。已交付的份额不受影响。")


def _paper_word(paper: Paper) -> str:
    return {
        Paper.CLOSING: tr("截止声明"),
        Paper.OPENING_NOTICE: tr("开标通知"),
        Paper.DELIVERED: tr("交付清单"),
        Paper.RESULT: tr("开标结果"),
        Paper.PASSED: tr("评审结论"),
    }[paper]
