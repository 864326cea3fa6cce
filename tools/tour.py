"""What a tour of pictures is taken with: the album, and the guide with the people of the story."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QScrollBar, QWidget

from desktop.app import apply_theme
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.driver import NotAsExpectedError, wait_until
from desktop.testing.stage import Stage
from desktop.ui.i18n import Language

LANGUAGES = ("zh", "en")
_PASSES, _PASS_MS = 5, 25
#: What is hidden by a margin alone is no picture of its own.
_LITTLE_PX = 24


class Album:
    """Takes the same moment in both languages; `only` names the beginnings of the pictures that are wanted.

    One album has one theme: a change of it polishes all widgets again, which takes longer than anything else here.
    """

    def __init__(self, folder: Path, theme: str, scale: str, only: tuple[str, ...] = ()) -> None:
        self.folder, self.theme, self.scale, self.taken = folder, theme, scale, 0
        self._only = only

    def take(self, page: str, shots: dict[str, Callable[[Path], object]], languages: object) -> None:
        """Save what each of `shots` (by state) saves once for each language; ends in the first one again."""
        wanted = {s: save for s, save in shots.items() if not self._only or f"{page}-{s}".startswith(self._only)}
        if not wanted:
            return
        apply_theme(self.theme)  # a client that was opened meanwhile has dressed all as its settings say
        for language in LANGUAGES:
            self._speak(language, languages)
            for state, save in wanted.items():
                save(self.folder / f"{page}-{state}-{self.theme}-{self.scale}-{language}.png")
        self._speak(LANGUAGES[0], languages)
        self.taken += len(LANGUAGES) * len(wanted)
        print(*(f"{page}-{state}" for state in wanted), flush=True)

    @staticmethod
    def _speak(language: str, languages: object) -> None:
        languages.use(Language(language))  # type: ignore[attr-defined]
        for _ in range(_PASSES):  # several passes: what is rebuilt by one is laid out by the next
            QTest.qWait(_PASS_MS)


class Guide:
    """Leads through all pages; the chapters are functions of it."""

    operator: OfficeWorker

    def __init__(self, state: Path, album: Album) -> None:
        self.stage = Stage(state, album.folder)
        self.stage.start_platform()
        self.album = album
        self.bidder = self.stage.open_client("bidder")
        self.phone: PhoneHolder = self.stage.open_phone()

    def desk(self, page: str, state: str, worker: OfficeWorker | None = None, *, showing: str = "") -> None:
        """Take the window of a client, of the bidder's if none is named; what is below its lower edge as `-below`.

        `showing` is a control that has to be there: a code is made anew when the language is changed.
        """
        of = worker or self.bidder

        def save(path: Path) -> None:
            if showing:
                of.screen.find(showing)
            of.picture(path)

        self._take(page, state, save, of.screen.window)

    def asked(self, page: str, state: str, worker: OfficeWorker, *, opened_by: str, left_by: str) -> None:
        """Take a dialog that a button opens, opened anew in each language: it keeps the one that it was opened in."""

        def save(path: Path) -> None:
            worker.screen.click(opened_by)
            worker.picture(path)
            worker.screen.click(left_by)

        self.album.take(page, {state: save}, self.stage.languages)

    def reviewed(self, state: str) -> None:
        """Take the operator's window."""
        self._take("review", state, self.operator.picture, self.operator.screen.window)

    def hand(self, state: str, phone: PhoneHolder | None = None) -> None:
        """Take a phone, the bidder's if none is named; what is below the edge of its screen as `-below`."""
        window = (phone or self.phone).window
        self._take("phone", state, lambda path: _saved(window, path), window)

    def scan(self, prefix: str, *, is_new: bool = False) -> None:
        """Take a scan's dialog and the phone through its stages."""
        self.desk("scan", f"{prefix}-showing", showing="qrCode")
        self.phone.scan(self.bidder.screen)
        self.desk("scan", f"{prefix}-claimed")
        self.hand(f"consent-{prefix}")
        code = self.bidder.screen.text_of("qrCardCheckCode") if self._asks_for_code() else ""
        self.phone.approve(is_new=is_new, typed_code=code)
        self.desk("scan", f"{prefix}-done")
        self.hand(f"result-{prefix}")
        self.bidder.finish_scan()
        self.phone.put_away()

    def settle_phone(self) -> None:
        """Wait until the phone loads and sends nothing."""
        models = self.phone.window.modules.all
        wait_until(lambda: not any(m.state.is_loading or m.state.is_busy for m in models), "the phone to load")

    def failed(self, chapter: str) -> None:
        """Take what is to be seen where a chapter broke off."""
        for number, client in enumerate(self.stage.clients):
            _saved(client.window, self.album.folder / f"failed-{chapter}-desk-{number}.png")
        for number, phone in enumerate(self.stage.phones):
            _saved(phone.window, self.album.folder / f"failed-{chapter}-phone-{number}.png")

    def close(self) -> None:
        """End everything."""
        self.stage.close()

    def _asks_for_code(self) -> bool:
        return self.phone.screen.is_visible("consentTypedCode")

    def _take(self, page: str, state: str, save: Callable[[Path], object], window: QWidget) -> None:
        shots = {state: save}
        if _bars(window):

            def above(path: Path) -> None:
                _scroll(window, to_end=False)
                save(path)

            def below(path: Path) -> None:
                _scroll(window, to_end=True)
                save(path)

            shots = {state: above, f"{state}-below": below}
        self.album.take(page, shots, self.stage.languages)
        _scroll(window, to_end=False)


def _scroll(window: QWidget, *, to_end: bool) -> None:
    for bar in _bars(window):
        bar.setValue(bar.maximum() if to_end else bar.minimum())
    QTest.qWait(_PASS_MS)


def _bars(window: QWidget) -> list[QScrollBar]:
    """Return the bars of the areas of forms and cards that hold more than is seen; dialogs above come alone."""
    dialogs = [each for each in QApplication.topLevelWidgets() if each.isVisible() and _is_over(each, window)]
    areas = [a for root in dialogs or [window] for a in root.findChildren(QScrollArea) if a.isVisible()]
    bars = [a.verticalScrollBar() for a in areas]
    return [bar for bar in bars if bar.maximum() - bar.minimum() > _LITTLE_PX]


def _is_over(dialog: QWidget, window: QWidget) -> bool:
    """Tell whether a dialog belongs to this window: beside a desktop's the phone's page is to be scrolled itself."""
    parent: QWidget | None = dialog.parentWidget()
    return dialog.isModal() and parent is not None and parent.window() is window


def _saved(widget: QWidget, path: Path) -> None:
    if not widget.grab().save(str(path)):
        raise NotAsExpectedError(f"{path.name} could not be saved")
