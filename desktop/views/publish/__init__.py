"""招标项目: an agency's projects and lots, the notice of a lot from draft to publication, and its amendments."""

from desktop.views.publish.editor_model import EditorModel
from desktop.views.publish.editor_page import EditorPage
from desktop.views.publish.list_model import LotsModel
from desktop.views.publish.list_page import LotsPage
from desktop.views.publish.page import PublishPage

__all__ = ["EditorModel", "EditorPage", "LotsModel", "LotsPage", "PublishPage"]
