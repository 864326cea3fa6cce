"""投标项目 of a bidder: lots, their notices, the bid in preparation, submission and receipts."""

from desktop.views.tenders.lot_model import LotModel
from desktop.views.tenders.lot_page import LotPage
from desktop.views.tenders.lots_model import LotsModel
from desktop.views.tenders.lots_page import LotsPage
from desktop.views.tenders.page import TendersPage
from desktop.views.tenders.projects import ProjectsPage

__all__ = ["LotModel", "LotPage", "LotsModel", "LotsPage", "ProjectsPage", "TendersPage"]
