"""The tables that make up the catalogue."""

from desktop.domain.problems.bidding import BIDDING
from desktop.domain.problems.camera import CAMERA
from desktop.domain.problems.ceremony import CEREMONY
from desktop.domain.problems.general import GENERAL
from desktop.domain.problems.model import Problem
from desktop.domain.problems.opening import OPENING
from desktop.domain.problems.package import PACKAGE
from desktop.domain.problems.pdf import PDF
from desktop.domain.problems.phone import PHONE
from desktop.domain.problems.phone_tender import PHONE_TENDER
from desktop.domain.problems.platform import PLATFORM
from desktop.domain.problems.portal import PORTAL
from desktop.domain.problems.publishing import PUBLISHING
from desktop.domain.problems.record import RECORD
from desktop.domain.problems.room import ROOM
from desktop.domain.problems.submission import SUBMISSION

TABLES: tuple[dict[str, Problem], ...] = (
    GENERAL,
    CEREMONY,
    PHONE,
    PHONE_TENDER,
    PDF,
    PACKAGE,
    PUBLISHING,
    SUBMISSION,
    OPENING,
    ROOM,
    RECORD,
    PLATFORM,
    PORTAL,
    CAMERA,
    BIDDING,
)
