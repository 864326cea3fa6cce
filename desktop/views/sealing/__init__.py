"""Sealing (签章): open documents, put seals on their pages, sign all of them with one scan."""

from desktop.views.sealing.model import SealingModel
from desktop.views.sealing.page import SealingPage
from desktop.views.sealing.state import SealingState

__all__ = ["SealingModel", "SealingPage", "SealingState"]
