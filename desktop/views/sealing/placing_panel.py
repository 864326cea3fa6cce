"""Ways to put the seal in hand on many pages at once: every page, across the edges (骑缝章), on words of the text.

Passive: says what was asked for, in millimetres and pages counted from 1.
What a click does is shown by the widget handed in.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from desktop.services.placing import group_sizes
from desktop.ui.i18n import tr
from desktop.ui.kit import ChoiceField, Label, SecondaryButton, TextField
from desktop.views.sealing.millimetres import labelled, mm_field, page_field
from desktop.views.sealing.state import SealingState

_CLICK, _PAGES, _ACROSS, _WORDS = "click", "pages", "across", "words"
_FROM_TOP_MM = 120.0
_FROM_LEFT_MM, _NEAR_FOOT_MM = 140.0, 225.0


class PlacingPanel(QWidget):
    """One way at a time, chosen above."""

    every_page_requested = Signal(float, float, bool)
    across_requested = Signal(int, int, float, bool)
    words_requested = Signal(str, float, float, int, bool)

    way_chosen = Signal()

    def __init__(self, click: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("placingPanel")
        self.click = click
        self._state = SealingState()
        self._pages = 0
        self.ways = ChoiceField(name="placingWay")
        self.x_field, self.y_field = mm_field("everyPageX"), mm_field("everyPageY")
        self.x_field.setValue(_FROM_LEFT_MM)
        self.y_field.setValue(_NEAR_FOOT_MM)
        self.every_page = SecondaryButton(icon="copy", name="everyPageButton")
        self.first, self.last = page_field("acrossFirst"), page_field("acrossLast")
        self.top = mm_field("acrossTop")
        self.top.setValue(_FROM_TOP_MM)
        self.groups = Label(role="muted", wrap=True, name="acrossGroups")
        self.across = SecondaryButton(icon="stamp", name="acrossButton")
        self.words = TextField(name="placingWords")
        self.dx_field, self.dy_field = mm_field("wordsX", signed=True), mm_field("wordsY", signed=True)
        self.nth = QSpinBox()
        self.nth.setObjectName("wordsNth")
        self.nth.setRange(0, 9999)
        self.find_button = SecondaryButton(icon="search", name="findWordsButton")
        self.found = Label(role="muted", wrap=True, name="wordsFound")
        self.all_papers = QCheckBox()
        self.all_papers.setObjectName("allPapers")
        self._ways: dict[str, QWidget] = {}
        self._labels: dict[str, Label] = {
            name: Label(role="muted") for name in ("from", "to", "top", "dx", "dy", "nth", "x", "y")
        }
        self._lay_out()
        self._connect()

    def show_state(self, state: SealingState) -> None:
        """Draw the state."""
        self._say_words()
        paper = state.paper
        pages = len(paper.facts.pages) if paper else 0
        if pages != self._pages:
            self._pages = pages
            for field, value in ((self.first, 1), (self.last, pages)):
                field.setRange(1, max(pages, 1))
                field.setValue(value)
        can_place = paper is not None and not paper.is_done and state.seal is not None
        for button in (self.every_page, self.find_button):
            button.setEnabled(can_place and not state.work[1])
        self.across.setEnabled(can_place and self.last.value() > self.first.value())
        several = len(state.open_papers) > 1
        self.all_papers.setVisible(several and self.ways.value != _CLICK)
        self.all_papers.setText(tr("应用到全部 {count} 个文件", count=len(state.open_papers)))
        self.groups.setText(self._groups_text(state))
        self.found.setText(tr("找到并放置了 {count} 处", count=state.found) if state.found > 0 else "")
        self.found.setVisible(state.found > 0)
        self._state = state

    def _groups_text(self, state: SealingState) -> str:
        seal, count = state.seal, self.last.value() - self.first.value() + 1
        if seal is None or not self.across.isEnabled():
            return tr("骑缝章至少要盖两页")
        groups = group_sizes(count, seal)
        if len(groups) == 1:
            return tr("一枚印章分盖在 {count} 页的右边缘", count=count)
        return tr(
            "页数较多: 分成 {groups} 组, 每组 {pages} 页内合成一枚完整的印章", groups=len(groups), pages=max(groups)
        )

    def _say_words(self) -> None:
        self.ways.set_label(tr("放置方式"))
        self.ways.set_options(
            [
                (_CLICK, tr("在页面上点击")),
                (_PAGES, tr("盖在每一页")),
                (_ACROSS, tr("骑缝章")),
                (_WORDS, tr("按关键字")),
            ]
        )
        for field, name in ((self.x_field, tr("距左边 (毫米)")), (self.y_field, tr("距上边 (毫米)"))):
            field.setAccessibleName(name)
        self.top.setAccessibleName(tr("距上边 (毫米)"))
        self.first.setAccessibleName(tr("从第几页"))
        self.last.setAccessibleName(tr("到第几页"))
        self.dx_field.setAccessibleName(tr("向右偏移 (毫米)"))
        self.dy_field.setAccessibleName(tr("向下偏移 (毫米)"))
        self.nth.setAccessibleName(tr("第几处"))
        self.nth.setSpecialValueText(tr("每一处"))
        self.words.set_label(tr("关键字"), tr("例如: 投标人(盖章)"))
        self.every_page.setText(tr("盖在每一页"))
        self.across.setText(tr("盖骑缝章"))
        self.find_button.setText(tr("查找并放置"))
        texts = {
            "from": tr("从"),
            "to": tr("到"),
            "top": tr("距上边"),
            "dx": tr("右移"),
            "dy": tr("下移"),
            "nth": tr("第几处"),
            "x": "X",
            "y": "Y",
        }
        for key, text in texts.items():
            self._labels[key].setText(text)

    def _connect(self) -> None:
        self.ways.chosen.connect(self._choose)
        for field in (self.first, self.last):
            field.valueChanged.connect(lambda _value: self.show_state(self._state))
        self.every_page.clicked.connect(
            lambda: self.every_page_requested.emit(self.x_field.value(), self.y_field.value(), self._for_all())
        )
        self.across.clicked.connect(self._ask_across)
        self.find_button.clicked.connect(self._ask_words)
        self.words.submitted.connect(self._ask_words)

    def _choose(self, way: str) -> None:
        for each, part in self._ways.items():
            part.setVisible(each == way)
        self.show_state(self._state)
        self.way_chosen.emit()

    def _ask_across(self) -> None:
        last = 0 if self.last.value() == self._pages else self.last.value()
        self.across_requested.emit(self.first.value(), last, self.top.value(), self._for_all())

    def _ask_words(self) -> None:
        self.words_requested.emit(
            self.words.value, self.dx_field.value(), self.dy_field.value(), self.nth.value(), self._for_all()
        )

    def _for_all(self) -> bool:
        return self.all_papers.isVisible() and self.all_papers.isChecked()

    def _lay_out(self) -> None:
        label = self._labels
        every = _column(_row(label["x"], self.x_field, label["y"], self.y_field), self.every_page)
        across = _column(
            _row(label["from"], self.first, label["to"], self.last),
            labelled(label["top"], self.top),
            self.groups,
            self.across,
        )
        words = _column(
            self.words,
            _row(label["dx"], self.dx_field, label["dy"], self.dy_field),
            labelled(label["nth"], self.nth),
            self.find_button,
            self.found,
        )
        self._ways = {_CLICK: self.click, _PAGES: every, _ACROSS: across, _WORDS: words}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.ways)
        for way, part in self._ways.items():
            column.addWidget(part)
            part.setVisible(way == _CLICK)
        column.addWidget(self.all_papers)


def _column(*parts: QWidget | QHBoxLayout) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for part in parts:
        if isinstance(part, QHBoxLayout):
            column.addLayout(part)
        else:
            column.addWidget(part)
    column.addStretch()
    return box


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for number, part in enumerate(parts):
        row.addWidget(part, number % 2)
    return row
