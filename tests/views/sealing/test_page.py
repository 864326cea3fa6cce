"""The sealing page as a person uses it: by mouse and by keys, with one and with several documents, good and bad."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany, wait_until
from desktop.views.sealing.canvas import PageCanvas
from desktop.views.sealing.model import SealingModel
from desktop.views.sealing.page import SealingPage
from desktop.views.sealing.state import Paper
from tests.app.words import words_on

SAMPLES = Path(__file__).parents[2] / "data" / "pdf"


def model_of(worker: OfficeWorker) -> SealingModel:
    return worker.screen.find("sealingPage", SealingPage)._model


def paper(worker: OfficeWorker) -> Paper:
    found = model_of(worker).state.paper
    assert found is not None
    return found


@pytest.fixture
def at_desk(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> OfficeWorker:
    """A document of three pages is open and bears no seal."""
    bidseal_window.open_document(bidseal_company.document(pages=3))
    return bidseal_window


def test_a_click_places_the_seal_where_it_was_clicked(at_desk: OfficeWorker) -> None:
    at_desk.place_seal(120.0, 150.0)
    (placed,) = paper(at_desk).placed
    assert placed.page_index == 0
    assert placed.x_mm + placed.seal.width_mm / 2 == pytest.approx(120.0, abs=0.5)
    assert placed.y_mm + placed.seal.height_mm / 2 == pytest.approx(150.0, abs=0.5)


def test_a_seal_clicked_at_the_edge_stays_whole_on_the_page(at_desk: OfficeWorker) -> None:
    at_desk.place_seal(209.0, 2.0)
    (placed,) = paper(at_desk).placed
    assert placed.x_mm == pytest.approx(210.0 - placed.seal.width_mm, abs=0.2)
    assert placed.y_mm == 0.0


def test_keys_move_by_a_millimetre_or_a_tenth_and_delete_removes(at_desk: OfficeWorker) -> None:
    at_desk.place_seal(100.0, 100.0)
    at_desk.screen.find("pageCanvas", PageCanvas).setFocus()
    (before,) = paper(at_desk).placed
    at_desk.screen.press(Qt.Key.Key_Right)
    at_desk.screen.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    (after,) = paper(at_desk).placed
    assert after.x_mm == pytest.approx(before.x_mm + 1.0)
    assert after.y_mm == pytest.approx(before.y_mm + 0.1)
    at_desk.screen.press(Qt.Key.Key_Delete)
    assert paper(at_desk).placed == ()
    assert not at_desk.screen.find("sealButton").isEnabled()


def test_the_remove_button_takes_the_selected_seal_off(at_desk: OfficeWorker) -> None:
    at_desk.place_seal(60.0, 60.0)
    at_desk.place_seal(150.0, 200.0)
    at_desk.screen.click("removeSealButton")
    (left,) = paper(at_desk).placed
    assert left.x_mm < 60


def test_a_seal_goes_to_the_same_spot_of_every_page_and_all_are_sealed(
    at_desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    at_desk.place_seal(150.0, 200.0)
    at_desk.screen.click("allPagesButton")
    placed = paper(at_desk).placed
    assert [p.page_index for p in placed] == [0, 1, 2]
    assert len({(p.x_mm, p.y_mm) for p in placed}) == 1
    at_desk.screen.click("sealButton")
    bidseal_phone.scan(at_desk.screen)
    assert "3 页" in words_on(at_desk.screen)
    bidseal_phone.approve()
    at_desk.finish_scan()
    at_desk.verify(bidseal_company.documents / "投标文件_已签章.pdf")


def test_zoomed_in_a_click_still_means_the_same_millimetre(at_desk: OfficeWorker) -> None:
    canvas = at_desk.screen.find("pageCanvas", PageCanvas)
    before = canvas.width()
    at_desk.screen.click("zoomInButton")
    assert canvas.width() > before
    at_desk.place_seal(80.0, 60.0)
    (placed,) = paper(at_desk).placed
    assert placed.x_mm + placed.seal.width_mm / 2 == pytest.approx(80.0, abs=0.5)
    at_desk.screen.click("zoomOutButton")
    assert canvas.width() == before


def test_a_seal_placed_by_enter_is_scrolled_into_sight(at_desk: OfficeWorker) -> None:
    canvas = at_desk.screen.find("pageCanvas", PageCanvas)
    canvas.setFocus()
    at_desk.screen.press(Qt.Key.Key_Return)
    (placed,) = paper(at_desk).placed
    top = canvas.point_at(placed.x_mm, placed.y_mm).toPoint()
    bottom = canvas.point_at(placed.x_mm + placed.seal.width_mm, placed.y_mm + placed.seal.height_mm).toPoint()
    viewport = at_desk.screen.find("pageScroll", QScrollArea).viewport()
    assert viewport.rect().contains(canvas.mapTo(viewport, top))
    assert viewport.rect().contains(canvas.mapTo(viewport, bottom))


def test_two_documents_are_sealed_by_one_scan(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    first, second = bidseal_company.document("商务标.pdf", pages=1), bidseal_company.document("技术标.pdf", pages=2)
    for path in (first, second):
        if bidseal_window.screen.is_visible("openMoreButton"):
            bidseal_window.hand.hold(path)
            bidseal_window.screen.click("openMoreButton")
            wait_until(lambda name=path.name: paper(bidseal_window).facts.name == name, f"{path.name} to be open")  # type: ignore[misc]
        else:
            bidseal_window.open_document(path)
        bidseal_window.place_seal(150.0, 235.0)
    assert bidseal_window.screen.text_of("sealButton") == "扫码签章 (2 个文件)"
    bidseal_window.screen.click("sealButton")
    bidseal_phone.scan(bidseal_window.screen)
    bidseal_phone.approve()
    bidseal_window.finish_scan()
    for path in (first, second):
        bidseal_window.verify(path.with_name(f"{path.stem}_已签章.pdf"))


def test_a_document_without_a_seal_is_said_to_be_left_out(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    bidseal_window.open_document(bidseal_company.document("商务标.pdf", pages=1))
    bidseal_window.place_seal(150.0, 235.0)
    assert not bidseal_window.screen.is_visible("leftOut")
    other = bidseal_company.document("技术标.pdf", pages=1)
    bidseal_window.hand.hold(other)
    bidseal_window.screen.click("openMoreButton")
    wait_until(lambda: bidseal_window.screen.is_visible("leftOut"), "the other document to be named as left out")
    assert bidseal_window.screen.text_of("leftOut").startswith("1 ")
    bidseal_window.place_seal(150.0, 235.0)
    bidseal_window.screen.wait_gone("leftOut")


def test_sealed_files_go_where_the_person_wants_them(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, tmp_path: Path
) -> None:
    source, folder = bidseal_company.document(pages=1), tmp_path / "已签章"
    folder.mkdir()
    bidseal_window.open_document(source)
    bidseal_window.place_seal(150.0, 235.0)
    bidseal_window.screen.find("sealingPage", SealingPage)._ask_folder = lambda _parent, _title: folder
    bidseal_window.screen.click("changePlaceButton")
    assert str(folder) in bidseal_window.screen.text_of("savePlace")
    bidseal_window.screen.click("sealButton")
    bidseal_phone.scan(bidseal_window.screen)
    bidseal_phone.approve()
    bidseal_window.finish_scan()
    assert [p.name for p in folder.iterdir()] == [f"{source.stem}_已签章.pdf"]
    assert not source.with_name(f"{source.stem}_已签章.pdf").exists()


def broken(name: str, folder: Path) -> Path:
    path = folder / f"{name}.pdf"
    whole = (SAMPLES / "tracemonkey.pdf").read_bytes()
    content = {"no-pdf": b"hello", "empty": b"", "half": whole[: len(whole) // 2]}
    path.write_bytes(content[name])
    return path


@pytest.mark.parametrize("name", ["no-pdf", "empty"])
def test_a_file_that_cannot_be_sealed_is_refused_in_words_and_the_open_one_stays(
    at_desk: OfficeWorker, tmp_path: Path, name: str
) -> None:
    bad = broken(name, tmp_path)
    at_desk.hand.hold(bad)
    at_desk.screen.click("openMoreButton")
    at_desk.screen.find("sealingRefused")
    wait_until(lambda: bad.name in words_on(at_desk.screen), "the name of the refused file")
    assert at_desk.screen.is_visible("pageCanvas")
    assert paper(at_desk).facts.name == "投标文件.pdf"
    for never in ("Traceback", "Error", "Exception"):
        assert never not in words_on(at_desk.screen)


def test_a_closed_document_leaves_the_page_ready_for_the_next(at_desk: OfficeWorker) -> None:
    work = at_desk.client.workspace.folder.work
    at_desk.screen.click("closePaperButton")
    at_desk.screen.find("sealDrop")
    assert not at_desk.screen.is_visible("pageCanvas")
    assert list(work.iterdir()) == []


def test_by_keyboard_alone_from_the_rail_to_the_code(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    screen = bidseal_window.screen
    screen.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    screen.find("sealDrop")
    bidseal_window.hand.hold(bidseal_company.document())
    tab_to(bidseal_window, "sealDropChoose")
    screen.press(Qt.Key.Key_Space)
    screen.find("pageCanvas")
    tab_to(bidseal_window, "pageCanvas")
    screen.press(Qt.Key.Key_Return)
    tab_to(bidseal_window, "sealButton")
    screen.press(Qt.Key.Key_Space)
    screen.find("qrCode")


def tab_to(worker: OfficeWorker, name: str) -> None:
    """Press Tab until `name` has the keyboard; a control that Tab never reaches cannot be used without a mouse."""
    window = worker.client.window
    for _ in range(60):
        focus = window.focusWidget()
        if focus is not None and focus.objectName() == name:
            return
        worker.screen.press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {name}")


@pytest.fixture
def unenrolled(bidseal_company: PreparedCompany, request: pytest.FixtureRequest) -> OfficeWorker:
    """The same company at a workstation that forgot its enrolment."""
    (bidseal_company.documents.parent / "desktop" / "workstation.json").unlink()
    worker: OfficeWorker = request.getfixturevalue("bidseal_window")
    return worker


def test_an_unenrolled_workstation_says_so_and_leads_to_its_enrolment(
    unenrolled: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    unenrolled.open_document(bidseal_company.document())
    unenrolled.place_seal(100.0, 100.0)
    assert not unenrolled.screen.find("sealButton").isEnabled()
    unenrolled.screen.click("sealingNoticeAction")
    unenrolled.screen.find("qrCode")
