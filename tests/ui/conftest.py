"""An application dressed as the product dresses it, in Chinese, light."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop.ui import theme
from desktop.ui.i18n import Language, Languages
from desktop.ui.tokens import Mode


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    # What the test before left to be deleted would be dressed again with every change of theme.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme.apply(qapp, Mode.LIGHT)
    return qapp


@pytest.fixture
def languages(app: QApplication) -> Iterator[Languages]:
    made = Languages()
    yield made
    made.use(Language.CHINESE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this about every window with a minimum size; it is no word about our code."""
    ours = Path(__file__).parent
    ignored = pytest.mark.qt_log_ignore(r"^This plugin does not support propagateSizeHints\(\)", extend=True)
    for item in items:
        if ours in item.path.parents:
            item.add_marker(ignored)
