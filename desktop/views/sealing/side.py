"""The right column of sealing: certificate, seal, position, documents of this scan, and the one primary button."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.domain.problems import problem, running
from desktop.formats.seal import SealObject
from desktop.services.sealing_plan import PlannedScan
from desktop.ui.i18n import current_language, tr
from desktop.ui.icons import untinted
from desktop.ui.kinds import seal_kind_word
from desktop.ui.kit import (
    Banner,
    ChoiceField,
    ElidedLabel,
    Label,
    LinkButton,
    PrimaryButton,
    SecondaryButton,
    Separator,
    Tone,
    scrolled,
)
from desktop.views.sealing.millimetres import mm_field, set_quietly
from desktop.views.sealing.placing_panel import PlacingPanel
from desktop.views.sealing.state import Paper, SealingState

_WIDTH_PX = 288
_THUMB_PX = 48
_PLAN_LINES = 4
#: Room for the scroll bar of the choices, there or not.
_BAR_PX = 12


class SidePanel(QWidget):
    """Passive; says what was chosen."""

    certificate_chosen = Signal(str)
    seal_chosen = Signal(str)
    position_edited = Signal(float, float)
    all_pages_requested = Signal()
    remove_requested = Signal()
    scan_requested = Signal()
    folder_requested = Signal()
    show_requested = Signal()
    enrol_requested = Signal()
    time_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sealingSide")
        self.setFixedWidth(_WIDTH_PX)
        self._shown_seals: tuple[str, ...] = ()
        self.certificate = ChoiceField(name="sealingCertificate")
        self.seals = QListWidget()
        self.seals.setObjectName("sealChoice")
        self.seals.setIconSize(QSize(_THUMB_PX, _THUMB_PX))
        self.seals.setMaximumHeight(128)
        self.seals.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.seals.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.seals.setWordWrap(True)
        self.seals_label = Label(role="label")
        self.hint = Label(role="muted", wrap=True)
        self.position_label = Label(role="label")
        self.click = QWidget()
        self.placing = PlacingPanel(self.click)
        self.x_field, self.y_field = mm_field("positionX"), mm_field("positionY")
        self.all_pages = LinkButton(icon="copy", name="allPagesButton")
        self.remove = LinkButton(icon="trash-2", name="removeSealButton")
        self.plan = Label(role="muted", wrap=True, name="scanPlan")
        self.notice = Banner(name="sealingNotice", is_narrow=True)
        self.result = Banner(name="sealingResult", is_narrow=True)
        self.add_time = LinkButton(icon="clock", name="addTimeButton")
        self.left_out = Label(role="muted", wrap=True, name="leftOut")
        self.left_out.set_tone(Tone.WARNING)
        self.place = ElidedLabel(role="muted", name="savePlace")
        self.change_place = LinkButton(name="changePlaceButton")
        self.scan = PrimaryButton(icon="qr-code", name="sealButton")
        self._position = QWidget()
        self._lay_out()
        self._connect()

    def show_state(self, state: SealingState) -> None:
        """Draw the state."""
        self._say_words()
        options: list[tuple[str, str]] = [(c.serial, f"{c.organization} · {c.holder}") for c in state.certificates]
        self.certificate.set_options(options, state.serial)
        self._show_seals(state.seals, state.seal_id)
        paper = state.paper
        chosen = paper.placed[state.selected] if paper and 0 <= state.selected < len(paper.placed) else None
        is_open = paper is not None and not paper.is_done
        self.placing.setVisible(is_open)
        self.placing.show_state(state)
        self._position.setVisible(chosen is not None)
        if chosen is not None:
            set_quietly(self.x_field, chosen.x_mm)
            set_quietly(self.y_field, chosen.y_mm)
            self.x_field.setEnabled(chosen.strip is None)
            self.all_pages.setVisible(chosen.strip is None)
        self.hint.setVisible(chosen is None)
        self._show_scans(state)
        self._show_notice(state, paper)
        bare = len(state.bare)
        self.left_out.setVisible(bool(state.marked) and bare > 0)
        self.left_out.setText(tr("{count} 个文件还没有放置印章, 这次不会签章", count=bare))
        place = str(state.folder) if state.folder is not None else tr("原文件旁")
        self.place.setText(tr("保存到: {place}", place=place))
        self.change_place.setText(tr("更改"))

    def _show_scans(self, state: SealingState) -> None:
        """Say how often the phone will be asked, for what, and what no order of scans can make."""
        plan = state.plan
        first = plan.scans[0] if plan.scans else None
        count = len(first.documents) if first else 0
        made = max((p.scans for p in state.marked), default=0)
        total = made + len(plan.scans)
        if state.failed:
            words = tr("重试未完成的 {count} 个文件", count=count)
        elif total > 1:
            words = tr("扫码签章 (第 {number} 次, 共 {total} 次)", number=made + 1, total=total)
        else:
            words = tr("扫码签章 ({count} 个文件)", count=count) if count > 1 else tr("扫码签章")
        certificate = state.certificate_of(first) if first else None
        is_enrolled = certificate is not None and certificate.credit_code not in state.unenrolled
        self.scan.setText(words)
        self.scan.setEnabled(is_enrolled and not state.work[1])
        lines = [plan_line(state, number, scan) for number, scan in enumerate(plan.scans, made + 1)]
        intro = tr("不同证书的印章需要分次扫码, 后一次在前一次的结果上继续:")
        names = {p.key: p.facts.name for p in state.papers}
        lines = [intro, *lines[:_PLAN_LINES], *(("…",) if len(lines) > _PLAN_LINES else ())] if total > 1 else []
        lines += [f"{names[key]}: {problem(code).wording(current_language()).title}" for key, code in plan.problems[:3]]
        self.plan.setText("\n".join(lines))
        self.plan.setVisible(bool(lines))
        self.plan.set_tone(Tone.WARNING if plan.problems else Tone.NEUTRAL)

    def _show_notice(self, state: SealingState, paper: Paper | None) -> None:
        scans = state.plan.scans
        certificate = (state.certificate_of(scans[0]) if scans else None) or state.certificate
        if certificate is not None and certificate.credit_code in state.unenrolled:
            self.notice.show_message(
                Tone.WARNING,
                tr("本工位尚未登记"),
                tr("签章前需由本单位成员用手机登记本工位。"),
                action=tr("去登记"),
            )
        else:
            self.notice.clear()
        if paper is not None and paper.problem:
            wording = problem(paper.problem).wording(current_language())
            done = tr("此前的签章已保存在 {name}。", name=paper.result.name) if paper.result is not None else ""
            self.result.show_message(Tone.PROBLEM, wording.title, running(wording.cause, done, wording.next_step))
        elif paper is not None and paper.is_done and paper.result is not None:
            self.result.show_message(
                Tone.SUCCESS,
                tr("已签章"),
                tr("已保存为 {name}", name=paper.result.name) + level_words(paper),
                action=tr("打开文件夹"),
            )
        elif paper is not None and paper.result is not None:
            self.result.show_message(
                Tone.INFO,
                tr("第 {count} 次签章已完成", count=paper.scans),
                tr("已保存为 {name}; 其余印章请继续扫码。", name=paper.result.name),
            )
        else:
            self.result.clear()
        self.add_time.setVisible(paper is not None and paper.lacks_time and not state.work[1])

    def _show_seals(self, seals: tuple[SealObject, ...], chosen: str) -> None:
        ids = (str(current_language()), *(s.seal_id for s in seals))
        self.seals.blockSignals(True)
        if ids != self._shown_seals:
            self._shown_seals = ids
            self.seals.clear()
            for seal in seals:
                self.seals.addItem(_seal_item(seal))
        for row in range(self.seals.count()):
            item = self.seals.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == chosen:
                self.seals.setCurrentItem(item)
        self.seals.blockSignals(False)

    def _say_words(self) -> None:
        self.certificate.set_label(tr("签章证书"))
        self.seals_label.setText(tr("印章"))
        self.seals.setAccessibleName(tr("印章"))
        self.hint.setText(tr("选择印章, 在页面上点击放置; 拖动或用方向键调整位置。按住 Ctrl 点击可叠放。"))
        self.add_time.setText(tr("补加时间戳"))
        self.position_label.setText(tr("位置 (距页面左上角)"))
        self.x_field.setAccessibleName(tr("距左边 (毫米)"))
        self.y_field.setAccessibleName(tr("距上边 (毫米)"))
        self.all_pages.setText(tr("放到每一页"))
        self.remove.setText(tr("移除"))

    def _connect(self) -> None:
        self.certificate.chosen.connect(self.certificate_chosen)
        self.seals.currentItemChanged.connect(
            lambda item, _old: self.seal_chosen.emit(item.data(Qt.ItemDataRole.UserRole)) if item else None
        )
        for field in (self.x_field, self.y_field):
            field.valueChanged.connect(
                lambda _value: self.position_edited.emit(self.x_field.value(), self.y_field.value())
            )
        self.all_pages.clicked.connect(self.all_pages_requested)
        self.remove.clicked.connect(self.remove_requested)
        self.scan.clicked.connect(self.scan_requested)
        self.notice.action_triggered.connect(self.enrol_requested)
        self.result.action_triggered.connect(self.show_requested)
        self.add_time.clicked.connect(self.time_requested)
        self.change_place.clicked.connect(self.folder_requested)

    def _lay_out(self) -> None:
        numbers = QHBoxLayout()
        numbers.setSpacing(8)
        for name, field in (("X", self.x_field), ("Y", self.y_field)):
            numbers.addWidget(Label(name, role="muted"))
            numbers.addWidget(field, 1)
        links = QHBoxLayout()
        links.addWidget(self.all_pages)
        links.addStretch()
        links.addWidget(self.remove)
        inside = QVBoxLayout(self._position)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.position_label)
        inside.addLayout(numbers)
        inside.addLayout(links)
        by_click = QVBoxLayout(self.click)
        by_click.setContentsMargins(0, 0, 0, 0)
        by_click.setSpacing(8)
        by_click.addWidget(self.hint)
        by_click.addWidget(self._position)
        choices = QWidget()
        choices.setFixedWidth(_WIDTH_PX - _BAR_PX)
        upper = QVBoxLayout(choices)
        upper.setContentsMargins(16, 24, 24 - _BAR_PX, 0)
        upper.setSpacing(16)
        upper.addWidget(self.certificate)
        upper.addWidget(self.seals_label)
        upper.addWidget(self.seals)
        upper.addWidget(self.placing)
        upper.addStretch()
        column = QVBoxLayout()
        column.setContentsMargins(16, 0, 24, 24)
        column.setSpacing(16)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(16)
        whole.addWidget(scrolled(choices), 1)
        whole.addLayout(column)
        column.addWidget(self.result)
        column.addWidget(self.add_time)
        column.addWidget(self.notice)
        column.addWidget(Separator())
        where = QHBoxLayout()
        where.addWidget(self.place, 1)
        where.addWidget(self.change_place)
        column.addLayout(where)
        column.addWidget(self.plan)
        column.addWidget(self.left_out)
        column.addWidget(self.scan)


class FileBar(QWidget):
    """The opened documents as a row of names above the page."""

    paper_chosen = Signal(str)
    close_requested = Signal(str)
    open_requested = Signal()
    list_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fileBar")
        self._choice = ChoiceField(name="paperChoice")
        self.close_button = LinkButton(icon="x", name="closePaperButton")
        self.list_button = LinkButton(icon="clipboard-check", name="paperListButton")
        self.list_button.setCheckable(True)
        self.list_button.clicked.connect(self.list_requested)
        self.open_button = SecondaryButton(icon="plus", name="openMoreButton")
        self._choice.chosen.connect(self.paper_chosen)
        self.open_button.clicked.connect(self.open_requested)
        self.close_button.clicked.connect(lambda: self.close_requested.emit(self._choice.value))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._choice, 1)
        row.addWidget(self.list_button)
        row.addWidget(self.close_button)
        row.addWidget(self.open_button)

    def show_papers(self, papers: tuple[Paper, ...], current: str, *, shows_list: bool) -> None:
        """Draw the names, with what has become of each."""
        self.list_button.setVisible(len(papers) > 1)
        self.list_button.setText(tr("返回页面") if shows_list else tr("文件列表 ({count})", count=len(papers)))
        self.list_button.setChecked(shows_list)
        self._choice.set_options([(p.key, f"{p.facts.name}{fate_of(p)}") for p in papers], current)
        self._choice.box.setAccessibleName(tr("已打开的文件"))
        self.close_button.setText(tr("关闭文件"))
        self.open_button.setText(tr("添加文件"))


def plan_line(state: SealingState, number: int, scan: PlannedScan) -> str:
    """Say one scan of the plan: which certificate, which seals, how many documents."""
    certificate = state.certificate_of(scan)
    names = dict.fromkeys(p.seal.name for _, placements in scan.documents for p in placements)
    holder = f"{certificate.holder} …{certificate.serial[-4:]}" if certificate else ""
    return tr(
        "{number}. {seals} ({holder}) · {count} 个文件",
        number=number,
        seals="、".join(names),
        holder=holder,
        count=len(scan.documents),
    )


def fate_of(paper: Paper) -> str:
    """Say in a word, after a dot, what has become of a document."""
    if paper.problem:
        return " · " + tr("未完成")
    if paper.is_done:
        return " · " + tr("已签章")
    if len(paper.placed) == 1:
        return " · " + tr("1 处印章")
    return " · " + tr("{count} 处印章", count=len(paper.placed)) if paper.placed else ""


def level_words(paper: Paper) -> str:
    """Say, on a line of its own, how far the time of the seal is proven, and why no further."""
    if paper.note:
        return "\n" + tr("未加时间戳: {why}", why=problem(paper.note).wording(current_language()).title)
    return "\n" + tr("含可信时间戳 ({level})", level=paper.level) if paper.level in ("B-T", "B-LT") else ""


def _seal_item(seal: SealObject) -> QListWidgetItem:
    picture = QPixmap.fromImage(QImage.fromData(seal.imprint_png)).scaled(
        _THUMB_PX, _THUMB_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    across = f"{seal.width_mm:g}" if seal.width_mm == seal.height_mm else f"{seal.width_mm:g}×{seal.height_mm:g}"
    item = QListWidgetItem(untinted(picture), f"{seal.name}\n{seal_kind_word(seal.kind)} · {across} mm")
    item.setData(Qt.ItemDataRole.UserRole, seal.seal_id)
    item.setToolTip(f"{seal.name}\n{seal_kind_word(seal.kind)} · {seal.width_mm:g} × {seal.height_mm:g} mm")
    return item
