"""The problem catalogue: for each error code what happened, why, and what to do next, in Chinese and English.

Only these words reach a screen; an error's `detail` goes into the copyable diagnostic. Each area of the product keeps
its own table beside this file; a code is `<area>.<name>` and stands in exactly one of them.
"""

from desktop.domain.problems.model import Problem, Wording, running
from desktop.domain.problems.tables import TABLES

__all__ = ["CATALOGUE", "UNEXPECTED", "Problem", "Wording", "problem", "running"]

UNEXPECTED = "general.unexpected"


def _merge() -> dict[str, Problem]:
    merged: dict[str, Problem] = {}
    for table in TABLES:
        twice = merged.keys() & table.keys()
        if twice:
            raise ValueError(f"problem codes defined twice: {sorted(twice)}")
        merged.update(table)
    return merged


CATALOGUE: dict[str, Problem] = _merge()


def problem(code: str) -> Problem:
    """Return the catalogue entry of `code`, or the entry for an unexpected error if the code is unknown."""
    return CATALOGUE.get(code, CATALOGUE[UNEXPECTED])
