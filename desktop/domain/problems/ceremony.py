"""Problems of a scan (ceremony) as the desktop sees them."""

from desktop.domain.problems.model import Problem

CEREMONY: dict[str, Problem] = {}
