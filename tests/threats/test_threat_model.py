"""docs/threat-model.md names every threat once, and every test it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (\d+) \| .+? \| (.+) \|$", DOCUMENT, flags=re.MULTILINE))
NAMED = set(re.findall(r"`(test_t\d\w+)`", DOCUMENT))


def existing_tests() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), flags=re.MULTILINE))
    return found


def test_every_threat_has_its_line() -> None:
    assert [int(n) for n in ROWS] == list(range(1, 54))


def test_every_line_names_a_test_or_says_why_there_is_none() -> None:
    without = [n for n, row in ROWS.items() if "`test_" not in row and "later" not in row]
    assert without == []


def test_every_test_named_exists() -> None:
    assert len(NAMED) > 60
    assert NAMED - existing_tests() == set()


def test_every_threat_to_certificates_seals_and_accounts_is_attacked_by_a_test_of_its_name() -> None:
    """The threats of issue 5: a row that only quotes tests of something else shows nothing."""
    wanted = [*range(14, 17), *range(29, 37), 43, 45]
    assert [n for n in wanted if not any(f"`test_t{n}_" in part for part in ROWS[str(n)].split(", "))] == []
