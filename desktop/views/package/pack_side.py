"""The right column of making a package: what will be made, whereto, the one primary button, and what came of it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    ElidedLabel,
    Label,
    LinkButton,
    PrimaryButton,
    SecondaryButton,
    Separator,
    Tone,
)
from desktop.views.package.pack_state import PackState
from desktop.views.package.words import box_title, size_words

_WIDTH_PX = 288


class PackSide(QWidget):
    """Passive; says what was wished."""

    pack_requested = Signal()
    target_requested = Signal()
    enrol_requested = Signal()
    rehearse_requested = Signal()
    verify_requested = Signal()
    show_requested = Signal()
    anew_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("packSide")
        self.setFixedWidth(_WIDTH_PX)
        self.title = Label(role="heading")
        self.contents = Label(role="body", wrap=True, name="packContents")
        self.opening = Label(role="muted", wrap=True, name="packOpening")
        self.place_label = Label(role="label")
        self.place = ElidedLabel(role="body", name="packTarget")
        self.change_place = LinkButton(name="packTargetButton")
        self.notice = Banner(name="packNotice", is_narrow=True)
        self.result = Banner(name="packResult", is_narrow=True)
        self.rehearse = PrimaryButton(icon="shield-check", name="packRehearseButton")
        self.verify = SecondaryButton(icon="file-check", name="packVerifyButton")
        self.show_folder = LinkButton(icon="folder-open", name="packShowButton")
        self.anew = LinkButton(icon="plus", name="packAnewButton")
        self.pack = PrimaryButton(icon="qr-code", name="packButton")
        self._after = QWidget()
        self._before = QWidget()
        self._lay_out()
        self._connect()

    def show_state(self, state: PackState, target: Path | None) -> None:
        """Draw the state."""
        self._say()
        titles = [box_title(number, is_double=state.is_double) for number in range(len(state.used))]
        self.contents.setText(
            "\n".join(
                tr("{title}: {count} 个文件, {size}", title=title, count=len(box.files), size=size_words(box.size))
                for title, box in zip(titles, state.used, strict=True)
            )
        )
        phones = 1 + len(state.seconds)
        self.opening.setText(tr("{count} 部手机能解密", count=phones) if phones > 1 else tr("只有 1 部手机能解密"))
        self.place.setText(str(target) if target is not None else tr("添加文件后确定"))
        self._before.setVisible(state.result is None)
        self._after.setVisible(state.result is not None)
        self.pack.setVisible(state.result is None)
        self.pack.setEnabled(state.is_enrolled and state.adding == (0, 0))
        self._show_notice(state)
        self._show_result(state)

    def _show_notice(self, state: PackState) -> None:
        if state.is_enrolled:
            self.notice.clear()
        else:
            text = tr("加密前需由本单位成员用手机登记本工位。")
            self.notice.show_message(Tone.WARNING, tr("本工位尚未登记"), text, action=tr("去登记"))

    def _show_result(self, state: PackState) -> None:
        if state.result is not None:
            text = tr("请现在演练一次解密, 确认开标时打得开; 演练不会打开文件, 也不会泄露内容。")
            self.result.show_message(Tone.SUCCESS, tr("已生成 {name}", name=state.result.name), text)
        elif state.failure:
            self.result.show_problem(state.failure)
        else:
            self.result.clear()

    def _say(self) -> None:
        self.title.setText(tr("投标文件包"))
        self.place_label.setText(tr("保存为"))
        self.change_place.setText(tr("更改"))
        self.pack.setText(tr("加密并签名"))
        self.rehearse.setText(tr("演练解密"))
        self.verify.setText(tr("验证"))
        self.show_folder.setText(tr("打开文件夹"))
        self.anew.setText(tr("再做一份"))

    def _connect(self) -> None:
        self.pack.clicked.connect(self.pack_requested)
        self.change_place.clicked.connect(self.target_requested)
        self.notice.action_triggered.connect(self.enrol_requested)
        self.rehearse.clicked.connect(self.rehearse_requested)
        self.verify.clicked.connect(self.verify_requested)
        self.show_folder.clicked.connect(self.show_requested)
        self.anew.clicked.connect(self.anew_requested)

    def _lay_out(self) -> None:
        before = QVBoxLayout(self._before)
        before.setContentsMargins(0, 0, 0, 0)
        before.setSpacing(8)
        for part in (self.contents, self.opening, Separator(), self.place_label, self.place, self.change_place):
            before.addWidget(part)
        after = QVBoxLayout(self._after)
        after.setContentsMargins(0, 0, 0, 0)
        after.setSpacing(8)
        for button in (self.rehearse, self.verify, self.show_folder, self.anew):
            after.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(self.title)
        column.addWidget(self._before)
        column.addWidget(self.notice)
        column.addWidget(self.result)
        column.addWidget(self._after)
        column.addStretch()
        column.addWidget(self.pack)
