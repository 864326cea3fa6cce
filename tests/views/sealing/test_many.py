"""Many seals and many documents: 骑缝章, keywords, several certificates, one list, timestamp later."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox

from desktop.domain.errors import UnavailableError
from desktop.domain.operations import SealKind, Verdict
from desktop.portal.api import PlatformApi
from desktop.signing.pdf import PdfVerdict, verify_pdf
from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany, wait_until
from desktop.testing.driver import WindowDriver
from desktop.testing.prepared import Platform
from desktop.ui.kit import DataTable
from desktop.views.sealing.model import SealingModel
from desktop.views.sealing.page import SealingPage
from desktop.views.sealing.state import Paper
from tests.app.words import words_on
from tests.pdf import builders
from tests.views.sealing.company import give_certificate, give_seal


def model_of(worker: OfficeWorker) -> SealingModel:
    return worker.screen.find("sealingPage", SealingPage)._model


def paper(worker: OfficeWorker) -> Paper:
    found = model_of(worker).state.paper
    assert found is not None
    return found


def choose_way(screen: WindowDriver, way: str) -> None:
    box = screen.find("placingWay", QComboBox)
    box.setCurrentIndex(box.findData(way))
    box.activated.emit(box.currentIndex())


def open_all(worker: OfficeWorker, *paths: Path) -> None:
    worker.open_document(paths[0])
    for number, path in enumerate(paths[1:], 2):
        worker.hand.hold(path)
        worker.screen.click("openMoreButton")
        wait_until(lambda count=number: len(model_of(worker).state.papers) == count, f"{path.name} to be open")  # type: ignore[misc]
    wait_until(lambda: not model_of(worker).state.work[1], "the work to end")


def scan(worker: OfficeWorker, phone: PhoneHolder) -> str:
    """Seal by phone and return what the phone showed."""
    worker.screen.click("sealButton")
    phone.scan(worker.screen)
    shown = words_on(phone.screen)
    phone.approve()
    worker.finish_scan()
    phone.put_away()
    return shown


def judged(worker: OfficeWorker, path: Path) -> PdfVerdict:
    workspace = worker.client.workspace
    return verify_pdf(
        path,
        anchors=workspace.trust.anchors,
        revocation=workspace.trust.revocation(),
        now=workspace.clock.now(),
    )


def test_a_cross_page_seal_is_placed_moved_and_removed_as_a_whole_and_named_on_the_phone(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    source = bidseal_company.document("五页.pdf", pages=5)
    bidseal_window.open_document(source)
    screen = bidseal_window.screen
    choose_way(screen, "across")
    screen.click("acrossButton")
    strips = paper(bidseal_window).placed
    assert [p.page_index for p in strips] == [0, 1, 2, 3, 4]
    assert all(p.x_mm + p.width_mm == pytest.approx(210, abs=0.1) for p in strips)
    model_of(bidseal_window).move(2, 30.0, 55.0)
    assert {p.y_mm for p in paper(bidseal_window).placed} == {55.0}
    assert [p.x_mm for p in paper(bidseal_window).placed] == [p.x_mm for p in strips]
    bidseal_window.place_seal(120.0, 220.0)
    assert "骑缝章 × 5 页" in scan(bidseal_window, bidseal_phone)
    sealed = source.with_name(f"{source.stem}_已签章.pdf")
    assert judged(bidseal_window, sealed).verdict is Verdict.VALID


def test_removing_a_strip_takes_the_whole_cross_page_seal_off(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    bidseal_window.open_document(bidseal_company.document("三页.pdf", pages=3))
    choose_way(bidseal_window.screen, "across")
    bidseal_window.screen.find("acrossFirst", QSpinBox).setValue(2)
    bidseal_window.screen.click("acrossButton")
    assert [p.page_index for p in paper(bidseal_window).placed] == [1, 2]
    model_of(bidseal_window).select(1)
    model_of(bidseal_window).remove_selected()
    assert paper(bidseal_window).placed == ()


def test_a_single_page_has_no_cross_page_seal(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> None:
    bidseal_window.open_document(bidseal_company.document("一页.pdf", pages=1))
    choose_way(bidseal_window.screen, "across")
    assert not bidseal_window.screen.find("acrossButton").isEnabled()
    assert "至少要盖两页" in bidseal_window.screen.text_of("acrossGroups")


def test_many_pages_are_said_to_be_groups_of_whole_seals(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    source = builders.plain(bidseal_company.documents / "长文件.pdf", pages=41)
    bidseal_window.open_document(source)
    choose_way(bidseal_window.screen, "across")
    assert "3 组" in bidseal_window.screen.text_of("acrossGroups")


def search(worker: OfficeWorker, words: str) -> None:
    choose_way(worker.screen, "words")
    worker.screen.find("placingWords", QLineEdit).setText(words)
    worker.screen.click("findWordsButton")
    wait_until(lambda: not model_of(worker).state.work[1], "the search to end")


def test_a_seal_is_centred_on_every_place_where_the_words_stand(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    change = builders.chinese_text(("投标人（盖章）：", 200, 400))
    bidseal_window.open_document(builders.plain(bidseal_company.documents / "a.pdf", pages=3, change=change))
    search(bidseal_window, "投标人(盖章)")
    placed = paper(bidseal_window).placed
    assert [p.page_index for p in placed] == [0, 1, 2]
    centre = placed[0].x_mm + placed[0].width_mm / 2, placed[0].y_mm + placed[0].height_mm / 2
    assert centre == pytest.approx(((200 + 3.5 * 14) * 25.4 / 72, (842 - 400 - 5) * 25.4 / 72), abs=2.0)
    assert "3 处" in bidseal_window.screen.text_of("wordsFound")


@pytest.mark.parametrize(("words", "expected"), [("没有这些字", "没有找到关键字"), ("页", "没有可查找的文字")])
def test_words_that_are_not_there_and_scans_without_text_are_said_apart(
    words: str, expected: str, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    has_text = words != "页"
    change = builders.chinese_text(("投标人", 200, 400))
    source = builders.plain(bidseal_company.documents / "a.pdf", change=change) if has_text else None
    bidseal_window.open_document(source or bidseal_company.document("一页.pdf", pages=1))
    search(bidseal_window, words)
    assert expected in words_on(bidseal_window.screen)
    assert paper(bidseal_window).placed == ()


@pytest.fixture
def legal(
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
    bidseal_window: OfficeWorker,
    bidseal_phone: PhoneHolder,
) -> str:
    """The same certificate has a 法人章 as well; returns its id."""
    workspace = bidseal_window.client.workspace
    (certificate,) = workspace.api.certificates()
    seal = give_seal(
        bidseal_company,
        bidseal_platform,
        workspace,
        bidseal_phone.phone,
        serial=certificate.serial,
        kind=SealKind.LEGAL_REPRESENTATIVE,
    )
    return seal.seal_id


def test_official_legal_and_cross_page_seal_overlap_under_one_signature(
    legal: str, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    source = bidseal_company.document("三页.pdf", pages=3)
    bidseal_window.open_document(source)
    model = model_of(bidseal_window)
    wait_until(lambda: len(model.state.seals) == 2, "both seals to be offered")
    bidseal_window.place_seal(120.0, 220.0)
    choose_way(bidseal_window.screen, "across")
    bidseal_window.screen.click("acrossButton")
    model.choose_seal(legal)
    model.place(135.0, 228.0)
    assert len(model.state.plan.scans) == 1
    shown = scan(bidseal_window, bidseal_phone)
    assert "骑缝章 × 3 页" in shown
    assert "法人章" in shown
    verdict = judged(bidseal_window, source.with_name(f"{source.stem}_已签章.pdf"))
    assert (verdict.verdict, len(verdict.signatures)) == (Verdict.VALID, 1)


@pytest.fixture
def second(
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
    bidseal_window: OfficeWorker,
    bidseal_phone: PhoneHolder,
) -> str:
    """The person has a second certificate with a 法人章 of its own; returns the certificate's serial number."""
    workspace = bidseal_window.client.workspace
    serial = give_certificate(bidseal_company, bidseal_platform, workspace, bidseal_phone.phone)
    give_seal(
        bidseal_company,
        bidseal_platform,
        workspace,
        bidseal_phone.phone,
        serial=serial,
        kind=SealKind.LEGAL_REPRESENTATIVE,
    )
    return serial


def test_seals_of_two_certificates_are_two_scans_shown_before_the_first_and_one_file_at_the_end(
    second: str, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    source = bidseal_company.document("两页.pdf", pages=2)
    bidseal_window.open_document(source)
    model, screen = model_of(bidseal_window), bidseal_window.screen
    wait_until(lambda: len(model.state.certificates) == 2, "both certificates to be offered")
    first_serial = next(c.serial for c in model.state.certificates if c.serial != second)
    model.choose_certificate(first_serial)
    bidseal_window.place_seal(80.0, 220.0)
    model.choose_certificate(second)
    bidseal_window.place_seal(150.0, 220.0)
    assert len(paper(bidseal_window).placed) == 2
    assert "第 1 次, 共 2 次" in screen.text_of("sealButton")
    plan = screen.text_of("scanPlan").splitlines()
    assert [line[:2] for line in plan[1:]] == ["1.", "2."]
    scan(bidseal_window, bidseal_phone)
    wait_until(lambda: not model.state.work[1], "the file to be open again")
    assert "第 2 次, 共 2 次" in screen.text_of("sealButton")
    sealed = source.with_name(f"{source.stem}_已签章.pdf")
    first = sealed.read_bytes()
    assert len(judged(bidseal_window, sealed).signatures) == 1
    scan(bidseal_window, bidseal_phone)
    assert sealed.read_bytes().startswith(first)
    verdict = judged(bidseal_window, sealed)
    assert verdict.verdict is Verdict.VALID
    assert len({s.serial for s in verdict.signatures if not s.is_timestamp}) == 2
    assert sorted(p.name for p in source.parent.glob("*_已签章*")) == [sealed.name]
    assert paper(bidseal_window).is_done


def test_after_a_declined_second_scan_the_first_result_stays_and_both_are_said(
    second: str, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    source = bidseal_company.document("一页.pdf", pages=1)
    bidseal_window.open_document(source)
    model, screen = model_of(bidseal_window), bidseal_window.screen
    wait_until(lambda: len(model.state.certificates) == 2, "both certificates to be offered")
    first_serial = next(c.serial for c in model.state.certificates if c.serial != second)
    model.choose_certificate(first_serial)
    bidseal_window.place_seal(80.0, 220.0)
    model.choose_certificate(second)
    bidseal_window.place_seal(150.0, 220.0)
    scan(bidseal_window, bidseal_phone)
    wait_until(lambda: not model.state.work[1], "the file to be open again")
    screen.click("sealButton")
    bidseal_phone.scan(screen)
    bidseal_phone.decline()
    screen.find("qrCardProblem")
    screen.click("scanCloseButton")
    screen.wait_gone("scanDialog")
    sealed = source.with_name(f"{source.stem}_已签章.pdf")
    assert judged(bidseal_window, sealed).verdict is Verdict.VALID
    assert "第 1 次签章已完成" in words_on(screen)
    assert sealed.name in words_on(screen)
    assert "第 2 次, 共 2 次" in screen.text_of("sealButton")


def test_one_placing_reaches_all_open_files_and_the_list_says_what_became_of_each(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    paths = [bidseal_company.document(f"标书{n}.pdf", pages=2) for n in range(3)]
    open_all(bidseal_window, *paths)
    screen, model = bidseal_window.screen, model_of(bidseal_window)
    choose_way(screen, "across")
    screen.find("allPapers", QCheckBox).setChecked(True)
    screen.click("acrossButton")
    assert [len(p.placed) for p in model.state.papers] == [2, 2, 2]
    spoilt = model.state.papers[1].facts.snapshot
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    screen.click("sealButton")
    screen.find("scanLeftOut")
    assert "标书1.pdf" in screen.text_of("scanLeftOut")
    bidseal_phone.scan(screen)
    bidseal_phone.approve()
    bidseal_window.finish_scan()
    table = screen.find("paperTable", DataTable)
    said = [[table.model().index(r, c).data() for c in range(5)] for r in range(3)]
    assert [row[3] for row in said] == ["已签章", "未完成", "已签章"]
    assert said[1][4] == "文件在盖章过程中被改动"
    assert "未完成 1 个" in screen.text_of("paperListSummary")
    assert [p.with_name(f"{p.stem}_已签章.pdf").exists() for p in paths] == [True, False, True]
    assert screen.is_visible("retryFailedButton")


def test_a_timestamp_that_was_not_to_be_had_is_added_later_as_a_new_file(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_phone: PhoneHolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*_: object) -> bytes:
        raise UnavailableError("portal.unreachable", "down")

    source = bidseal_company.document("一页.pdf", pages=1)
    bidseal_window.open_document(source)
    bidseal_window.place_seal(100.0, 200.0)
    with monkeypatch.context() as patch:
        patch.setattr(PlatformApi, "timestamp", down)
        scan(bidseal_window, bidseal_phone)
    assert paper(bidseal_window).level == "B-B"
    sealed = source.with_name(f"{source.stem}_已签章.pdf")
    before = sealed.read_bytes()
    bidseal_window.screen.click("addTimeButton")
    wait_until(lambda: paper(bidseal_window).level == "B-LT", "the timestamp")
    stamped = source.with_name(f"{sealed.stem}_时间戳.pdf")
    assert paper(bidseal_window).result == stamped
    assert stamped.name in words_on(bidseal_window.screen)
    assert sealed.read_bytes() == before
    assert stamped.read_bytes().startswith(before)
    verdict = judged(bidseal_window, stamped)
    assert verdict.verdict is Verdict.VALID
    assert verdict.signatures[0].proven_time is not None
    assert not bidseal_window.screen.is_visible("addTimeButton")
