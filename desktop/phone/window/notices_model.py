"""通知: what the account is told of, and which of it is unread."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop.phone.core import Phone
from desktop.phone.core.platform_views import Notice, Notices
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.module_model import ModuleModel, ModuleState

_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesState(ModuleState):
    """The notices so far, newest first. Those that came unread keep their mark while the page is open."""

    notices: tuple[Notice, ...] = ()
    has_more: bool = False
    has_loaded: bool = False


class NoticesModel(ModuleModel[NoticesState]):
    """Intents: `refresh`, `load_more`. What has been shown counts as read."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(NoticesState(), phone, app, parent)

    def refresh(self) -> None:
        """Begin again with the newest."""
        self._round += 1
        self._page(None)

    def load_more(self) -> None:
        """Go on with older ones."""
        state = self.state
        if state.has_more and not state.is_loading and state.notices:
            self._page(state.notices[-1].number)

    def _page(self, before: int | None) -> None:
        security = self._phone.security

        def work() -> tuple[Notices, int]:
            found = security.notices(before=before)
            unread = [n.number for n in found.notices if not n.is_read]
            if unread:
                security.mark_read(unread)
            return found, max(found.unread - len(unread), 0)

        def done(result: tuple[Notices, int]) -> None:
            found, left = result
            self._set(
                notices=found.notices if before is None else (*self.state.notices, *found.notices),
                has_more=len(found.notices) == _PAGE,
                has_loaded=True,
                is_loading=False,
                problem_code="",
                problem_detail="",
            )
            self._app.set_unread(left)

        self._load(work, done)
