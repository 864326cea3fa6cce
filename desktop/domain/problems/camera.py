"""Problems of reading a QR code from images or a camera."""

from desktop.domain.problems.model import Problem

CAMERA: dict[str, Problem] = {}
