"""My page (我的): account, organizations, workstation, appearance, settings."""

from desktop.views.me.model import MeModel, MeState
from desktop.views.me.page import MePage
from desktop.views.me.sections import MeSection

__all__ = ["MeModel", "MePage", "MeSection", "MeState"]
