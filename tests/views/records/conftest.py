"""A certified company at a real platform, with more records where a test wants them, and the page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from desktop.domain.operations import MemberRole
from desktop.phone.core import Phone
from desktop.server.db.models import Member, MobileCertificate, UsageRecord
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui import theme
from desktop.ui.page import Phase
from desktop.ui.tokens import Mode
from desktop.views.records import RecordsModel, RecordsPage
from tests.views.certificates.world import Picks, World, make_world

COLLEAGUE = "13822222222"


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, Mode.LIGHT)
    with make_world(tmp_path) as made:
        made.sign_in()
        yield made


@pytest.fixture
def phone(world: World) -> Phone:
    """The company's phone with its certificate; its download is the first record."""
    return world.certify()


@pytest.fixture
def page(qtbot: QtBot, world: World) -> RecordsPage:
    """The page, not shown yet."""
    made = RecordsPage(RecordsModel(world.workspace), ask=world.picks.ask)
    qtbot.addWidget(made)
    made.resize(920, 664)
    return made


@pytest.fixture
def driver(page: RecordsPage, phone: Phone) -> WindowDriver:
    """A person before the page, with one record."""
    page.show()
    wait_until(lambda: is_rest(page) and page.phase is Phase.NORMAL, "the records")
    return WindowDriver(page)


def is_rest(page: RecordsPage) -> bool:
    return not page.model.state.is_loading and page.phase is not Phase.LOADING


def reload(page: RecordsPage) -> None:
    page.model.load()
    wait_until(lambda: is_rest(page), "the answer")


def add_records(world: World, count: int, **changed: Any) -> None:
    """Put records into the platform's table, as old clients have left them: without evidence."""
    db = world.platform.platform.db
    with db.write() as session:
        certificate = session.scalars(select(MobileCertificate)).first()
        now: datetime = world.clock.now()
        first = session.query(UsageRecord).count()
        rows = [
            {
                "organization_id": certificate.organization_id,
                "account_id": certificate.account_id,
                "certificate_serial": certificate.serial,
                "user_name": certificate.holder_name,
                "result": "done",
                "received_at": now,
                "operation": "seal",
                "subject": f"文件{n}.pdf",
                "number": 0,
                "ceremony": f"{first + n:064x}",
                "at": now - timedelta(minutes=count - n),
                **changed,
            }
            for n in range(count)
        ]
        session.execute(insert(UsageRecord), rows)


def join(world: World) -> None:
    """Make the colleague a certificate user of the unit."""
    account = world.handle.signed_in(COLLEAGUE).me()[0].account_id
    platform = world.platform.platform
    with platform.db.write() as session:
        unit = session.query(Member).first().organization_id
        session.add(
            Member(
                id=platform.new_id(),
                organization_id=unit,
                account_id=account,
                role=MemberRole.CERTIFICATE_USER,
                created_at=platform.now(),
            )
        )


__all__ = ["COLLEAGUE", "Picks", "World", "add_records", "is_rest", "join", "reload"]
