"""Two at one draft: whose version is on the platform, and the versions that are kept here beside it. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Label, LinkButton, Tone, local_time
from desktop.views.publish.state import EditorState
from desktop.views.publish.words import difference_words


class Versions(QWidget):
    """`theirs_requested` and `mine_requested` end a clash; the two others are about the newest copy."""

    theirs_requested = Signal()
    mine_requested = Signal()
    copy_requested = Signal()
    drop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("draftVersions")
        self.clash = Banner(name="draftClash", is_narrow=True)
        self.theirs = LinkButton(icon="eye", name="draftTheirs")
        self.mine = LinkButton(icon="save", name="draftMine")
        self.copy = Label(role="caption", wrap=True, name="draftCopy")
        self.take = LinkButton(icon="history", name="draftTakeCopy")
        self.drop = LinkButton(icon="trash-2", name="draftDropCopy")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.clash, self.theirs, self.mine, self.copy, self.take, self.drop):
            column.addWidget(part)
        self.theirs.clicked.connect(self.theirs_requested)
        self.mine.clicked.connect(self.mine_requested)
        self.take.clicked.connect(self.copy_requested)
        self.drop.clicked.connect(self.drop_requested)

    def show_state(self, state: EditorState) -> None:
        """Draw what there is to choose; nothing where there is one version alone."""
        self._show_clash(state)
        copy = next(iter(state.copies), None)
        is_offered = copy is not None and state.clash is None and state.is_open
        if copy is not None:
            who = copy.by or tr("您")
            text = tr("本机保留着 {who} 于 {time} 的版本。", who=who, time=local_time(copy.at))
            self.copy.setText(_with_differences(text, difference_words(state.draft, copy.draft)))
        self.take.setText(tr("换用该版本"))
        self.drop.setText(tr("删除该副本"))
        for part in (self.copy, self.take, self.drop):
            part.setVisible(is_offered)
        self.setVisible(is_offered or state.clash is not None)

    def _show_clash(self, state: EditorState) -> None:
        work = state.clash
        for part in (self.theirs, self.mine):
            part.setVisible(work is not None)
        if work is None:
            self.clash.clear()
            return
        who, at = work.saved.by or tr("同事"), work.saved.at
        text = tr(
            "{who} 于 {time} 保存了另一个版本。您填写的内容仍在此页, 没有丢失; 选定之前不再保存。",
            who=who,
            time=local_time(at) if at else "—",
        )
        words = _with_differences(text, difference_words(state.draft, work.draft))
        self.clash.show_message(Tone.WARNING, tr("草稿已被同事改动"), words)
        self.theirs.setText(tr("查看对方的版本, 我的留作副本"))
        self.mine.setText(tr("保留我的版本, 对方的留作副本"))


def _with_differences(text: str, differences: str) -> str:
    return tr("{text}\n不同之处: {parts}", text=text, parts=differences) if differences else text
