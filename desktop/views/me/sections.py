"""The sections of my page (我的): what stands in the list at its left, and who brings each.

A section is a title, an icon and a factory of a widget, which is called when the section is shown for the first time.
The page brings its own; the composition root hands in more: `MePage(model, sections=(MeSection(...), …))`. One with the
id of an own section takes its place, others stand where ORDER has them, unknown ones at the end. A widget that has a
method `receive(text)` is told what stands behind the colon of `MePage.receive("id:text")`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

ACCOUNT = "account"
SECURITY = "security"
UNITS = "units"
WORKSTATIONS = "workstations"
NOTICES = "notices"
SETTINGS = "settings"
APPS = "apps"
ABOUT = "about"
#: From above to below: 账号, 账号与安全, 单位, 工位, 通知, 设置, 手机应用下载, 关于.
ORDER = (ACCOUNT, SECURITY, UNITS, WORKSTATIONS, NOTICES, SETTINGS, APPS, ABOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeSection:
    """One section. `title` is called for the words, so that it follows the language; `factory` makes the widget once.

    `is_for_operators` false: not shown to those who work for the platform, who belong to no unit.
    """

    id: str
    title: Callable[[], str]
    icon: str
    factory: Callable[[], QWidget]
    is_for_operators: bool = True


def arranged(own: Iterable[MeSection], brought: Iterable[MeSection] = ()) -> tuple[MeSection, ...]:
    """Return all sections as they stand in the list; a brought one replaces an own one with the same id."""
    by_id = {section.id: section for section in (*own, *brought)}
    known = [by_id[identity] for identity in ORDER if identity in by_id]
    return (*known, *(section for identity, section in by_id.items() if identity not in ORDER))
