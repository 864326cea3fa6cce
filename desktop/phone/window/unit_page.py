"""授权管理: members and open grants of the unit, and what its certificate admins may do with them (manual, 9)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import GrantState, MemberRole
from desktop.phone.core.platform_views import Grant, Member
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.parts import ConfirmBox, ListArea
from desktop.phone.window.unit_model import Asked, UnitModel, UnitState
from desktop.phone.window.words import grant_state_word, role_word
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Icon, KitFrame, Label, LinkButton, PrimaryButton, StatusChip, Tone, local_time


class MemberCard(KitFrame):
    """One member, and what may be done with it; the last admin stays."""

    asked = Signal(object)

    def __init__(self, member: Member, *, is_last_admin: bool) -> None:
        super().__init__(f"member_{member.account_id}", "card")
        is_admin = member.role is MemberRole.CERTIFICATE_ADMIN
        name = tr("{name} (本人)", name=member.name) if member.is_self else member.name
        column = _card(self, "user", name, role_word(member.role), Tone.INFO if is_admin else Tone.NEUTRAL)
        day = local_time(member.since)[:10]
        column.addWidget(
            Label(tr("{mobile} · 加入于 {day}", mobile=member.mobile_masked, day=day), "caption", wrap=True)
        )
        if is_last_admin:
            column.addWidget(Label(tr("最后一名管理员, 不能移除或降级"), "caption", wrap=True))
            return
        other = MemberRole.CERTIFICATE_USER if is_admin else MemberRole.CERTIFICATE_ADMIN
        words = tr("设为使用人") if is_admin else tr("设为管理员")
        change = LinkButton(words, name=f"setRole_{member.account_id}")
        change.setAccessibleName(f"{words} {member.name}")
        change.clicked.connect(lambda: self.asked.emit(Asked(member=member, role=other)))
        remove = LinkButton(tr("移除"), name=f"removeMember_{member.account_id}")
        remove.setAccessibleName(tr("移除 {name}", name=member.name))
        remove.clicked.connect(lambda: self.asked.emit(Asked(member=member)))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(change)
        row.addWidget(remove)
        row.addStretch(1)
        column.addLayout(row)


class OpenGrantCard(KitFrame):
    """One grant that is not a membership yet."""

    asked = Signal(object)

    def __init__(self, grant: Grant) -> None:
        super().__init__(f"grant_{grant.grant_id}", "card")
        word, tone = grant_state_word(grant.state)
        column = _card(self, "id-card", grant.name, word, tone)
        column.addWidget(Label(role_word(grant.role), "body"))
        numbers = tr("身份证 {number} · 手机 {mobile}", number=grant.id_number_masked, mobile=grant.mobile_masked)
        column.addWidget(Label(numbers, "caption", wrap=True))
        day = local_time(grant.created_at)[:10]
        column.addWidget(Label(tr("授权人 {by} · {day}", by=grant.granted_by, day=day), "caption", wrap=True))
        if grant.state is GrantState.REJECTED and grant.reason:
            column.addWidget(Label(tr("驳回原因: {reason}", reason=grant.reason), "caption", wrap=True))
        revoke = LinkButton(tr("撤销授权"), name=f"revokeGrant_{grant.grant_id}")
        revoke.setAccessibleName(tr("撤销对 {name} 的授权", name=grant.name))
        revoke.clicked.connect(lambda: self.asked.emit(Asked(grant=grant)))
        column.addWidget(revoke, 0, Qt.AlignmentFlag.AlignLeft)


class UnitPage(PhonePage[UnitState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: UnitModel) -> None:
        super().__init__("unitPage")
        self._app, self._model = app, model
        self.nav.back_requested.connect(app.back)
        self.organization = Label(role="lead", name="unitName", wrap=True)
        self._heading = Label(role="caption", name="unitHeading", wrap=True)
        self.notice = Banner(name="unitNotice")
        self.confirm = ConfirmBox("unitConfirm")
        self.confirm.confirmed.connect(model.confirm)
        self.confirm.dismissed.connect(model.dismiss_question)
        self.add = PrimaryButton(icon="plus", name="unitAdd")
        self.add.clicked.connect(model.begin_grant)
        self.list = ListArea("unit", "users")
        self.list.retry.connect(model.refresh)
        for widget in (self.organization, self._heading, self.notice, self.confirm, self.add, self.list):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.bind(model)
        self.look_at(app)

    def show_state(self, state: UnitState) -> None:
        """Draw members and grants."""
        self.nav.set_title(tr("授权管理"))
        is_admin = self._app.state.is_admin
        self.organization.setText(state.organization_name)
        self._heading.setText(
            tr("单位成员授权: 证书管理员可授权其他成员; 证书使用人不能授权。")
            if is_admin
            else tr("您是证书使用人, 没有授权管理权限。请联系本单位的证书管理员。")
        )
        self.add.setText(tr("添加成员"))
        self.add.setVisible(is_admin)
        notices = {
            "granted": tr("已授权, 对方登录后可在【待申领的证书】中申领"),
            "grant_revoked": tr("授权已撤销"),
            "role_changed": tr("角色已变更"),
            "member_removed": tr("成员已移除, 其证书已吊销"),
        }
        if state.notice in notices:
            self.notice.show_message(Tone.SUCCESS, notices[state.notice])
        else:
            self.notice.clear()
        self._show_question(state)
        self.list.show_items(
            state,
            (*state.grants, *state.members) if is_admin else (),
            self._make,
            is_loading=state.is_loading and not state.has_loaded,
            key=state.admins,
        )
        self.list.empty.set_texts(tr("没有可管理的成员"), tr("首个证书订单通过后, 您将成为该单位的证书管理员。"))

    def _show_question(self, state: UnitState) -> None:
        if state.asked is None:
            self.confirm.hide()
            return
        was_hidden = self.confirm.isHidden()
        self.confirm.ask(*_question(state.asked), is_busy=state.is_busy)
        if was_hidden:
            self.scroller.verticalScrollBar().setValue(0)

    def _make(self, item: object) -> QWidget:
        if isinstance(item, Grant):
            grant = OpenGrantCard(item)
            grant.asked.connect(self._model.ask)
            return grant
        assert isinstance(item, Member)
        is_last = item.role is MemberRole.CERTIFICATE_ADMIN and self._model.state.admins == 1
        card = MemberCard(item, is_last_admin=is_last)
        card.asked.connect(self._model.ask)
        return card


def _question(asked: Asked) -> tuple[str, str, str]:
    if asked.grant is not None:
        title = tr("撤销对 {name} 的授权?", name=asked.grant.name)
        return title, tr("对方将不能再申领本单位的证书。"), tr("撤销授权")
    assert asked.member is not None
    name = asked.member.name
    if asked.role is None:
        text = tr("其在本单位的证书立即吊销, 印章作废, 未完成的订单取消。")
        return tr("移除 {name}?", name=name), text, tr("移除")
    if asked.role is MemberRole.CERTIFICATE_ADMIN:
        text = tr("管理员可以授权和移除成员, 并查看本单位全部使用记录。")
        return tr("将 {name} 设为证书管理员?", name=name), text, tr("设为管理员")
    text = tr("使用人只能使用自己的证书; 其尚未完成的授权将被撤销。")
    return tr("将 {name} 设为证书使用人?", name=name), text, tr("设为使用人")


def _card(frame: KitFrame, icon: str, title: str, word: str, tone: Tone) -> QVBoxLayout:
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Icon(icon, "primary", 20))
    head.addWidget(Label(title, "lead", wrap=True), 1)
    head.addWidget(StatusChip(word, tone))
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 14, 16, 10)
    column.setSpacing(4)
    column.addLayout(head)
    return column
