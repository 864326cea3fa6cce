"""Usage records: who used which certificate for what, when, and what came of it."""

from desktop.views.records.model import RecordsModel
from desktop.views.records.page import RecordsPage

__all__ = ["RecordsModel", "RecordsPage"]
