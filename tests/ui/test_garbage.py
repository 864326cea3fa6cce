"""Cycles are collected in the GUI thread, whoever makes them."""

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.ui.garbage import GarbageCollector, collect_due

MANY = 50_000


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.self = self


@pytest.mark.usefixtures("qapp")
def test_cycles_of_a_busy_thread_are_collected_by_the_gui_thread_alone(qtbot: QtBot) -> None:
    collected_by: set[threading.Thread] = set()
    parent = QObject()
    GarbageCollector(parent)

    def work() -> None:
        knots = [Knot() for _ in range(MANY)]
        for knot in knots:
            weakref.finalize(knot, lambda: collected_by.add(threading.current_thread())).atexit = False

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert collected_by == set()
    qtbot.waitUntil(lambda: bool(collected_by))
    assert collected_by == {threading.main_thread()}


def test_nothing_is_collected_before_it_is_due() -> None:
    gc.collect()
    before = gc.get_stats()
    collect_due()
    assert [each["collections"] for each in gc.get_stats()] == [each["collections"] for each in before]


def test_oldest_generation_that_is_due_is_collected() -> None:
    def collections() -> list[int]:
        return [each["collections"] for each in gc.get_stats()]

    gc.collect()
    limits = gc.get_threshold()
    kept: list[list[int]] = []
    begun = collections()
    while collections()[1] == begun[1]:
        kept.extend([] for _ in range(limits[0] + 1))
        collect_due()
    young = collections()[0] - begun[0]
    assert limits[1] <= young <= limits[1] + 2
