"""The table: 40 px rows, keyboard first, whole texts for tooltip and screen reader."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui import theme
from desktop.ui.kit import (
    Cell,
    Column,
    DataTable,
    Label,
    Row,
    Tone,
)
from desktop.ui.tokens import Mode, tokens

HOSTILE = '<img src="http://evil.example/x.png"><b>盖章</b> & 确认'


@pytest.fixture
def table(app: QApplication, qtbot: QtBot) -> DataTable:
    made = DataTable(name="records")
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    return made


COLUMNS = [Column(title="文件"), Column(title="页数", width=80, is_number=True), Column(title="结果", width=100)]


def rows(*names: str) -> list[Row]:
    return [Row(key=name, cells=(f"{name}.pdf", "3", Cell(text="成功", tone=Tone.SUCCESS))) for name in names]


def test_table_rows_are_40_px_and_activated_by_enter_and_double_click(table: DataTable, qtbot: QtBot):
    table.set_content(COLUMNS, rows("a", "b"))
    assert table.rowHeight(0) == 40
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 60))
    assert table.selected_key == "b"
    with qtbot.waitSignal(table.row_activated, timeout=1000) as told:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert told.args == ["b"]
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    with qtbot.waitSignal(table.row_activated, timeout=1000) as told:
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert told.args == ["a"]


def test_table_selection_moves_by_arrow_and_is_told(table: DataTable, qtbot: QtBot):
    table.set_content(COLUMNS, rows("a", "b", "c"))
    table.select("a")
    with qtbot.waitSignal(table.row_selected, timeout=1000) as told:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert told.args == ["b"]


def test_table_keeps_the_selection_by_key_when_rows_change(table: DataTable):
    table.set_content(COLUMNS, rows("a", "b"))
    table.select("b")
    table.set_content(COLUMNS, rows("x", "b", "y"))
    assert table.selected_key == "b"
    table.set_content(COLUMNS, rows("x"))
    assert table.selected_key == ""


def test_table_tells_whole_names_to_tooltip_and_screen_reader(table: DataTable):
    table.set_content(COLUMNS, [Row(key="a", cells=(HOSTILE, "3", Cell(text="成功", tone=Tone.SUCCESS)))])
    index = table.model().index(0, 0)
    assert "<img" not in index.data(Qt.ItemDataRole.ToolTipRole)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == HOSTILE
    assert table.model().index(0, 2).data() == "成功"


@pytest.mark.parametrize("weight_of", ["0123456789"])
def test_digits_are_of_equal_width(app: QApplication, weight_of: str):
    metrics = Label().fontMetrics()
    assert len({metrics.horizontalAdvance(digit) for digit in weight_of}) == 1


def test_large_table_has_rows_and_text_for_the_back_of_a_room_and_goes_back(table: DataTable):
    table.set_content(COLUMNS, rows("a", "b"))
    table.set_large(large=True)
    assert table.rowHeight(0) == 72
    table.set_large(large=False)
    assert table.rowHeight(0) == 40


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("tone", list(Tone))
def test_chip_stands_out_from_the_ground_of_a_selected_row(table: DataTable, app: QApplication, mode: Mode, tone: Tone):
    theme.apply(app, mode)
    try:
        table.set_content(COLUMNS, [Row(key="a", cells=("a.pdf", "3", Cell(text="成功", tone=tone)))])
        table.select("a")
        picture = table.viewport().grab().toImage()
        place = table.visualRect(table.model().index(0, 2))
        chip = picture.pixelColor(place.left() + 20, place.center().y() - 8)
        row = picture.pixelColor(place.right() - 2, place.center().y())
        assert chip != row
        assert chip.name() == tokens(mode).colours.surface.lower()
    finally:
        theme.apply(app, Mode.LIGHT)
