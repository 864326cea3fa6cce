"""Problems answered by the platform or met on the way to it."""

from desktop.domain.problems.model import Problem

PLATFORM: dict[str, Problem] = {}
