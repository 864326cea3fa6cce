"""Seals (电子印章): apply with a scan, claim by phone, see which may be used."""

from desktop.views.seals.model import SealsModel
from desktop.views.seals.page import SealsPage

__all__ = ["SealsModel", "SealsPage"]
