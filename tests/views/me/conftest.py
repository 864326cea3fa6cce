"""The real platform and phone as fixtures."""

from tests.views.login.platform import clock, company, desk, handle, phone

__all__ = ["clock", "company", "desk", "handle", "phone"]
