"""An application dressed as the product dresses it, in Chinese, light."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.ui import theme
from desktop.ui.i18n import Language, Languages
from desktop.ui.tokens import Mode


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    theme.apply(qapp, Mode.LIGHT)
    return qapp


@pytest.fixture
def languages(app: QApplication) -> Iterator[Languages]:
    made = Languages()
    yield made
    made.use(Language.CHINESE)
