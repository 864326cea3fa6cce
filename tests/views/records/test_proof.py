"""A record looked at is looked for in the platform's log, and what is wrong is said in words and picture (T35)."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from desktop.domain.operations import Verdict
from desktop.domain.problems import problem
from desktop.formats.log import judge_export
from desktop.server.db.log_models import LogEntry
from desktop.server.db.models import UsageRecord as Row
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui.kit import Banner, Label
from desktop.views.records import RecordsPage
from tests.views.records.conftest import World, add_records, reload
from tests.views.records.test_records import click_row

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def proven(page: RecordsPage) -> str:
    wait_until(lambda: page.model.state.proof is not None, "the proof")
    return page.detail.log_chip.accessibleName()


def change_rows(world: World, **changes: Any) -> None:
    with world.platform.platform.db.write() as session:
        session.execute(update(Row).values(changes))


def test_row_looked_at_is_proven_to_be_in_the_log(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    click_row(page, 0)
    assert proven(page) == "平台日志已核实"
    assert page.detail.log_chip.property("tone") == "success"
    assert "第 1 条 (共 1 条)" in page.detail.log_words.text()


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"result": "pdf.damaged"}, "记录内容与摘要不符"),
        ({"subject": "别的文件.pdf"}, "记录内容与摘要不符"),
        ({"leaf": None}, "记录不在平台日志中"),
        ({"leaf": 7}, "记录不在平台日志中"),
    ],
)
def test_t35_row_that_the_platform_has_changed_is_told_in_words(
    driver: WindowDriver, page: RecordsPage, world: World, changes: dict[str, Any], title: str
) -> None:
    change_rows(world, **changes)
    reload(page)
    click_row(page, 0)
    assert proven(page) == "平台日志核对不符"
    assert page.detail.log_chip.property("tone") == "problem"
    assert page.detail.log_words.text().startswith(title)


def test_t35_row_put_in_without_the_log_is_told(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    add_records(world, 1)
    reload(page)
    click_row(page, 0)
    assert proven(page) == "平台日志核对不符"


def test_platform_that_is_away_leaves_the_proof_open(driver: WindowDriver, page: RecordsPage, world: World) -> None:
    world.platform.stop()
    click_row(page, 0)
    assert proven(page) == "平台日志暂时无法核对"
    assert page.detail.log_chip.property("tone") == "warning"


@pytest.mark.usefixtures("expected_warnings")
def test_t35_log_that_was_rewritten_is_told_above_the_records(
    driver: WindowDriver, page: RecordsPage, world: World
) -> None:
    assert not page.contradicted.isVisible()
    with world.platform.platform.db.write() as session:
        session.execute(update(LogEntry).values(body=bytes(32)))
    reload(page)
    assert page.contradicted.isVisible()
    said = {label.text() for label in page.contradicted.findChildren(Label)}
    assert problem("record.split_view").zh.title in said


def test_platforms_log_is_exported_and_verifies_offline(
    driver: WindowDriver, page: RecordsPage, world: World, tmp_path: Path
) -> None:
    target = tmp_path / "平台日志.bidlog"
    world.picks.targets.append(target)
    driver.click("exportLog")
    wait_until(lambda: page.model.state.export is not None and not page.model.state.export.is_running, "the file")
    assert world.picks.asked == ["平台日志.bidlog"]
    with target.open("rb") as file:
        found = judge_export(file, world.workspace.heads.basis())
    assert (found.verdict, found.head and found.head.payload.size) == (Verdict.VALID, 1)
    assert driver.find("exportTold", Banner).isVisible()


def test_export_of_the_log_without_the_platform_leaves_no_file(
    driver: WindowDriver, page: RecordsPage, world: World, tmp_path: Path
) -> None:
    world.platform.stop()
    target = tmp_path / "平台日志.bidlog"
    world.picks.targets.append(target)
    driver.click("exportLog")
    wait_until(lambda: page.model.state.export is not None and not page.model.state.export.is_running, "the end")
    assert page.model.state.export is not None
    assert page.model.state.export.problem == "portal.unreachable"
    assert list(tmp_path.glob("*.bidlog")) == []
