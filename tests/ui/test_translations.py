"""English is complete: every tr() literal has an entry with the same placeholders, and no entry is stale."""

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "resources" / "translations" / "en"
HAN = re.compile(r"[\u4e00-\u9fff]")


def area_of(path: Path) -> str:
    """The table that a source file's texts belong to."""
    parts = path.relative_to(ROOT / "desktop").parts
    if len(parts) == 1:
        return "app"
    return f"views.{parts[1].removesuffix('.py')}" if parts[0] == "views" else parts[0]


def sources() -> Iterator[Path]:
    for folder in ("ui", "views", "phone/window"):
        yield from sorted((ROOT / "desktop" / folder).rglob("*.py"))
    yield from sorted((ROOT / "desktop").glob("*.py"))


@functools.cache
def tr_calls(path: Path) -> tuple[ast.Call, ...]:
    return tuple(_tr_calls(path))


def _tr_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name == "tr" and not (isinstance(node.func, ast.Attribute) and path.name == "i18n.py"):
                yield node


@functools.cache
def collect() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sources():
        for call in tr_calls(path):
            argument = call.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.setdefault(area_of(path), set()).add(argument.value)
    return found


@functools.cache
def tables() -> dict[str, dict[str, str]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(TABLES.glob("*.json"))}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


AREAS = sorted(collect())


def test_tr_takes_one_literal_and_exactly_its_placeholders():
    wrong = []
    for path in sources():
        for call in tr_calls(path):
            text = call.args[0] if len(call.args) == 1 else None
            if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}: not one literal")
            elif placeholders(text.value) != {keyword.arg for keyword in call.keywords}:
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}: placeholders and keywords differ")
    assert wrong == []


@pytest.mark.parametrize("area", AREAS)
def test_every_text_has_an_english_entry_in_its_area_or_in_ui(area: str):
    known = tables()
    missing = collect()[area] - known.get(area, {}).keys() - known["ui"].keys()
    assert sorted(missing) == []


@pytest.mark.parametrize("area", sorted(tables()))
def test_no_entry_is_stale(area: str):
    used = collect()
    # What `ui` says may be said by others, too.
    wanted = set[str]().union(*used.values()) if area == "ui" else used.get(area, set())
    assert sorted(tables()[area].keys() - wanted) == []


@pytest.mark.parametrize("area", sorted(tables()))
def test_entries_keep_the_placeholders_and_are_english(area: str):
    wrong = [
        text
        for text, english in tables()[area].items()
        if placeholders(text) != placeholders(english) or HAN.search(english) or not english.strip()
    ]
    assert wrong == []


def test_two_areas_agree_on_a_text():
    said: dict[str, str] = {}
    for table in tables().values():
        for text, english in table.items():
            assert said.setdefault(text, english) == english
