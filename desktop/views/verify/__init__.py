"""Verification (验签): drop files, read verdicts in words."""

from desktop.views.verify.model import VerifyModel, VerifyState
from desktop.views.verify.page import VerifyPage

__all__ = ["VerifyModel", "VerifyPage", "VerifyState"]
