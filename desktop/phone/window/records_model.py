"""使用记录: what was done with the certificates, page by page (manual, 10). Whose, the platform decides by the role."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.phone.core import Phone
from desktop.phone.core.platform_views import UsageRecord
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.module_model import ModuleModel, ModuleState

PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsState(ModuleState):
    """The records so far, newest first; `has_more` while there may be older ones. `operation` "" means every one."""

    records: tuple[UsageRecord, ...] = ()
    operation: str = ""
    has_more: bool = False
    has_loaded: bool = False


class RecordsModel(ModuleModel[RecordsState]):
    """Intents: `refresh`, `load_more`, `choose_operation`."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(RecordsState(), phone, app, parent)

    def refresh(self) -> None:
        """Begin again with the newest."""
        self._round += 1
        self._page(None)

    def choose_operation(self, operation: str) -> None:
        """Show one kind of operation only."""
        if operation != self.state.operation:
            self._set(operation=operation, records=(), has_loaded=False)
            self.refresh()

    def load_more(self) -> None:
        """Go on with older ones."""
        state = self.state
        if state.has_more and not state.is_loading and state.records:
            self._page(state.records[-1].number)

    def _page(self, before: int | None) -> None:
        unit, operation, calls = self._app.state.organization, self.state.operation, self._phone.unit
        identity = unit.organization_id if unit is not None else ""

        def work() -> tuple[UsageRecord, ...]:
            return calls.usage_records(organization_id=identity, operation=operation, limit=PAGE, before=before)

        def done(found: tuple[UsageRecord, ...]) -> None:
            self._set(
                records=found if before is None else (*self.state.records, *found),
                has_more=len(found) == PAGE,
                has_loaded=True,
                is_loading=False,
                problem_code="",
                problem_detail="",
            )

        self._load(work, done)
