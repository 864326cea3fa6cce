"""Dialogs: the destructive answer is never the default one."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RejectedError
from desktop.ui.dialogs import ConfirmDialog, ProblemDialog, TextPrompt
from desktop.ui.i18n import Language, Languages


@pytest.fixture
def parent(app: QApplication, qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_enter_goes_back_when_the_way_on_is_destructive(parent: QWidget, qtbot: QtBot):
    dialog = ConfirmDialog("撤回?", "撤回后需要重新递交。", "撤回", is_destructive=True, parent=parent)
    dialog.open()
    assert dialog.back.isDefault()
    assert not dialog.confirm.isDefault()
    with qtbot.waitSignal(dialog.rejected, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_destructive_way_takes_a_click(parent: QWidget, qtbot: QtBot):
    dialog = ConfirmDialog("撤回?", "", "撤回", is_destructive=True, parent=parent)
    dialog.open()
    with qtbot.waitSignal(dialog.accepted, timeout=1000):
        qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)


def test_enter_goes_on_when_it_is_harmless_and_escape_goes_back(parent: QWidget, qtbot: QtBot):
    dialog = ConfirmDialog("退出登录?", "", "退出", parent=parent)
    dialog.open()
    with qtbot.waitSignal(dialog.accepted, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    dialog = ConfirmDialog("退出登录?", "", "退出", parent=parent)
    dialog.open()
    with qtbot.waitSignal(dialog.rejected, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_prompt_answers_with_the_trimmed_line_and_never_a_blank_one(parent: QWidget, qtbot: QtBot):
    dialog = TextPrompt("重命名工位", "工位名称", "保存", parent=parent)
    dialog.open()
    assert not dialog.confirm.isEnabled()
    qtbot.keyClicks(dialog.field.edit, "   ")
    assert not dialog.confirm.isEnabled()
    qtbot.keyClicks(dialog.field.edit, "A01 ")
    with qtbot.waitSignal(dialog.answered, timeout=1000) as told:
        qtbot.keyClick(dialog.field.edit, Qt.Key.Key_Return)
    assert told.args == ["A01"]


def test_closed_dialog_is_deleted(parent: QWidget, qtbot: QtBot):
    dialog = ConfirmDialog("退出登录?", "", "退出", parent=parent)
    dialog.open()
    with qtbot.waitSignal(dialog.destroyed, timeout=1000):
        dialog.reject()


def test_problem_is_told_by_the_catalogue(parent: QWidget, qtbot: QtBot):
    dialog = ProblemDialog(RejectedError("pdf.damaged", "xref"), parent=parent)
    dialog.open()
    assert dialog.windowTitle() == "PDF 文件已损坏"
    assert "xref" in dialog.diagnostic
    with qtbot.waitSignal(dialog.accepted, timeout=1000):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


@pytest.mark.parametrize("language", list(Language))
def test_file_dialog_speaks_one_language(language: Language, languages: Languages, qtbot: QtBot, tmp_path: Path):
    languages.use(language)
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"%PDF-")
    dialog = QFileDialog(None, "添加文件", str(tmp_path), "*.pdf")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    said = [w.text() for kind in (QLabel, QPushButton) for w in dialog.findChildren(kind)]
    view = dialog.findChild(QTreeView, "treeView")
    assert view is not None
    model = view.model()
    said += [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    words = [text for text in said if text]
    assert len(words) > 6
    chinese = language is Language.CHINESE
    assert [text for text in words if any(c > "\u2e80" for c in text) != chinese] == []


def test_long_words_are_shown_whole_where_qt_would_cut_them_at_two_thirds_of_the_screen(parent: QWidget):
    text = "该投标视为撤回, 不参加唱标排序, 并写入开标记录, 全体投标人可见。" * 22
    dialog = ConfirmDialog("放弃解密?", text, "放弃解密", is_destructive=True, parent=parent)
    dialog.open()
    wanted = dialog.layout().totalHeightForWidth(dialog.width())
    assert parent.screen().availableGeometry().height() * 2 // 3 < wanted <= dialog.height()
    dialog.close()
