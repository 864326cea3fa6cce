"""What tests against the platform itself speak of; its fixtures stand in conftest.py."""

from collections.abc import Callable

from desktop.portal.api import PlatformApi
from tests.server.phone import png

PAPER = ("证件.png", png(), "image/png")

#: Signs somebody in by SMS.
SignIn = Callable[[str], PlatformApi]
#: Gives the latest code that was sent to a number.
Codes = Callable[[str], str]
