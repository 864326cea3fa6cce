"""A person with the virtual phone's window: what its camera sees, what a hand does."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.phone.window.grabbing import Grab, grab_of
from desktop.phone.window.states import Stage
from desktop.phone.window.window import PhoneWindow
from tests.phone.phone_ca import CREDIT_CODE, ORGANIZATION

W = TypeVar("W", bound=QWidget)
SESSION = {
    "token": "t0ken",
    "account": {"id": "1", "name": "张三", "mobile_masked": "138****0001", "role": "bidder"},
    "organizations": [
        {"id": "1", "name": ORGANIZATION, "credit_code": CREDIT_CODE, "member_role": "certificate_admin"}
    ],
    "created": False,
}
SMS = {
    "mobile": "13800000001",
    "text": "【平台】验证码 482913, 5 分钟内有效。",
    "code": "482913",
    "sent_at": "2026-06-01T04:00:00Z",
}


class Eyes:
    """What the phone's camera sees."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_blind = False
        self.looks = 0

    def grab(self) -> tuple[Grab, ...]:
        self.looks += 1
        image = QImage(64, 48, QImage.Format.Format_RGB888)
        image.fill(QColor("#808080"))
        return () if self.is_blind else (grab_of(image),)

    def decode(self, _: Grab) -> list[str]:
        return list(self.texts)


class Hand:
    """A person's hand on the window."""

    def __init__(self, qtbot: QtBot, window: PhoneWindow) -> None:
        self.qtbot, self.window = qtbot, window

    def find(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    def press(self, name: str) -> None:
        button = self.find(QAbstractButton, name)
        assert button.isEnabled(), name
        button.click()

    def text(self, name: str) -> str:
        return self.find(QLabel, name).text()

    def type(self, name: str, text: str) -> None:
        from PySide6.QtWidgets import QLineEdit

        edit = self.find(QLineEdit, name)
        edit.setText(text)
        edit.textEdited.emit(text)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=5000)

    def wait_stage(self, stage: Stage) -> None:
        self.wait(lambda: self.window.scan.state.stage is stage)

    def scan(self, eyes: Eyes, text: str) -> None:
        eyes.texts = [text]
        self.press("homeScan")
        self.wait_stage(Stage.CONSENT)
