"""The home page (首页): what needs attention, the two everyday jobs, what happened lately."""

from desktop.views.home.model import HomeModel, HomeState
from desktop.views.home.page import HomePage

__all__ = ["HomeModel", "HomePage", "HomeState"]
