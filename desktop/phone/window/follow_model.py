"""Applications for a certificate that follows another (延期, 变更, 补办), and for a granted one (manual 5-7, 9F).

The application is made here; the new keys are made when the workstation's download code is scanned. What hangs on the
old certificate is asked for first, so that nobody gives it up unwarned (protocol.md §2).
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject

from desktop.domain.errors import BidSealError
from desktop.domain.operations import Operation, SealState
from desktop.phone.core import Phone
from desktop.phone.core.people import (
    ID_NUMBER_LENGTH,
    Paper,
    is_id_number,
    is_name,
    tidy_id_number,
    tidy_name,
    uploads_of,
)
from desktop.phone.core.platform_views import Grant
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.certificates_model import CertificateItem
from desktop.phone.window.module_model import ModuleState, WithPapers
from desktop.phone.window.states import Screen

_MOST_BIDS = 200
_LIVING = (SealState.PENDING_REVIEW, SealState.APPROVED, SealState.CLAIMED)


class Way(StrEnum):
    """How one comes to the next certificate."""

    RENEW = "renew"
    CHANGE = "change"
    REISSUE = "reissue"
    GRANT = "grant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What hangs on the old certificate: its living seals, and the bids that were sealed to it."""

    seals: tuple[str, ...] = ()
    bids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowState(ModuleState):
    """An application being filled in. `affected` is None while it is asked for, `affected_code` why it is not had."""

    way: Way = Way.RENEW
    item: CertificateItem | None = None
    grant: Grant | None = None
    affected: Affected | None = None
    affected_code: str = ""
    papers: tuple[Paper, ...] = ()
    is_sent: bool = False
    form_number: int = 0


class FollowModel(WithPapers[FollowState]):
    """Intents: `begin`, `begin_claim`, `attach`, `detach`, `check_id_number`, `submit`."""

    def __init__(self, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(FollowState(), phone, app, parent)

    def begin(self, way: Way, item: CertificateItem) -> None:
        """Begin an application for the certificate that follows `item`."""
        self._begin(way, item=item, affected=None)
        self.look()
        self._app.open(Screen.FOLLOW)

    def begin_claim(self, grant: Grant) -> None:
        """Begin the identity check for a granted certificate."""
        self._begin(Way.GRANT, grant=grant, affected=Affected())
        self._app.open(Screen.FOLLOW)

    def look(self) -> None:
        """Ask what hangs on the certificate."""
        item, phone = self.state.item, self._phone
        if item is None:
            return
        self._set(affected=None, affected_code="")

        def work() -> Affected:
            seals = [s for s in phone.registry.seals() if s.certificate_serial == item.serial and s.state in _LIVING]
            records = phone.unit.usage_records(
                certificate_serial=item.serial, operation=Operation.SIGN_PACKAGE, limit=_MOST_BIDS
            )
            bids = dict.fromkeys(r.subject for r in records if r.result == "done")
            return Affected(seals=tuple(s.name for s in seals), bids=tuple(bids))

        self._run(work, lambda affected: self._set(affected=affected), self._not_found)

    def type_id_number(self, text: str) -> None:
        """Say at once whether a whole ID number can be right; one that is not whole yet is not judged."""
        is_whole = len(tidy_id_number(text)) >= ID_NUMBER_LENGTH
        self.check_id_number(text if is_whole else "")

    def check_id_number(self, text: str) -> None:
        """Say whether an ID number can be right; an empty one is said on submission."""
        number = tidy_id_number(text)
        self._set_fault("id_number", "" if not number or is_id_number(number) else "platform.id_number_invalid")

    def touch(self, part: str) -> None:
        """The person is correcting a part: what was said about it no longer holds."""
        self._set_fault(part, "")

    def submit(self, *, organization_name: str = "", name: str = "", id_number: str = "") -> None:
        """Check what was typed, and send it."""
        state, phone = self.state, self._phone
        faults = self._faults(tidy_name(organization_name), tidy_name(name), tidy_id_number(id_number))
        self._set(faults=tuple(faults.items()))
        if faults or state.is_busy:
            return
        papers = uploads_of(state.papers)

        def work() -> None:
            if state.grant is not None:
                phone.unit.submit_for_grant(
                    state.grant.grant_id, name=tidy_name(name), id_number=tidy_id_number(id_number), papers=papers
                )
            elif state.item is not None and state.way is Way.RENEW:
                phone.registry.renew(state.item.serial)
            elif state.item is not None and state.way is Way.CHANGE:
                phone.registry.change(state.item.serial, organization_name=tidy_name(organization_name), papers=papers)
            elif state.item is not None:
                phone.registry.reissue(state.item.serial, papers)

        self._send(work, self._sent)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _begin(
        self, way: Way, *, item: CertificateItem | None = None, grant: Grant | None = None, affected: Affected | None
    ) -> None:
        self._round += 1  # an answer about another application does not belong to this one
        number = self.state.form_number + 1
        self._set(**{name: getattr(FollowState(), name) for name in FollowState.__dataclass_fields__})
        self._set(way=way, item=item, grant=grant, affected=affected, form_number=number)

    def _faults(self, organization_name: str, name: str, id_number: str) -> dict[str, str]:
        state, found = self.state, dict[str, str]()
        if state.way is Way.CHANGE and not is_name(organization_name):
            found["organization_name"] = "phone.name_invalid"
        elif state.way is Way.CHANGE and state.item is not None and organization_name == state.item.organization:
            found["organization_name"] = "phone.name_unchanged"
        if state.way is Way.GRANT and not is_name(name):
            found["name"] = "phone.name_invalid"
        if state.way is Way.GRANT and not is_id_number(id_number):
            found["id_number"] = "platform.id_number_invalid"
        if state.way is not Way.RENEW and not state.papers:
            found["papers"] = "phone.papers_missing"
        return found

    def _sent(self, _nothing: None) -> None:
        # Personal papers have done their work; they do not wait in memory.
        self._set(is_busy=False, is_sent=True, papers=(), form_number=self.state.form_number + 1)

    def _not_found(self, error: BidSealError) -> None:
        self._set(affected_code=error.code)

    def _failed(self, error: BidSealError) -> None:
        if error.code in {"platform.id_number_invalid", "platform.bad_field"} and error.detail in {
            "",
            "name",
            "id_number",
            "organization_name",
            "papers",
        }:
            part = error.detail or "id_number"
            self._set(is_busy=False)
            self._set_fault(part, error.code)
        else:
            super()._failed(error)
