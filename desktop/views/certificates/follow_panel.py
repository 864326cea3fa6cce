"""The panel of an application for a certificate that follows another, or of a claim: what it means, then the form.

Passive but for what is being typed, which lives in its fields.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.crypto.certificates import read_certificate
from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    Label,
    LinkButton,
    PanelHead,
    PrimaryButton,
    SecondaryButton,
    TextField,
    Tone,
    foot_row,
    frame_form,
    local_time,
)
from desktop.ui.kit.drop import FilePicker
from desktop.ui.theme import current
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.certificates.follow_state import MAX_PAPERS, PARTS, FollowInput, FollowState, Part, Way
from desktop.views.certificates.follow_words import papers_title, part_fault, way_note, way_notice, way_steps, way_title
from desktop.views.certificates.id_field import IdNumberField
from desktop.views.certificates.papers_box import PapersBox
from desktop.views.certificates.words import grouped

_SHOWN_BIDS = 12


class FollowPanel(QWidget):
    """Tells by signals what the person wants."""

    back_requested = Signal()
    submitted = Signal(object)
    touched = Signal(object)
    id_typed = Signal(str)
    papers_chosen = Signal(list)
    paper_removed = Signal(int)
    look_requested = Signal()

    def __init__(self, *, pick: FilePicker) -> None:
        super().__init__()
        self.setObjectName("followPanel")
        self._filled = -1
        self._refused = 0
        self.head = PanelHead(name="follow")
        self.notice = Banner(name="followNotice")
        self.banner = Banner(name="followBanner")
        self._subject, self._effects = Card(name="followSubject"), Card(name="followEffects")
        self._form = Card(name="followForm")
        self.facts = FactGrid(name="followFacts")
        self.seals = Label(wrap=True, selectable=True, name="followSeals")
        self.bids = Label(wrap=True, selectable=True, name="followBids")
        self.look = LinkButton(icon="refresh-cw", name="followLook")
        self._id_number = IdNumberField(name="claimIdField")
        self.fields: dict[Part, TextField] = {
            Part.ORGANIZATION: TextField(name="newNameField"),
            Part.NAME: TextField(name="claimNameField"),
            Part.ID_NUMBER: self._id_number,
        }
        self.papers = PapersBox(name="followPapers", icon="id-card", pick=pick)
        self._note = Label(role="caption", wrap=True)
        self.cancel = SecondaryButton(name="cancelFollowButton")
        self.submit = PrimaryButton(name="submitFollowButton")
        self._lay_out()
        self._connect()

    @property
    def typed(self) -> FollowInput:
        """What stands in the fields."""
        return FollowInput(
            organization_name=self.fields[Part.ORGANIZATION].value,
            name=self.fields[Part.NAME].value,
            id_number=self.fields[Part.ID_NUMBER].value,
        )

    def is_begun(self, state: FollowState) -> bool:
        """Tell whether something was typed or attached that the form did not come with."""
        return state.form_number == self._filled and (bool(state.papers) or self.typed != state.draft)

    def show_state(self, state: FollowState) -> None:
        """Set words and errors; fill the fields only when another form has begun."""
        self._say(state.way)
        if state.form_number != self._filled:
            self._filled = state.form_number
            self.fields[Part.ORGANIZATION].set_value(state.draft.organization_name)
            self.fields[Part.NAME].set_value(state.draft.name)
            self.fields[Part.ID_NUMBER].set_value(state.draft.id_number)
        self._show_subject(state)
        self._show_effects(state)
        self._show_form(state)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()
        if state.refused_number != self._refused:
            self._refused = state.refused_number
            self._lead(state)

    def _lead(self, state: FollowState) -> None:
        """After a refused submission show the place where a correction is due; the panel may be scrolled."""
        wrong = dict(state.faults)
        field = next((f for part, f in self.fields.items() if part in wrong), None)
        if field is not None:
            field.edit.setFocus()
        place = field or (self.papers if wrong else self.banner)
        self._area.ensureWidgetVisible(place)

    def begin(self) -> None:
        """Begin with the warning in sight and the cursor in the first field shown, else on the way back."""
        self._area.verticalScrollBar().setValue(0)
        shown = [field for field in self.fields.values() if not field.isHidden()]
        (shown[0].edit if shown else self.cancel).setFocus()

    def _show_subject(self, state: FollowState) -> None:
        if state.grant is not None:
            grant = state.grant
            self.facts.show_facts(
                [
                    Fact(word=tr("单位"), text=grant.organization_name),
                    Fact(word=tr("授权人"), text=grant.granted_by),
                    Fact(word=tr("被授权人"), text=grant.name),
                    Fact(word=tr("身份证号"), text=grant.id_number_masked, is_code=True),
                ]
            )
        elif state.certificate is not None:
            certificate = state.certificate
            self.facts.show_facts(
                [
                    Fact(word=tr("单位"), text=read_certificate(certificate.sign_cert).organization),
                    Fact(word=tr("持证人"), text=certificate.holder_name),
                    Fact(word=tr("序列号"), text=grouped(certificate.serial), is_code=True),
                    Fact(word=tr("有效期至"), text=local_time(certificate.not_after)[:10]),
                ]
            )

    def _show_effects(self, state: FollowState) -> None:
        self._effects.setVisible(state.certificate is not None and state.way is not Way.RESET)
        self.look.setVisible(bool(state.affected_problem))
        self.bids.setVisible(not state.affected_problem)
        if state.affected_problem:
            wording = problem(state.affected_problem).wording(current_language())
            self.seals.setText(tr("无法查询受影响的印章和投标文件: {title}", title=wording.title))
        elif state.affected is None:
            self.seals.setText(tr("正在查询受影响的印章和投标文件…"))
            self.bids.hide()
        else:
            names = tr("、").join(s.name for s in state.affected.seals)
            self.seals.setText(_seal_words(state.way, names))
            self.bids.setText(_bid_words(state.way, state.affected.bids))

    def _show_form(self, state: FollowState) -> None:
        wanted, faults = PARTS[state.way], dict(state.faults)
        self._form.setVisible(bool(wanted))
        for part, field in self.fields.items():
            field.setVisible(part in wanted)
            field.set_error(part_fault(part, faults[part]) if part in faults else "")
        fault = part_fault(Part.PAPERS, faults[Part.PAPERS]) if Part.PAPERS in faults else ""
        self.papers.setVisible(Part.PAPERS in wanted)
        self.papers.show_papers(papers_title(state.way), state.papers, fault, most=MAX_PAPERS)
        self.submit.setEnabled(not state.is_submitting)
        self.submit.setText(tr("正在提交…") if state.is_submitting else tr("提交"))

    def _say(self, way: Way) -> None:
        self.head.set_title(way_title(way))
        self.head.set_steps(way_steps(way), 0)
        title, text = way_notice(way)
        tone = Tone.INFO if way in {Way.RENEW, Way.GRANT} else Tone.WARNING
        self.notice.show_message(tone, title, text)
        subjects = {Way.GRANT: tr("授权信息"), Way.RESET: tr("证书")}
        self._subject.set_title(subjects.get(way, tr("原证书")))
        self._effects.set_title(tr("受影响的印章和投标文件"))
        self._form.set_title(tr("变更内容") if way is Way.CHANGE else tr("实名认证"))
        self.look.setText(tr("重新查询"))
        self.fields[Part.ORGANIZATION].set_label(tr("新的单位名称"), tr("与新营业执照一致的全称"))
        self.fields[Part.NAME].set_label(tr("姓名"), tr("与授权填写的一致"))
        self.fields[Part.ID_NUMBER].set_label(tr("身份证号"), tr("18 位, 离开后隐藏中间数字"))
        self.cancel.setText(tr("取消"))
        self._note.setText(way_note(way))

    def _connect(self) -> None:
        self.head.back_requested.connect(self.back_requested)
        self.cancel.clicked.connect(self.back_requested)
        self.submit.clicked.connect(self._submit)
        self.look.clicked.connect(self.look_requested)
        self.papers.chosen.connect(self.papers_chosen)
        self.papers.removed.connect(self.paper_removed)
        for part, field in self.fields.items():
            field.edit.textEdited.connect(lambda _text, p=part: self.touched.emit(p))
            field.submitted.connect(self._submit)
        self._id_number.typed_whole.connect(self.id_typed)

    def _submit(self) -> None:
        self.submitted.emit(self.typed)

    # -- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(16)
        self._subject.add(self.facts)
        for part in (self.seals, self.bids, self.look):
            self._effects.add(part)
        for field in self.fields.values():
            self._form.add(field)
        self._form.add(self.papers)
        for widget in (self.banner, self.notice, self._subject, self._effects, self._form):
            column.addWidget(widget)
        column.addStretch()
        foot = foot_row(self._note, self.cancel, self.submit)
        self._area = frame_form(self, self.head, inner, foot, width=current().sizes.text_width + 64)


def _seal_words(way: Way, names: str) -> str:
    if not names:
        return tr("没有与此证书绑定的印章。")
    if way is Way.RENEW:
        return tr("随新证书继续使用的印章: {names}", names=names)
    if way is Way.CHANGE:
        return tr("将作废的印章: {names}", names=names)
    return tr("补办后可重新申领的印章: {names}", names=names)


def _bid_words(way: Way, bids: tuple[str, ...]) -> str:
    if not bids:
        return tr("平台的使用记录中没有用此证书加密的投标文件。")
    shown = "\n".join(f"· {bid}" for bid in bids[:_SHOWN_BIDS])
    more = len(bids) - _SHOWN_BIDS
    if more > 0:
        shown += "\n" + tr("另有 {count} 份", count=more)
    if way is Way.REISSUE:
        return tr("将无法用原密钥解密的投标文件 (其他收件人的手机仍可解密):") + "\n" + shown
    return tr("仍需旧密钥解密的投标文件:") + "\n" + shown
