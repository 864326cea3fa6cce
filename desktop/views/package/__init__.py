"""Bid packages (投标文件包): make one, open some, rehearse the opening."""

from desktop.views.package.open_model import OpenModel
from desktop.views.package.open_page import OpenPage
from desktop.views.package.pack_model import PackModel
from desktop.views.package.pack_page import PackPage

__all__ = ["OpenModel", "OpenPage", "PackModel", "PackPage"]
