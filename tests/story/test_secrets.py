"""Canary: the whole story is played, and nothing secret is in its files, its logs or on its screens (T36).

Looked through: every text of every window beside every picture, the state folders of platform, workstations and phones
(SQLite pages and their log), what was logged, an export of the usage records and a diagnostics file. A mobile number is
what an account is called: it may stand in the places listed, and on a screen where it is typed or an SMS is shown.
"""

import base64
import logging
import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from desktop.domain.clock import SystemClock
from desktop.portal.api import UsageFilter
from desktop.portal.http import HttpClient
from desktop.services.diagnostics import export_diagnostics
from desktop.services.export import ExportKind, export_records, pages_of
from desktop.services.log_export import export_log
from desktop.testing.actors import PASSWORD
from desktop.testing.demo_files import Company
from desktop.testing.stage import Stage
from desktop.testing.story import OPERATOR_MOBILE, play
from desktop.testing.unit_life import Colleague
from desktop.views.records.state import RecordsState
from desktop.views.records.words import export_form

ID_NUMBERS = (Company().id_number, Colleague().id_number)
MOBILES = (Company().mobile, Colleague().mobile, OPERATOR_MOBILE)
#: What a person has drawn or typed himself before the product saw it.
OWN = ("documents", "renamed")
#: An account is found by its number; the login pages of window and phone remember the last one.
WITH_MOBILE = re.compile(r"platform/platform\.sqlite(-wal)?|\w[\w-]*/settings\.json|[\w-]*phone/\w+\.json")
#: Where a message is shown to its receiver; where a number is typed, and where the demo names its operator's.
SMS_PLACES = ("smsBanner", "inboxPage")
TYPED_PLACES = ("mobileField", "loginMobile", "grantMobile", "demoHint")
EXPORT_AFTER = "重新登录后加密投标文件"


def texts_of(widget: QWidget) -> Iterator[str]:
    """Everything that a widget says: to the eye, in its tip, to a screen reader."""
    yield from (widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLineEdit):
        yield from (widget.displayText(), widget.placeholderText())
    elif isinstance(widget, QPlainTextEdit | QTextEdit):
        yield widget.toPlainText()
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model = widget.model()
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
        for row in range(model.rowCount(QModelIndex())):
            for column in range(columns):
                for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                    yield str(model.index(row, column).data(role) or "")
    else:
        text = getattr(widget, "text", None)
        yield str(text()) if callable(text) else str(text or "")


def place_of(widget: QWidget) -> str:
    """Name a widget by itself and all it is in."""
    names, at = [], widget
    while at is not None:
        names.append(at.objectName())
        at = at.parentWidget()
    return "/".join(name for name in reversed(names) if name)


class Witness:
    """Looks at everything beside each picture and remembers what it has read where."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.screens: dict[tuple[str, str], set[str]] = {}
        self.files: dict[str, bytes] = {}
        self.codes: set[str] = set()
        self.steps: set[str] = set()

    def look(self, stage: Stage, what: str) -> None:
        self.steps.add(what)
        windows = [client.window for client in stage.clients] + [phone.window for phone in stage.phones]
        dialogs = [w for w in stage.app.topLevelWidgets() if w.isVisible()]
        for window in {*windows, *dialogs}:
            for widget in (window, *window.findChildren(QWidget)):
                said = {text for text in texts_of(widget) if text} if widget.isVisible() else set()
                if said:
                    self.screens.setdefault((what, place_of(widget)), set()).update(said)
        if stage.platform.is_running:
            self._read_codes(stage)
        if what == EXPORT_AFTER and f"{what}.xlsx" not in self.files:
            self._export(stage)
        if not what:
            self._read_files(stage)

    def _read_codes(self, stage: Stage) -> None:
        assert stage.address is not None
        http = HttpClient(stage.address.base_url)
        sent = http.json("GET", "/control/outbox", headers={"X-BidSeal-Control": stage.address.control_token})
        self.codes |= {str(message["code"]) for message in sent if message["code"]}
        http.close()

    def _export(self, stage: Stage) -> None:
        workspace = stage.workspace()
        form = export_form(RecordsState(), SystemClock().now())
        for kind in (ExportKind.XLSX, ExportKind.PDF):
            target = self.out / f"records.{kind}"
            done = export_records(pages_of(workspace.api, UsageFilter()), form, target, kind=kind)
            assert done.count > 10
        self._unzip(self.out / "records.xlsx")
        self.files[f"{EXPORT_AFTER}.xlsx"] = b""
        self.files["records.pdf"] = (self.out / "records.pdf").read_bytes()
        self.files["log.bidlog"] = export_log(workspace, self.out / "log.bidlog").path.read_bytes()
        self._unzip(export_diagnostics(workspace, self.out / "diagnostics.zip"))

    def _unzip(self, path: Path) -> None:
        with zipfile.ZipFile(path) as parts:
            self.files |= {f"{path.name}/{name}": parts.read(name) for name in parts.namelist()}

    def _read_files(self, stage: Stage) -> None:
        for path in sorted(stage.state.rglob("*")):
            place = path.relative_to(stage.state).as_posix()
            if path.is_file() and not path.is_symlink() and place.split("/")[0] not in OWN:
                self.files[place] = path.read_bytes()

    def in_files(self, secret: str) -> list[str]:
        """Return the files that a secret stands in, as text of either width or in base64; digits as a number."""
        bounds = rb"(?<![0-9A-Za-z+/_-])%s(?![0-9A-Za-z+/_-])" if secret.isdigit() else rb"%s"
        patterns = [bounds % re.escape(secret.encode(code)) for code in ("utf-8", "utf-16-le")]
        if not secret.isdigit():
            patterns.append(re.escape(base64.b64encode(secret.encode())[:-4]))
        return [place for place, data in self.files.items() if any(re.search(p, data) for p in patterns)]

    def on_screens(self, secret: str) -> list[tuple[str, str]]:
        """Return the steps and places at which a secret was to be read."""
        pattern = re.compile(rf"(?<!\d){re.escape(secret)}(?![\dXx])")
        return [where for where, texts in self.screens.items() if any(pattern.search(text) for text in texts)]


@pytest.fixture(scope="module")
def story(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> tuple[Witness, str]:
    """Play the story once; returns who has seen it, and all that was logged."""
    out = tmp_path_factory.mktemp("story")
    witness, log = Witness(tmp_path_factory.mktemp("looked")), Path(tempfile.mkstemp(dir=out, suffix=".log")[1])
    handler, root = logging.FileHandler(log, encoding="utf-8"), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        assert play(out, watch=witness.look) == 0
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
    return witness, log.read_text(encoding="utf-8")


@pytest.mark.slow
def test_t36_the_whole_story_shows_keeps_and_logs_no_id_number_in_clear(story: tuple[Witness, str]) -> None:
    witness, log = story
    assert {"成员提交实名认证", "申请证书变更", EXPORT_AFTER, ""} <= witness.steps
    assert len(witness.screens) > 1000
    for number in ID_NUMBERS:
        assert witness.on_screens(number) == []
        assert witness.in_files(number) == []
        assert number not in log


@pytest.mark.slow
def test_t36_the_whole_story_keeps_and_logs_no_password_and_no_sms_code(story: tuple[Witness, str]) -> None:
    witness, log = story
    assert len(witness.codes) >= 5
    for secret in (PASSWORD, *witness.codes):
        assert witness.in_files(secret) == []
        assert re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", log) is None
        shown = witness.on_screens(secret)
        assert [place for _, place in shown if not any(name in place for name in SMS_PLACES)] == []


@pytest.mark.slow
def test_mobile_numbers_of_the_whole_story_stand_only_where_an_account_is_found_by_them(
    story: tuple[Witness, str],
) -> None:
    witness, log = story
    for number in MOBILES:
        assert [place for place in witness.in_files(number) if not WITH_MOBILE.fullmatch(place)] == []
        assert number not in log.replace(f"mobile={number}", "")  # the story's own question for the outbox
        shown = [place for _, place in witness.on_screens(number)]
        assert [p for p in shown if not any(name in p for name in (*SMS_PLACES, *TYPED_PLACES))] == []


@pytest.mark.slow
def test_control_what_the_story_does_show_and_keep_is_found(story: tuple[Witness, str]) -> None:
    witness, _ = story
    company = Company()
    assert witness.on_screens(company.name)
    assert witness.on_screens("360***********7718") or witness.on_screens("138****8000")
    assert witness.in_files(company.mobile)
    places = {place.split("/")[0] for place in witness.files}
    assert places >= {"platform", "bidder", "operator", "colleague", "new-phone", "diagnostics.zip", "records.xlsx"}
    assert any("platform.sqlite" in place for place in witness.files)
