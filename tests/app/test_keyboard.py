"""The main windows by keyboard alone: Tab reaches every control and comes around, focus is seen, controls are named."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from desktop.testing import OfficeWorker, PreparedCompany, wait_until
from desktop.ui.kit.surfaces import ListRow
from desktop.ui.shortcuts import ShortcutsDialog
from desktop.views.home.parts import Tile

CONTROLS = (
    QAbstractButton,
    QLineEdit,
    QPlainTextEdit,
    QComboBox,
    QAbstractSpinBox,
    QAbstractItemView,
    Tile,
)
MOST = 200


@dataclass
class Walk:
    """Where Tab has come by: each stop once, and those whose look is the same with the focus and without."""

    stops: list[QWidget]
    unseen: list[str]


def walk(window: QWidget) -> Walk:
    """Press Tab until it comes around.

    Raises:
        AssertionError: it does not: somewhere Tab is a trap.
    """
    window.activateWindow()
    first = focus(window)
    found = Walk(stops=[first], unseen=[])
    for _ in range(MOST):
        here, with_focus = focus(window), picture(focus(window))
        QTest.keyClick(here, Qt.Key.Key_Tab)
        if focus(window) is here:
            raise AssertionError(f"Tab stays at {name_of(here)}")
        if picture(here) == with_focus:
            found.unseen.append(name_of(here))
        if focus(window) is first:
            return found
        found.stops.append(focus(window))
    raise AssertionError(f"Tab does not come around: {[name_of(stop) for stop in found.stops[-8:]]}")


def focus(window: QWidget) -> QWidget:
    found = QApplication.focusWidget() or window.focusWidget()
    assert found is not None, "the focus is nowhere"
    return found


def picture(widget: QWidget) -> QImage:
    """What a person sees of the widget and of what is drawn around it."""
    frame = widget.parentWidget() if widget.parentWidget() is not None else widget
    area = widget.geometry().adjusted(-4, -4, 4, 4) if frame is not widget else widget.rect()
    return frame.grab(area).toImage()


def name_of(widget: QWidget) -> str:
    parent, names = widget, [type(widget).__name__]
    while parent is not None and not parent.objectName():
        parent = parent.parentWidget()
    return f"{parent.objectName() if parent else ''}:{names[0]}"


def said(widget: QWidget) -> str:
    """What a screen reader says of it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface is not None else ""


def controls(window: QWidget) -> list[QWidget]:
    """Everything that a mouse could use now. A part of a control is that control."""
    found = []
    for widget in window.findChildren(QWidget):
        is_control = isinstance(widget, CONTROLS) or (
            isinstance(widget, ListRow) and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        )
        parent = widget.parentWidget()
        is_part = isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QAbstractItemView) or (
            parent is not None and parent.metaObject().className() in {"QHeaderView", "QComboBoxPrivateContainer"}
        )
        if is_control and not is_part and widget.isVisibleTo(window) and widget.isVisible() and widget.isEnabled():
            found.append(widget)
    return found


def is_reached(control: QWidget, stops: list[QWidget]) -> bool:
    """Of buttons that exclude each other Tab stops at the one chosen, arrows go to the others."""
    if control in stops or control.focusProxy() in stops:
        return True
    group = control.group() if isinstance(control, QAbstractButton) else None
    return group is not None and group.exclusive() and any(button in stops for button in group.buttons())


def check(window: QWidget) -> None:
    found, those = walk(window), controls(window)
    missed = [name_of(control) for control in those if not is_reached(control, found.stops)]
    unnamed = [name_of(stop) for stop in found.stops if not said(stop)]
    assert (missed, found.unseen, unnamed) == ([], [], [])
    assert len(those) > 1


def go(worker: OfficeWorker, number: int) -> None:
    """By its key, whatever has the focus."""
    worker.screen.press(Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
    worker.settle()


def home(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 1)
    worker.screen.find("quickSeal")
    worker.screen.find("recent_0")


def sealing(worker: OfficeWorker, company: PreparedCompany) -> None:
    worker.open_document(company.document())
    worker.place_seal(100, 100)


def order(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 5)
    worker.client.go("certificates", "new")
    worker.screen.find("submitOrderButton")


def members(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 5)
    worker.client.go("certificates", "unit")
    worker.screen.find("addMemberButton")


def records(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 7)
    worker.screen.find("recordsTable")
    worker.settle()


def records_detail(worker: OfficeWorker, company: PreparedCompany) -> None:
    records(worker, company)
    worker.screen.click_row("recordsTable", 0)
    worker.screen.find("recordDetailClose")


def projects(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 2)
    worker.screen.click("packageJob_pack")
    worker.screen.find("packTender")


def tenders(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 2)
    worker.settle()


def verify(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 4)


def seals(worker: OfficeWorker, _company: PreparedCompany) -> None:
    go(worker, 6)
    worker.screen.find("sealsPage")
    worker.settle()


def me(worker: OfficeWorker, _company: PreparedCompany) -> None:
    worker.client.go("me", "")
    worker.screen.find("mePage")
    worker.settle()


@pytest.mark.parametrize(
    "arrive",
    [home, tenders, projects, sealing, verify, order, members, seals, records, records_detail, me],
    ids=lambda step: step.__name__,
)
def test_every_control_of_the_page_is_reached_seen_and_named(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    arrive: Callable[[OfficeWorker, PreparedCompany], None],
) -> None:
    arrive(bidseal_window, bidseal_company)
    check(bidseal_window.client.window)


def test_the_login_window_by_keyboard(bidseal_window: OfficeWorker) -> None:
    bidseal_window.screen.find("mobileField")
    bidseal_window.settle()
    check(bidseal_window.client.window)


def test_dialogs_hold_the_focus_and_let_go_by_escape(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    screen, window = bidseal_window.screen, bidseal_window.client.window
    screen.press(Qt.Key.Key_F1)
    dialog = window.findChild(ShortcutsDialog)
    assert dialog is not None
    close = screen.find("shortcutsClose")
    wait_until(close.hasFocus, "the focus in the dialog")
    screen.press(Qt.Key.Key_Tab)
    assert dialog.isAncestorOf(dialog.focusWidget())
    screen.press(Qt.Key.Key_Escape)
    screen.wait_gone("shortcutsDialog")


def test_a_record_is_found_from_the_home_page_by_keys_alone(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    screen, window = bidseal_window.screen, bidseal_window.client.window
    home(bidseal_window, bidseal_company)
    for _ in range(MOST):
        if focus(window).objectName() == "recent_0":
            break
        screen.press(Qt.Key.Key_Tab)
    screen.press(Qt.Key.Key_Return)
    screen.find("recordDetailClose")
    assert window.current_id == "records"
