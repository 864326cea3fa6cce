"""docs/manual-coverage.md: every statement of the manual, in its order, with page, route and test that are there.

The manual itself is not ours to copy: `STATEMENTS` names its sentences by section and a few words of our own.
Source: issue 5, "must show".
"""

import ast
import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.domain.clock import SystemClock
from desktop.server.app import create_app
from desktop.server.settings import ServerSettings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "manual-coverage.md"
HEAD = "| manual | statement | page | API | test |"
#: The manual's sentences in its order: section, and words of the row that answers for it.
STATEMENTS = """
1  Android
1  iOS
2  log in or register by SMS code
2  creates the account
2  account is the number
2  choose the platform
3  choose the certificate
3  set the certificate password
4A needs a certificate and is bound
4B 申请印章
4C choose the bound certificate
4D choose the kind
4E upload the scan
4E blank paper and clear
4F 待审核
4  after approval
4  certificate password
5  3 months before
5  order on the platform is completed first
5  the newest certificate
6  证书变更
6  papers
6  changed certificate is downloaded
6  void and must be applied for anew
7  kept on the phone alone
7  another phone: the old certificate ends
7  after an identity check
8  log in with the mobile certificate
8  decrypt
8  seal documents
8  shows a QR code
8  choose the certificate and type its password
9  default certificate admin
9  referred to the admin
9A 单位成员授权
9B admins grant
9C users cannot
9D several admins
9E name, ID number, mobile number
9F 待申领的证书
9F identity check, then downloads
10  scan by scan
10A 使用记录】 (desktop)
10A 使用记录】 (phone)
10B operation, user's name, serial number and time
10C admin sees the unit's records
11 change the certificate password
11 forgotten: reset
11 reset needs an identity check
12 set the login password
12 both log in
12 change the bound mobile number
"""
#: Rows of modules that are being built: the only ones that may say `pending:`. An entry whose row says so no more is
#: refused too, so that this list shrinks with the work.
PENDING: frozenset[tuple[str, str]] = frozenset()
EMPTY = {"", "–", "-", "—", "later", "none", "none:", "todo", "tbd", "?", "n/a"}
ROUTE = re.compile(r"`(GET|POST|PUT|DELETE|PATCH) (/\S+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py): (test_\w+)`")
IDS = re.compile(r"`(\w+)`")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    section: str
    statement: str
    page: str
    api: str
    test: str

    @property
    def is_pending(self) -> bool:
        return "pending:" in self.page + self.test

    @property
    def tests(self) -> list[tuple[str, str]]:
        return TEST.findall(self.test)


def parse(text: str) -> tuple[Row, ...]:
    lines = text.partition(HEAD)[2].splitlines()[2:]
    found = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        assert len(cells) == 5, line
        found.append(Row(**dict(zip(("section", "statement", "page", "api", "test"), cells, strict=True))))
    return tuple(found)


@functools.cache
def rows() -> tuple[Row, ...]:
    return parse(DOCUMENT.read_text(encoding="utf-8"))


def empty_cells(found: tuple[Row, ...]) -> list[tuple[str, str, str]]:
    return [
        (row.section, row.statement, cell)
        for row in found
        for cell in (row.page, row.api, row.test)
        if cell.lower() in EMPTY or cell.lower().startswith("later")
    ]


def statements() -> list[tuple[str, str]]:
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in STATEMENTS.strip().splitlines()]


def answers(row: Row, statement: tuple[str, str]) -> bool:
    return row.section == statement[0] and statement[1] in row.statement


@functools.cache
def functions_of(path: str) -> frozenset[str]:
    """Name the functions at the top of a test file; none for one that is not there."""
    if not (ROOT / path).is_file():
        return frozenset()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@functools.cache
def texts_of(*folders: str) -> frozenset[str]:
    """Collect every string that stands in the code below these folders: object names are among them."""
    found: set[str] = set()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            found |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return frozenset(found)


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    settings = ServerSettings(state_folder=tmp_path_factory.mktemp("platform") / "state", control_token="x")
    app = create_app(settings, SystemClock(), os.urandom)
    found = {(method.upper(), path) for path, operations in app.openapi()["paths"].items() for method in operations}
    app.state.platform.close()
    return found


def test_no_cell_is_empty_or_put_off() -> None:
    assert empty_cells(rows()) == []
    assert all(row.section and row.statement for row in rows())


@pytest.mark.parametrize("cell", ["", "–", "later", "later, with the next version", "none:", "TODO"])
@pytest.mark.parametrize("place", range(3))
def test_control_an_empty_cell_is_seen(place: int, cell: str) -> None:
    cells = ["`aPage`", "`GET /x`", "`tests/a.py: test_b`"]
    cells[place] = cell
    assert len(empty_cells(parse(f"{HEAD}\n| --- |\n| 1 | a | {' | '.join(cells)} |\n"))) == 1


def test_every_statement_of_the_manual_has_its_row_in_order() -> None:
    places = []
    for statement in statements():
        found = [n for n, row in enumerate(rows()) if answers(row, statement)]
        assert len(found) == 1, statement
        places += found
    assert places == sorted(places)


def test_row_beyond_the_manual_says_so() -> None:
    manual = [row for row in rows() if any(answers(row, statement) for statement in statements())]
    assert [row.statement for row in rows() if row not in manual and "beyond the manual" not in row.statement] == []


def test_only_rows_of_modules_under_way_are_pending() -> None:
    assert set(statements()) >= PENDING
    pending = {s for row in rows() if row.is_pending for s in statements() if answers(row, s)}
    assert pending == PENDING


def test_every_test_named_exists_and_every_row_names_one() -> None:
    named = [test for row in rows() for test in row.tests]
    assert [name for path, name in named if name not in functions_of(path)] == []
    assert [row.statement for row in rows() if not row.tests and not row.is_pending] == []
    # What is not of the form `path: name` is no test that anybody could start.
    assert [row.test for row in rows() if not row.is_pending and TEST.sub("", row.test).strip("; ")] == []


def test_every_route_named_is_in_the_openapi_document(routes: set[tuple[str, str]]) -> None:
    named = {route for row in rows() for route in ROUTE.findall(row.api)}
    assert len(named) > 25
    assert named - routes == set()
    without = [r.statement for r in rows() if not ROUTE.search(r.api) and not re.match(r"none: \w+ \w+", r.api)]
    assert without == []


def test_every_page_named_is_in_the_windows_code() -> None:
    desktop = texts_of("desktop/views", "desktop/ui")
    phone = texts_of("desktop/phone/window")
    wrong = []
    for row in rows():
        if row.page.startswith("pending:"):
            continue
        at_desk, _, on_phone = row.page.partition("phone:")
        wrong += [i for i in IDS.findall(at_desk) if i not in desktop]
        wrong += [f"phone: {i}" for i in IDS.findall(on_phone) if i not in phone]
        pages = [i for i in IDS.findall(row.page) if i.endswith(("Page", "Panel"))]
        assert pages, row.page
    assert wrong == []
