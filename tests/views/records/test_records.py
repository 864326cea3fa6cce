"""Usage records by the page at a real platform: who used which certificate for what, when, and what came of it."""

import dataclasses
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop.domain.problems import problem
from desktop.phone.core import Phone
from desktop.services.enrol import EnrolAction
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.rig import scan_headless
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import Banner, StatusChip
from desktop.ui.page import Phase
from desktop.views.records import RecordsPage
from desktop.views.records.model import PAGE_ROWS
from desktop.views.records.state import Fault, Wanted
from tests.views.certificates.world import NAME, tab_stops
from tests.views.records.conftest import COLLEAGUE, World, add_records, is_rest, join, reload

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
HAN = re.compile(r"[\u4e00-\u9fff]")


def rows(page: RecordsPage) -> list[list[str]]:
    """The table as it is read."""
    model = page.table.model()
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def subjects(page: RecordsPage) -> list[str]:
    return [row[4] for row in rows(page)]


def search(driver: WindowDriver, page: RecordsPage) -> None:
    driver.click("recordsSearch")
    wait_until(lambda: is_rest(page), "the answer")


def click_row(page: RecordsPage, row: int) -> None:
    index = page.table.model().index(row, 0)
    page.table.scrollTo(index)
    middle: QPoint = page.table.visualRect(index).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=middle)


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_each_scan_is_told_with_operation_user_serial_time_in_shanghai_and_result(
    driver: WindowDriver, page: RecordsPage, world: World, phone: Phone
) -> None:
    scan_headless(world.workspace, phone, EnrolAction(world.workspace), credit_code=world.company.credit_code)
    reload(page)
    serial = str(world.workspace.api.certificates()[0].serial)
    assert [row[1:] for row in rows(page)] == [
        ["登记工位", world.company.holder, serial, "投标工位一", "成功"],
        ["下载证书", world.company.holder, serial, rows(page)[1][4], "成功"],
    ]
    assert rows(page)[0][0].startswith("2026-11-24 10:")  # 02:xx UTC


def test_failure_is_told_in_words_and_is_no_success(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    add_records(world, 1, result="pdf.damaged")
    add_records(world, 1, result="some.new_code")
    reload(page)
    assert [row[5] for row in rows(page)] == ["未成功", "未成功", "成功"]
    click_row(page, 0)
    assert page.detail.facts.texts()[0] == "未成功"
    click_row(page, 1)
    assert page.detail.facts.texts()[0] == f"未成功: {problem('pdf.damaged').zh.title}"


def test_detail_shows_ceremony_serial_and_that_the_phones_consent_was_verified(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    click_row(page, 0)
    (record,) = world.workspace.api.usage_records()
    shown = "".join(page.detail.facts.texts()).replace(" ", "")
    assert record.ceremony in shown
    assert record.certificate_serial in shown
    assert record.row_hash in shown
    assert driver.find("recordEvidence", StatusChip).accessibleName() == "手机签名已核验"
    driver.click("recordDetailClose")
    assert not page.detail.isVisible()
    click_row(page, 0)
    assert page.detail.isVisible()


def test_record_without_signature_never_looks_verified(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    add_records(world, 1)
    reload(page)
    click_row(page, 0)
    assert page.detail.chip.accessibleName() == "手机签名无法核验"
    assert page.detail.chip.property("tone") == "warning"


def test_open_detail_follows_the_arrow_keys_and_tab_opens_none(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    add_records(world, 2)
    reload(page)
    page.table.setFocus()
    assert page.model.state.looked_at is None
    page.table.selectRow(0)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.detail.isVisible()
    first = page.model.state.selected
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.model.state.selected == first - 1


# -- who sees what -----------------------------------------------------------------------------------------------------


def test_admin_sees_the_units_records_and_user_only_own_and_the_page_says_which(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    join(world)
    assert len(rows(page)) == 1
    assert page.scope.text() == f"{NAME}\n单位全体成员的使用记录 (您是证书管理员)"
    assert page.filters.user.isVisible()
    page.model.search(Wanted(operation="download"))
    wait_until(lambda: is_rest(page), "the answer")
    world.clock.advance(120)  # the next code by SMS
    world.sign_in(COLLEAGUE)
    wait_until(lambda: page.phase is Phase.EMPTY, "the colleague's view")
    assert page.model.state.records == ()
    add_records(world, 1, account_id=_account(world), user_name="李四", subject="李四的文件.pdf")
    reload(page)
    assert subjects(page) == ["李四的文件.pdf"]
    assert page.scope.text().startswith(f"{NAME}\n本人的使用记录")
    assert not page.filters.user.isVisible()


def _account(world: World) -> str:
    person = world.workspace.account.account
    assert person is not None
    return str(person.account_id)


# -- filters and pages -------------------------------------------------------------------------------------------------


def test_each_filter_narrows_and_reset_shows_all(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    add_records(world, 1, subject="报价100%.pdf", result="pdf.damaged")
    add_records(world, 1, operation="decrypt", subject="技术标", user_name="李四")
    reload(page)
    everything = subjects(page)
    expected = {
        Wanted(operation="decrypt"): ["技术标"],
        Wanted(result="failed"): ["报价100%.pdf"],
        Wanted(user="李四"): ["技术标"],
        Wanted(text="100%"): ["报价100%.pdf"],
        Wanted(since="2026-11-24", until="2026-11-24"): everything,
        Wanted(until="2026-11-23"): [],
        Wanted(since="2026-11-25"): [],
    }
    for wanted, found in expected.items():
        driver.click("recordsReset")
        wait_until(lambda: is_rest(page), "all records")
        fields = page.filters
        fields.operation.box.setCurrentIndex(max(fields.operation.box.findData(wanted.operation), 0))
        fields.result.box.setCurrentIndex(max(fields.result.box.findData(wanted.result), 0))
        for field, value in (("User", wanted.user), ("Since", wanted.since), ("Until", wanted.until)):
            if value:
                driver.type_text(f"records{field}", value)
        if wanted.text:
            driver.type_text("recordsText", wanted.text)
        search(driver, page)
        assert page.model.state.wanted == wanted
        assert subjects(page) == found, wanted
        assert page.nothing.isVisible() is (not found)
    driver.click("recordsReset")
    wait_until(lambda: is_rest(page), "all records")
    assert subjects(page) == everything


def test_day_of_shanghai_begins_at_its_own_midnight(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    add_records(world, 1, subject="前一天.pdf", at=datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC))
    add_records(world, 1, subject="当天.pdf", at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
    add_records(world, 1, subject="当天末.pdf", at=datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC))
    page.model.search(Wanted(since="2026-11-21", until="2026-11-21"))
    wait_until(lambda: is_rest(page), "the answer")
    assert subjects(page) == ["当天末.pdf", "当天.pdf"]


def test_days_that_are_none_are_said_at_their_field_and_nothing_is_asked(
    driver: WindowDriver, page: RecordsPage
) -> None:
    before = page.model.state.wanted
    wrong = {
        ("2026-02-30", ""): {Fault.SINCE},
        ("", "24.11.2026"): {Fault.UNTIL},
        ("2026-1-1", "9999-12-31"): {Fault.SINCE, Fault.UNTIL},
        ("2026-11-24", "2026-11-23"): {Fault.ORDER},
    }
    for (since, until), found in wrong.items():
        page.filters.since.set_value(since)
        page.filters.until.set_value(until)
        driver.click("recordsSearch")
        assert page.model.state.faults == found
        assert bool(page.filters.since.error) is (Fault.SINCE in found)
        assert bool(page.filters.until.error) is bool({Fault.UNTIL, Fault.ORDER} & found)
        assert page.model.state.wanted == before
        assert not page.model.state.is_loading


def test_pages_are_turned_without_ever_holding_more_than_one(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    add_records(world, 2 * PAGE_ROWS + 10)
    reload(page)
    seen: list[list[str]] = []
    for number in (1, 2, 3):
        assert page.number.text() == f"第 {number} 页"
        seen.append(subjects(page))
        assert len(page.model.state.records) <= PAGE_ROWS
        if number < 3:
            driver.click("recordsNext")
            wait_until(lambda: is_rest(page), "older records")
    assert list(map(len, seen)) == [PAGE_ROWS, PAGE_ROWS, 11]
    assert len({subject for part in seen for subject in part}) == 2 * PAGE_ROWS + 11
    assert not page.next.isEnabled()
    driver.click("recordsPrevious")
    wait_until(lambda: is_rest(page), "newer records")
    assert subjects(page) == seen[1]


# -- faces -------------------------------------------------------------------------------------------------------------


def test_new_account_is_told_what_will_be_here(page: RecordsPage) -> None:
    page.show()
    wait_until(lambda: page.phase is Phase.EMPTY, "the empty face")
    assert page.empty.title.text() == "还没有使用记录"
    assert page.scope.text() == "本人的使用记录"


def test_without_platform_the_page_is_offline_with_a_way_to_try_again(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    world.platform.stop()
    page.model.load()
    wait_until(lambda: page.phase is Phase.OFFLINE, "the offline face")
    looked = page.model.state.is_loading
    driver.click("offlineViewRetry")
    assert (looked, page.model.state.is_loading) == (False, True)
    wait_until(lambda: page.phase is Phase.OFFLINE and is_rest(page), "the answer")


def test_session_that_ended_is_a_problem_with_a_next_step(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    world.workspace.api.sign_out()
    page.model.load()
    wait_until(lambda: page.phase is Phase.PROBLEM, "the problem face")
    assert page.problem.next_step.text()


def test_record_of_a_time_without_network_is_handed_in_when_the_page_is_opened(
    driver: WindowDriver, page: RecordsPage, world: World, phone: Phone
) -> None:
    own = world.workspace
    cut_off = dataclasses.replace(own, records=own.without_network().records)
    scan_headless(own, phone, EnrolAction(cut_off), credit_code=world.company.credit_code)
    assert own.records.waiting == 1
    page.model.load()
    wait_until(lambda: [row[1] for row in rows(page)] == ["登记工位", "下载证书"], "the late record")
    assert own.records.waiting == 0
    assert not page.waiting.isVisible()


def test_record_that_the_platform_does_not_take_yet_is_said_to_wait(
    driver: WindowDriver, page: RecordsPage, world: World, phone: Phone
) -> None:
    own = world.workspace
    cut_off = dataclasses.replace(own, records=own.without_network().records)
    scan_headless(own, phone, EnrolAction(cut_off), credit_code=world.company.credit_code)
    (kept,) = (own.folder.root / "records").glob("*.json")
    document = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps(document | {"certificate_serial": "AB"}), encoding="utf-8")  # of no unit of this person
    page.model.load()
    wait_until(page.waiting.isVisible, "a word about it")
    assert page.waiting.accessibleName().startswith("1 条记录尚未上传")
    assert kept.exists()


# -- export ------------------------------------------------------------------------------------------------------------


def exported(driver: WindowDriver, page: RecordsPage, world: World, kind: str, target: Path) -> Path:
    world.picks.targets.append(target)
    driver.click(f"export{kind}")
    wait_until(lambda: not page.model.state.is_exporting, "the file")
    run = page.model.state.export
    assert run is not None
    assert run.path is not None, run.problem
    return run.path


def test_export_holds_the_filtered_records_of_all_pages(
    driver: WindowDriver, page: RecordsPage, world: World, tmp_path: Path
) -> None:
    add_records(world, PAGE_ROWS + 50)
    add_records(world, 3, operation="decrypt", subject="=1+1")
    page.model.search(Wanted(operation="seal"))
    wait_until(lambda: is_rest(page), "the answer")
    path = exported(driver, page, world, "Xlsx", tmp_path / "记录")
    assert path == tmp_path / "记录.xlsx"
    assert world.picks.asked == ["使用记录.xlsx"]
    book = load_workbook(path)
    lines = [[cell.value for cell in row] for row in book["使用记录"].iter_rows()]
    notes = [row[0].value for row in book["说明"].iter_rows()]
    book.close()
    assert lines[0][2:] == ["使用者", "证书序列号", "文件或标段", "结果", "手机签名", "日志序号", "记录摘要"]
    assert len(lines) == 1 + PAGE_ROWS + 50
    assert {(line[1], line[5], line[6]) for line in lines[1:]} == {("文件签章", "成功", "无法核验")}
    assert notes[1:4] == [NAME, "单位全体成员的使用记录 (您是证书管理员)", "筛选: 文件签章"]
    assert driver.find("exportTold", Banner).isVisible()


def test_export_as_pdf_replaces_nothing(driver: WindowDriver, page: RecordsPage, world: World, tmp_path: Path) -> None:
    taken = tmp_path / "记录.pdf"
    taken.write_bytes(b"somebody's")
    path = exported(driver, page, world, "Pdf", taken)
    assert path == tmp_path / "记录(2).pdf"
    assert taken.read_bytes() == b"somebody's"
    pdf = pypdfium2.PdfDocument(path)
    text = pdf[0].get_textpage()
    assert "下载证书" in text.get_text_range()
    text.close()
    pdf.close()


def test_cancelled_export_says_that_nothing_was_written(
    driver: WindowDriver, page: RecordsPage, world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    add_records(world, 5 * PAGE_ROWS)
    reload(page)
    world.picks.targets.append(folder / "a.pdf")
    driver.click("exportPdf")
    assert driver.is_visible("exportProgress")
    driver.click("exportProgressCancel")
    wait_until(lambda: not page.model.state.is_exporting, "the end")
    assert list(folder.iterdir()) == []
    assert page.told.accessibleName() == "已取消导出 没有写入任何文件。"


def test_dialog_left_without_a_name_exports_nothing(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    world.picks.targets.append(None)
    driver.click("exportXlsx")
    assert page.model.state.export is None


# -- for everybody -----------------------------------------------------------------------------------------------------


def test_everything_is_reached_by_keyboard_in_the_order_of_the_page(driver: WindowDriver, page: RecordsPage) -> None:
    stops = tab_stops(page)
    wanted = ["recordsRefresh", "exportXlsx", "exportPdf", "recordsOperation", "recordsResult", "recordsUser"]
    wanted += ["recordsSince", "recordsUntil", "recordsText", "recordsSearch", "recordsTable"]
    assert [stop for stop in stops if stop in wanted] == wanted


def test_english_page_has_no_chinese_but_names(
    driver: WindowDriver, page: RecordsPage, world: World, qapp: QApplication
) -> None:
    languages = Languages(parent=qapp)
    languages.use(Language.ENGLISH)
    try:
        click_row(page, 0)
        own = [NAME, world.company.holder, *subjects(page)]
        labels = page.content.findChildren(QLabel)
        shown = [w.text() for w in (*labels, *page.content.findChildren(QAbstractButton)) if w.isVisible()]
        shown += [cell for row in rows(page) for cell in row]
        shown += [page.filters.operation.box.itemText(n) for n in range(page.filters.operation.box.count())]
        for text in shown:
            rest = text
            for name in own:
                rest = rest.replace(name, "")
            assert not HAN.search(rest), text
    finally:
        languages.use(Language.CHINESE)
