"""The states of a lot and the titles of its envelopes in words: the same ones wherever a lot is shown."""

from desktop.domain.tendering import LotState
from desktop.ui.i18n import tr
from desktop.ui.kit import Tone


def lot_state_word(state: LotState) -> tuple[str, Tone]:
    """Return the word for a lot's state, and its tone."""
    return {
        LotState.DRAFT: (tr("草稿"), Tone.NEUTRAL),
        LotState.PUBLISHED: (tr("招标中"), Tone.INFO),
        LotState.CLOSED: (tr("已截止"), Tone.INFO),
        LotState.FAILED: (tr("流标"), Tone.WARNING),
        LotState.DELIVERING: (tr("交付解密中"), Tone.WARNING),
        LotState.DELIVERED: (tr("交付结束"), Tone.INFO),
        LotState.OPENED: (tr("已解密"), Tone.INFO),
        LotState.ANNOUNCED: (tr("已唱标"), Tone.SUCCESS),
        LotState.RECORDED: (tr("已归档"), Tone.NEUTRAL),
    }[state]


def envelope_word(title: str) -> str:
    """Return the title of an envelope; those that this program gives speak the language of the window."""
    given = {"投标文件": tr("投标文件"), "商务技术文件": tr("商务技术文件"), "报价文件": tr("报价文件")}
    return given.get(title, title)
