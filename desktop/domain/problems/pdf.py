"""Problems of opening, sealing and verifying PDF files."""

from desktop.domain.problems.model import Problem

PDF: dict[str, Problem] = {}
