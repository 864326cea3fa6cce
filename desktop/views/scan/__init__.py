"""One scan on the screen: what is to be signed, the code, who scanned it, and what came of it.

Every phone operation goes through here: `open_scan` for a dialog, `ScanPanel` inside a page (login).
"""

from desktop.views.scan.camera import Cameras, own_cameras
from desktop.views.scan.dialog import ScanDialog, ScanOpener, open_scan
from desktop.views.scan.model import ScanModel, ScanState
from desktop.views.scan.panel import ScanPanel

__all__ = ["Cameras", "ScanDialog", "ScanModel", "ScanOpener", "ScanPanel", "ScanState", "open_scan", "own_cameras"]
