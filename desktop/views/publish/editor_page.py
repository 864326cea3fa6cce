"""One lot's notice: what is typed and chosen on the left, what comes of it on the right. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import MemberRole
from desktop.services.ceremony import CeremonyView
from desktop.services.tender_checks import Part
from desktop.ui.i18n import tr
from desktop.ui.kit import FilePicker, PanelHead, pick_files, scrolled
from desktop.ui.page import LookAgain, Page
from desktop.ui.theme import current
from desktop.views.publish.changes_card import ChangesCard
from desktop.views.publish.editor_model import EditorModel
from desktop.views.publish.editor_side import EditorSide
from desktop.views.publish.envelope_card import EnvelopesCard
from desktop.views.publish.form_cards import BasicsCard, LimitCard, TimesCard
from desktop.views.publish.papers_cards import DocumentsCard, RequiredCard
from desktop.views.publish.people_card import PeopleCard
from desktop.views.publish.state import EditorState
from desktop.views.scan import ScanOpener, open_scan

#: The draft's field of each part that is one line of text.
_TEXTS = {
    Part.TENDER_NAME: "tender_name",
    Part.LOT_NAME: "lot_name",
    Part.PURCHASER: "purchaser",
    Part.DEADLINE: "deadline",
    Part.WINDOW: "window",
    Part.LIMIT: "price_limit",
}


class EditorPage(Page[EditorState]):
    """`back_requested` to the list; `notified(text)` after a success, for a toast; `navigate` to other modules."""

    back_requested = Signal()
    navigate = Signal(str, str)
    notified = Signal(str)

    def __init__(self, model: EditorModel, *, scan: ScanOpener = open_scan, pick: FilePicker = pick_files) -> None:
        super().__init__("editorPage")
        self.model, self._scan = model, scan
        model.setParent(self)
        self._refused = self._published = 0
        self.head = PanelHead(name="editor")
        self.changes = ChangesCard()
        self.basics, self.times, self.limit = BasicsCard(), TimesCard(), LimitCard()
        self.envelopes, self.people = EnvelopesCard(), PeopleCard()
        self.documents, self.required = DocumentsCard(pick=pick), RequiredCard()
        self.side = EditorSide()
        self._lay_out()
        self._connect()
        #: Time passes: a deadline that was good may be so no longer.
        self._again = LookAgain(self, model.judge)
        self.bind(model)

    def show_state(self, state: EditorState) -> None:
        """Draw the state."""
        now = self.model.workspace.clock.now()
        self.head.set_title(state.lot.lot_name if state.lot is not None else tr("标段"))
        self.changes.show_state(state)
        self.basics.show_state(state)
        self.times.show_state(state, now)
        self.limit.show_state(state)
        self.envelopes.show_state(state, now)
        self.documents.show_state(state)
        self.required.show_state(state)
        organization = self.model.workspace.account.organization
        is_admin = organization is not None and organization.role is MemberRole.CERTIFICATE_ADMIN
        self.people.show_state(state, is_admin=is_admin)
        self.side.show_state(state)
        self._again.want(wanted=state.is_open and state.lot is not None)
        if state.refused_number != self._refused:
            self._refused = state.refused_number
            self._lead(state)
        if state.published_number != self._published:
            self._published = state.published_number
            if state.published_number:
                self.notified.emit(tr("公告已发布"))

    def _lead(self, state: EditorState) -> None:
        """After a refused wish show the place where the first correction is due."""
        first = next(iter(state.findings), None)
        if first is None:
            return
        cards = {
            Part.TENDER_NAME: self.basics,
            Part.LOT_NAME: self.basics,
            Part.PURCHASER: self.basics,
            Part.DEADLINE: self.times,
            Part.WINDOW: self.times,
            Part.LIMIT: self.limit,
            Part.DOCUMENTS: self.documents,
            Part.REQUIRED: self.required,
            Part.MEMBERS: self.people,
            Part.OFFICERS: self.people,
        }
        self._area.ensureWidgetVisible(cards.get(first.part, self.envelopes))

    def _open_scan(self) -> None:
        signer = self.model.state.signer
        if signer is not None:
            self._scan(
                self,
                self.model.workspace,
                self.model.make_action,
                credit_code=signer.certificate.credit_code,
                on_finished=self._finished,
            )

    def _finished(self, view: CeremonyView) -> None:
        self.model.scan_finished(view)

    def _follow_notice(self) -> None:
        """Go where the notice at the side points: the opening, a certificate, the enrolment."""
        state = self.model.state
        if state.is_past and state.lot is not None:
            self.navigate.emit("room", state.lot.lot_id)
        elif state.signer is None:
            self.navigate.emit("certificates", "new")
        else:
            self.navigate.emit("me", "enrol")

    def _edit_text(self, part: str, text: str) -> None:
        self.model.edit(**{_TEXTS[Part(part)]: text})

    def _connect(self) -> None:
        model, side = self.model, self.side
        self.head.back_requested.connect(self.back_requested)
        self.retry_requested.connect(model.retry)
        model.ready_to_publish.connect(self._open_scan)
        for card in (self.basics, self.times, self.limit):
            card.edited.connect(self._edit_text)
        self.envelopes.double_chosen.connect(lambda double: model.edit(is_double=double))
        self.envelopes.edited.connect(lambda envelope, name, value: model.edit_envelope(envelope, **{name: value}))
        self.documents.files_chosen.connect(model.add_documents)
        self.documents.remove_requested.connect(model.remove_document)
        self.documents.cancel_requested.connect(model.cancel_upload)
        self.required.add_requested.connect(model.add_required)
        self.required.edited.connect(lambda position, name, value: model.change_required(position, **{name: value}))
        self.required.remove_requested.connect(model.remove_required)
        self.people.chosen.connect(lambda serial, checked: model.choose_officer(serial, chosen=checked))
        self.people.dropped.connect(model.drop_officer)
        self.people.signer_chosen.connect(model.choose_certificate)
        side.publish_requested.connect(model.publish)
        side.dry_run_requested.connect(model.start_dry_run)
        side.cancel_requested.connect(model.cancel_dry_run)
        side.save_requested.connect(model.save)
        side.reload_requested.connect(model.reload)
        side.notice_followed.connect(self._follow_notice)
        versions = side.versions
        versions.theirs_requested.connect(model.take_theirs)
        versions.mine_requested.connect(model.keep_mine)
        versions.copy_requested.connect(lambda: model.take_copy(model.state.copies[0]))
        versions.drop_requested.connect(lambda: model.drop_copy(model.state.copies[0]))

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(current().sizes.text_width + 64)
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 16, 24)
        column.setSpacing(16)
        cards = (self.changes, self.basics, self.times, self.envelopes, self.limit, self.documents)
        for card in (*cards, self.required, self.people):
            column.addWidget(card)
        column.addStretch()
        self._area = scrolled(inner, name="editorArea")
        # Tab goes from field to field, and the area follows it.
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QHBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._area, 1)
        outer.addWidget(self.side)
        # The way back is there on every face.
        frame = self.layout()
        assert isinstance(frame, QVBoxLayout)
        frame.insertWidget(0, self.head)
