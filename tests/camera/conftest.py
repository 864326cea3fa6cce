"""Fixtures of the camera tests."""

from collections.abc import Callable

import pytest
import segno

from desktop.camera.frames import Frame
from tests.camera.drawing import draw


@pytest.fixture
def qr_frame() -> Callable[..., Frame]:
    def make(text: str, *, scale: int = 5, border: int = 4, **options: object) -> Frame:
        return draw(segno.make(text, micro=False, **options), scale=scale, border=border)

    return make
