"""开标大厅: the opening of a lot, live, for bidders and for the agency."""

from desktop.views.room.hall import HallPage, make_hall
from desktop.views.room.model import RoomModel
from desktop.views.room.page import RoomPage
from desktop.views.room.rooms_model import RoomsModel
from desktop.views.room.rooms_page import RoomsPage

__all__ = ["HallPage", "RoomModel", "RoomPage", "RoomsModel", "RoomsPage", "make_hall"]
