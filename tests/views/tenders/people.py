"""In place of file dialogs and of the scan dialog: the phone of the tests answers every scan at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.services.action import Action
from desktop.services.workspace import Workspace
from tests.bids.conftest import Bidder


@dataclass
class Hand:
    """Files that a person will choose; `folder` is where he keeps what is saved."""

    files: list[Path] = field(default_factory=list)
    opened: list[Any] = field(default_factory=list)
    folder: Path = Path()

    def pick(self, _parent: QWidget, _title: str, _suffixes: tuple[str, ...], _several: bool) -> list[Path]:
        return [self.files.pop(0)] if self.files else []


class Scanner:
    """Carries out every scan with the bidder's phone."""

    def __init__(self, bidder: Bidder) -> None:
        self._bidder = bidder
        self.problems: list[str] = []

    def __call__(
        self,
        _parent: QWidget,
        _workspace: Workspace,
        make: Callable[[], Action],
        *,
        credit_code: str,
        on_finished: Callable[[Any], None],
    ) -> None:
        assert credit_code == self._bidder.company.credit_code
        view, _result = self._bidder.scan(make())
        self.problems.append(view.problem)
        on_finished(view)
