"""My page (我的): account and security, organizations, workstations, notices; settings and more brought by others."""

from desktop.views.me.model import MeModel, MeState
from desktop.views.me.notices_model import NoticesModel
from desktop.views.me.page import MePage
from desktop.views.me.sections import MeSection

__all__ = ["MeModel", "MePage", "MeSection", "MeState", "NoticesModel"]
