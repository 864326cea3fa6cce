"""State, view-model, page: five faces, one signal, language without restart."""

from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.ui.i18n import Language, Languages, tr
from desktop.ui.kit import Label
from desktop.ui.page import LookAgain, Page, PageState, Phase, ViewModel


@dataclass(frozen=True, slots=True, kw_only=True)
class State(PageState):
    count: int = 0


class Model(ViewModel[State]):
    def __init__(self) -> None:
        super().__init__(State())

    def load(self, count: int) -> None:
        self._set(phase=Phase.NORMAL, count=count)

    def face(self, phase: Phase) -> None:
        self._set(phase=phase)

    def fail(self, error: RejectedError | UnavailableError) -> None:
        self._fail(error)


class CountPage(Page[State]):
    def __init__(self, model: Model) -> None:
        super().__init__("count")
        self.word, self.number = Label(), Label()
        column = QVBoxLayout(self.content)
        column.addWidget(self.word)
        column.addWidget(self.number)
        self.shown: list[State] = []
        self.bind(model)

    def show_state(self, state: State) -> None:
        self.shown.append(state)
        self.word.setText(tr("已完成 {done}", done=state.count))
        self.number.setText(str(state.count))
        self.empty.set_content("inbox", tr("取消"))


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def page(app: QApplication, qtbot: QtBot, model: Model) -> CountPage:
    made = CountPage(model)
    qtbot.addWidget(made)
    made.show()
    return made


def test_change_of_state_is_rendered_once(page: CountPage, model: Model):
    page.shown.clear()
    model.load(3)
    assert page.shown == [State(phase=Phase.NORMAL, count=3)]
    assert page.number.text() == "3"


def test_equal_state_is_not_told(page: CountPage, model: Model, qtbot: QtBot):
    model.load(3)
    with qtbot.assertNotEmitted(model.changed):
        model.load(3)


@pytest.mark.parametrize("phase", Phase)
def test_page_shows_the_face_of_its_phase(page: CountPage, model: Model, phase: Phase):
    model.face(phase)
    assert page.phase is phase
    faces = {
        Phase.NORMAL: page.content,
        Phase.LOADING: page.skeleton,
        Phase.EMPTY: page.empty,
        Phase.PROBLEM: page.problem,
        Phase.OFFLINE: page.offline,
    }
    assert [face for face, widget in faces.items() if widget.isVisible()] == [phase]


def test_error_of_the_platform_s_absence_is_the_offline_face(page: CountPage, model: Model):
    model.fail(UnavailableError("portal.unreachable", "refused"))
    assert page.phase is Phase.OFFLINE


def test_other_error_is_worded_and_its_detail_kept_for_the_diagnostic(page: CountPage, model: Model):
    model.fail(RejectedError("pdf.damaged", "xref"))
    assert page.phase is Phase.PROBLEM
    assert page.problem.title.text() == "PDF 文件已损坏"
    assert "xref" in page.problem.diagnostic
    assert "xref" not in page.problem.words.text() + page.problem.next_step.text()


@pytest.mark.parametrize("phase", [Phase.PROBLEM, Phase.OFFLINE])
def test_retry_of_either_face_is_one_signal(page: CountPage, model: Model, qtbot: QtBot, phase: Phase):
    model.face(phase)
    face = page.problem if phase is Phase.PROBLEM else page.offline
    with qtbot.waitSignal(page.retry_requested, timeout=1000):
        face.retry.click()


def test_page_is_said_again_in_english_and_back(page: CountPage, model: Model, languages: Languages, qtbot: QtBot):
    model.load(7)
    told = []
    languages.language_changed.connect(told.append)
    languages.use(Language.ENGLISH)
    qtbot.waitUntil(lambda: page.word.text() == "7 done", timeout=1000)
    assert languages.language is Language.ENGLISH
    languages.use(Language.CHINESE)
    qtbot.waitUntil(lambda: page.word.text() == "已完成 7", timeout=1000)
    assert told == ["en", "zh"]


def test_skeleton_waits_300_ms(page: CountPage, model: Model, qtbot: QtBot):
    assert page.skeleton.delay_ms == 300
    assert not page.skeleton.is_shown
    qtbot.waitUntil(lambda: page.skeleton.is_shown, timeout=2000)
    model.load(1)
    assert not page.skeleton.is_shown


def test_page_deleted_before_its_model_is_left_in_peace(app: QApplication, model: Model, qtbot: QtBot):
    page = CountPage(model)
    with qtbot.waitSignal(page.destroyed, timeout=1000):
        page.deleteLater()
    model.load(5)
    assert model.state.count == 5


def test_look_again_only_while_wanted_and_in_sight(page: CountPage, qtbot: QtBot):
    looks: list[int] = []
    again = LookAgain(page, lambda: looks.append(1), interval_ms=1)
    assert not again.is_looking
    again.want(wanted=True)
    qtbot.waitUntil(lambda: len(looks) >= 2, timeout=2000)
    page.hide()
    assert not again.is_looking
    page.show()
    assert again.is_looking
    again.want(wanted=False)
    assert not again.is_looking
    page.hide()
    page.show()
    assert not again.is_looking
