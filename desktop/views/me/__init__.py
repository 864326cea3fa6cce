"""My page (我的): account, organizations, workstation, appearance, settings."""

from desktop.views.me.model import MeModel, MeState
from desktop.views.me.page import MePage

__all__ = ["MeModel", "MePage", "MeState"]
