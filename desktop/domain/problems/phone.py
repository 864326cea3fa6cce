"""Problems that the phone shows."""

from desktop.domain.problems.model import Problem

PHONE: dict[str, Problem] = {}
