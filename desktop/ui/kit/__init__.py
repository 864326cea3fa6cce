"""The widget kit: everything a page is made of. See `desktop.ui` for the signatures.

What the window itself is not made of is loaded with the first page that uses it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from desktop.ui.kit.base import ElidedLabel, KitFrame, Label, Tone, clear_layout, diagnostic, plain_tooltip, restyle
from desktop.ui.kit.buttons import (
    DangerButton,
    IconButton,
    KitButton,
    LinkButton,
    PrimaryButton,
    SecondaryButton,
    SegmentedControl,
)
from desktop.ui.kit.drop import ANY_FILE, DropZone, FileChooser, FilePicker, dropped_files, pick_files
from desktop.ui.kit.progress import Countdown, ProgressPanel, ServerClock, StepIndicator, SyncState, local_time
from desktop.ui.kit.surfaces import (
    Banner,
    Card,
    Icon,
    ListRow,
    Separator,
    StatusChip,
    VerdictBadge,
    scrolled,
    verdict_word,
)
from desktop.ui.kit.toast import Toast

if TYPE_CHECKING:
    from desktop.ui.kit.fields import ChoiceField, CodeField, NumberField, PhoneNumberField, TextField
    from desktop.ui.kit.head import PanelHead, foot_row, frame_form
    from desktop.ui.kit.states import EmptyState, OfflineView, ProblemView, Skeleton
    from desktop.ui.kit.table import Cell, Column, DataTable, Row

__all__ = [
    "ANY_FILE",
    "Banner",
    "Card",
    "Cell",
    "ChoiceField",
    "CodeField",
    "Column",
    "Countdown",
    "DangerButton",
    "DataTable",
    "DropZone",
    "ElidedLabel",
    "EmptyState",
    "FileChooser",
    "FilePicker",
    "Icon",
    "IconButton",
    "KitButton",
    "KitFrame",
    "Label",
    "LinkButton",
    "ListRow",
    "NumberField",
    "OfflineView",
    "PanelHead",
    "PhoneNumberField",
    "PrimaryButton",
    "ProblemView",
    "ProgressPanel",
    "Row",
    "SecondaryButton",
    "SegmentedControl",
    "Separator",
    "ServerClock",
    "Skeleton",
    "StatusChip",
    "StepIndicator",
    "SyncState",
    "TextField",
    "Toast",
    "Tone",
    "VerdictBadge",
    "clear_layout",
    "diagnostic",
    "dropped_files",
    "foot_row",
    "frame_form",
    "local_time",
    "pick_files",
    "plain_tooltip",
    "restyle",
    "scrolled",
    "verdict_word",
]

_LATER = {
    **dict.fromkeys(("ChoiceField", "CodeField", "NumberField", "PhoneNumberField", "TextField"), "fields"),
    **dict.fromkeys(("PanelHead", "foot_row", "frame_form"), "head"),
    **dict.fromkeys(("EmptyState", "OfflineView", "ProblemView", "Skeleton"), "states"),
    **dict.fromkeys(("Cell", "Column", "DataTable", "Row"), "table"),
}


def __getattr__(name: str) -> Any:
    """Load the module of a widget that is asked for the first time (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found
