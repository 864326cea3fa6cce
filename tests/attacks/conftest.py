"""The same company with everything as the threat tests use; an attack takes what it needs from it."""

from tests.services.conftest import clock, company, handle, phone, workspace
from tests.services.test_threats import source, unit

__all__ = ["clock", "company", "handle", "phone", "source", "unit", "workspace"]
