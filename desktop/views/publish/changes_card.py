"""What an amendment changes, thing by thing, before anybody scans. Passive."""

from desktop.domain.money import amount_in_figures, read_amount
from desktop.services.tender_checks import Part
from desktop.services.tender_notice import Change
from desktop.ui.i18n import tr
from desktop.ui.kit import Card, Label
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.publish.envelope_card import envelope_words
from desktop.views.publish.state import EditorState
from desktop.views.publish.words import part_words


class ChangesCard(Card):
    """Hidden for a first notice."""

    def __init__(self) -> None:
        super().__init__(name="changesCard")
        self.note = Label(role="muted", wrap=True, name="changesNote")
        self.grid = FactGrid(name="changesGrid", word_width=144)
        self.add(self.note)
        self.add(self.grid)

    def show_state(self, state: EditorState) -> None:
        """Draw the state."""
        self.setVisible(state.is_amendment and state.is_open)
        announcement = state.announcement
        if announcement is None:
            return
        revision = announcement.notice.revision
        self.set_title(tr("本次变更 (将成为第 {number} 版公告)", number=revision + 1))
        if state.changes:
            self.note.setText(tr("发布后, 已提交或已上传投标文件的单位会收到变更通知; 已提交的投标文件仍然有效。"))
        elif state.findings:
            self.note.setText(tr("请先改正标红的内容, 再核对变更。"))
        else:
            self.note.setText(tr("还没有变更。修改下面的内容后, 变更会列在这里。"))
        self.grid.setVisible(bool(state.changes))
        self.grid.show_facts([Fact(word=_where(each), text=_what(each)) for each in state.changes])


def _where(change: Change) -> str:
    word = part_words(change.part)
    return f"{word} · {envelope_words(change.envelope)}" if change.envelope else word


def _what(change: Change) -> str:
    before, after = _shown(change, change.before), _shown(change, change.after)
    if not before:
        return tr("增加 {name}", name=after)
    if not after:
        return tr("取消 {name}", name=before)
    return f"{before} → {after}"


def _shown(change: Change, text: str) -> str:
    """Write an amount with its thousands apart; it stands in a notice without."""
    return amount_in_figures(read_amount(text)) if text and change.part is Part.LIMIT else text
