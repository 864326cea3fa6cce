"""The review desk (审核台) of the platform's operators: certificate orders and seal applications."""

from desktop.views.review.model import ReviewModel, ReviewState
from desktop.views.review.page import ReviewPage

__all__ = ["ReviewModel", "ReviewPage", "ReviewState"]
