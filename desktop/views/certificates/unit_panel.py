"""The panel of a unit's people (授权管理): members, grants, and the form of a new grant. Passive."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.operations import MemberRole
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    ChoiceField,
    Label,
    PanelHead,
    PhoneNumberField,
    PrimaryButton,
    SecondaryButton,
    Separator,
    TextField,
    clear_layout,
    foot_row,
    scrolled,
)
from desktop.ui.page import Page
from desktop.views.certificates.follow_state import Part
from desktop.views.certificates.follow_words import part_fault
from desktop.views.certificates.id_field import IdNumberField
from desktop.views.certificates.unit_model import UnitModel
from desktop.views.certificates.unit_parts import GrantRow, MemberRow, role_word
from desktop.views.certificates.unit_state import GrantInput, GrantPart, Told, UnitState


class GrantFormCard(Card):
    """What a grant needs: role, name, ID number, mobile number (manual 9E)."""

    submitted = Signal(object)
    cancelled = Signal()
    touched = Signal(object)
    id_typed = Signal(str)

    def __init__(self) -> None:
        super().__init__(name="grantForm")
        self._filled = -1
        self.role = ChoiceField(name="grantRole")
        self._id_number = IdNumberField(name="grantIdNumber")
        self.fields: dict[GrantPart, TextField] = {
            GrantPart.NAME: TextField(name="grantName"),
            GrantPart.ID_NUMBER: self._id_number,
            GrantPart.MOBILE: PhoneNumberField(name="grantMobile"),
        }
        self.cancel = SecondaryButton(name="cancelGrantButton")
        self.submit = PrimaryButton(name="submitGrantButton")
        self._note = Label(role="caption", wrap=True)
        self._lay_out()
        self.cancel.clicked.connect(self.cancelled)
        self.submit.clicked.connect(self._submit)
        for part, field in self.fields.items():
            field.edit.textEdited.connect(lambda _text, p=part: self.touched.emit(p))
            field.submitted.connect(self._submit)
        self._id_number.typed_whole.connect(self.id_typed)

    @property
    def typed(self) -> GrantInput:
        """What stands in the fields."""
        return GrantInput(
            name=self.fields[GrantPart.NAME].value,
            id_number=self.fields[GrantPart.ID_NUMBER].value,
            mobile=self.fields[GrantPart.MOBILE].value,
            role=MemberRole(self.role.value),
        )

    @property
    def is_typed(self) -> bool:
        """Whether something stands in the fields."""
        return any(field.value.strip() for field in self.fields.values())

    def show_state(self, state: UnitState) -> None:
        """Say everything; empty the fields only when another form has begun."""
        self.set_title(tr("单位成员授权"))
        self.role.set_label(tr("角色"))
        options = [(r.value, role_word(r)) for r in (MemberRole.CERTIFICATE_USER, MemberRole.CERTIFICATE_ADMIN)]
        if state.form_number != self._filled:
            self._filled = state.form_number
            for field in self.fields.values():
                field.set_value("")
            self.role.set_options(options, MemberRole.CERTIFICATE_USER.value)
        self.role.set_options(options)
        self.fields[GrantPart.NAME].set_label(tr("姓名"), tr("与身份证一致"))
        self.fields[GrantPart.ID_NUMBER].set_label(tr("身份证号"), tr("18 位, 离开后隐藏中间数字"))
        self.fields[GrantPart.MOBILE].set_label(tr("手机号"), tr("被授权人用此号码登录"))
        faults = dict(state.faults)
        for part, field in self.fields.items():
            field.set_error(grant_fault(part, faults[part]) if part in faults else "")
        self._note.setText(
            tr("管理员可对其他成员授权; 使用人只能使用本人的证书。被授权人登录并完成实名认证后即可申领证书。")
        )
        self.cancel.setText(tr("取消"))
        self.submit.setText(tr("正在提交…") if state.is_busy else tr("授权"))
        self.submit.setEnabled(not state.is_busy)

    def _submit(self) -> None:
        self.submitted.emit(self.typed)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.addWidget(self.role, 0, 0)
        grid.addWidget(self.fields[GrantPart.NAME], 0, 1)
        grid.addWidget(self.fields[GrantPart.ID_NUMBER], 1, 0)
        grid.addWidget(self.fields[GrantPart.MOBILE], 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addLayout(foot_row(self._note, self.cancel, self.submit))


class UnitPanel(Page[UnitState]):
    """Asks before it takes something away; the model does the rest."""

    back_requested = Signal()
    notified = Signal(str)

    def __init__(self, model: UnitModel) -> None:
        super().__init__("unitPanel")
        self.model = model
        self._told = model.state.told_number
        self._drawn: tuple[object, ...] = ()
        self.head = PanelHead(name="unit")
        self.add = PrimaryButton(icon="plus", name="addMemberButton")
        self.banner = Banner(name="unitBanner")
        self._intro = Label(role="muted", wrap=True, name="unitIntro")
        self.form = GrantFormCard()
        self.members, self.grants, self.past = (
            Card(name="membersCard", padding=16),
            Card(name="grantsCard", padding=16),
            Card(name="pastGrantsCard", padding=16),
        )
        self._lay_out()
        self.head.back_requested.connect(self.back_requested)
        self.retry_requested.connect(model.load)
        self.add.clicked.connect(self._open_form)
        self.form.cancelled.connect(model.close_form)
        self.form.submitted.connect(model.submit)
        self.form.touched.connect(model.touch)
        self.form.id_typed.connect(model.check_id_number)
        self.bind(model)

    @property
    def is_begun(self) -> bool:
        """Whether a grant was typed and not given."""
        return self.model.state.is_adding and self.form.is_typed

    def show_state(self, state: UnitState) -> None:
        """Draw lists and form."""
        self.empty.set_content("users", tr("没有成员"), tr("您尚未加入单位。"), "")
        self.head.set_title(tr("授权管理"))
        self._intro.setText(_intro(state))
        self.add.setText(tr("添加成员"))
        self.add.setVisible(state.is_admin and not state.is_adding)
        self.form.setVisible(state.is_admin and state.is_adding)
        self.form.show_state(state)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()
        wanted = (state.members, state.grants, state.is_admin, current_language())
        if wanted != self._drawn:
            self._drawn = wanted
            self._draw(state)
        self._tell(state)

    def _draw(self, state: UnitState) -> None:
        members = [MemberRow(m, may_change=state.is_admin, is_last_admin=state.is_last_admin(m)) for m in state.members]
        for row, member in zip(members, state.members, strict=True):
            row.remove_requested.connect(lambda m=member: self._ask_remove(m.account_id, m.name, is_self=m.is_self))
            row.role_requested.connect(
                lambda role, m=member: self._ask_role(m.account_id, m.name, role, is_self=m.is_self)
            )
        grants = [GrantRow(g, is_open=True) for g in state.open_grants]
        for grant_row, grant in zip(grants, state.open_grants, strict=True):
            grant_row.revoke_requested.connect(lambda g=grant: self._ask_revoke(g.grant_id, g.name))
        _fill(self.members, tr("单位成员"), members)
        _fill(self.grants, tr("待完成的授权"), grants)
        _fill(self.past, tr("授权记录"), [GrantRow(g, is_open=False) for g in state.past_grants])
        self.grants.setVisible(bool(grants))
        self.past.setVisible(bool(state.past_grants))

    def _tell(self, state: UnitState) -> None:
        if state.told_number == self._told:
            return
        self._told = state.told_number
        words = {
            Told.GIVEN: tr("已授权, 被授权人登录后可申领证书"),
            Told.REVOKED: tr("授权已撤销"),
            Told.REMOVED: tr("成员已移除, 其证书已吊销, 印章已作废"),
            Told.ROLE_SET: tr("角色已更改"),
        }
        self.notified.emit(words[state.told])

    # -- questions -------------------------------------------------------------------------------------------------

    def _open_form(self) -> None:
        self.model.open_form()
        self.form.role.setFocus()

    def _ask_remove(self, account_id: str, name: str, *, is_self: bool) -> None:
        who = tr("本人") if is_self else name
        title = tr("移除 {name}?", name=who)
        text = tr("其在本单位的证书立即吊销, 绑定的印章立即作废, 未完成的订单取消。此操作不能撤回。")
        self._confirm(title, text, tr("移除"), lambda: self.model.remove(account_id))

    def _ask_role(self, account_id: str, name: str, role: MemberRole, *, is_self: bool) -> None:
        who = tr("本人") if is_self else name
        title = tr("将 {name} 设为{role}?", name=who, role=role_word(role))
        gains = tr("管理员可以授权、移除成员, 并查看单位所有成员的使用记录。")
        loses = tr("使用人不能授权, 只能使用本人的证书。")
        text = gains if role is MemberRole.CERTIFICATE_ADMIN else loses
        self._confirm(title, text, tr("确认更改"), lambda: self.model.set_role(account_id, role))

    def _ask_revoke(self, grant_id: str, name: str) -> None:
        title = tr("撤销对 {name} 的授权?", name=name)
        self._confirm(
            title, tr("撤销后对方不能再申领本单位的证书。"), tr("撤销授权"), lambda: self.model.revoke(grant_id)
        )

    def _confirm(self, title: str, text: str, action: str, then: Callable[[], object]) -> None:
        dialog = ConfirmDialog(title, text, action, is_destructive=True, parent=self.window())
        dialog.accepted.connect(then)
        dialog.open()

    # -- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(16)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self._intro, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.add)
        column.addLayout(line)
        for widget in (self.banner, self.form, self.members, self.grants, self.past):
            # As high as what is in it; the room below stays empty.
            widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            column.addWidget(widget)
        column.addStretch()
        outer = QVBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        area = scrolled(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(area)
        # The way back is there on every face.
        frame = self.layout()
        assert isinstance(frame, QVBoxLayout)
        frame.insertWidget(0, self.head)


def grant_fault(part: GrantPart, fault: str) -> str:
    """Say at a part of a grant what is wrong with it."""
    if part is GrantPart.MOBILE and fault == "missing":
        return tr("请填写手机号")
    return part_fault(Part.NAME if part is GrantPart.NAME else Part.ID_NUMBER, fault)


def _intro(state: UnitState) -> str:
    if state.is_admin:
        return tr("您是 {name} 的证书管理员, 可以授权其他成员使用本单位的证书。", name=state.organization)
    return tr("您是 {name} 的证书使用人。需要为新成员授权时, 请联系下列证书管理员。", name=state.organization)


def _fill(card: Card, title: str, rows: list[MemberRow] | list[GrantRow]) -> None:
    clear_layout(card.body)
    card.set_title(title)
    for position, row in enumerate(rows):
        if position:
            card.add(Separator())
        card.add(row)
