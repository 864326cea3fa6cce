"""What the gallery shows: no clipped words, every control named, in both languages."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui import theme
from desktop.ui.gallery_sheets import SHEETS
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import ElidedLabel
from desktop.ui.tokens import Mode

# Rounding of font metrics.
SLACK = 1


@pytest.fixture(params=sorted(SHEETS))
def sheet(request: pytest.FixtureRequest, app: QApplication, qtbot: QtBot) -> QWidget:
    made = SHEETS[request.param]()
    qtbot.addWidget(made)
    made.show()
    QCoreApplication.processEvents()
    return made


def clipped(sheet: QWidget) -> list[str]:
    found = []
    for label in sheet.findChildren(QLabel):
        if not label.isVisible() or not label.text() or isinstance(label, ElidedLabel):
            continue
        needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        if label.height() + SLACK < needed or label.width() + SLACK < label.minimumSizeHint().width():
            found.append(f"label: {label.text()[:40]} {label.height()} < {needed}")
    buttons = [button for button in sheet.findChildren(QAbstractButton) if button.isVisible()]
    return found + [button.text() for button in buttons if button.width() + SLACK < button.minimumSizeHint().width()]


@pytest.mark.parametrize("language", Language)
def test_no_words_are_clipped(sheet: QWidget, languages: Languages, language: Language):
    languages.use(language)
    for _ in range(3):
        QCoreApplication.processEvents()
    assert clipped(sheet) == []


def test_everything_that_takes_the_focus_has_an_accessible_name(sheet: QWidget):
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in sheet.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not widget.accessibleName()
    ]
    assert nameless == []


@pytest.mark.parametrize("mode", Mode)
def test_sheet_has_the_ground_of_its_mode(app: QApplication, sheet: QWidget, mode: Mode):
    theme.apply(app, mode)
    colours = theme.current().colours
    corner = sheet.grab().toImage().pixelColor(sheet.width() - 3, sheet.height() - 3).name().upper()
    assert corner == colours.ground
