"""Rows of the panel of a unit's people: one member, one grant, each with what may be done with it. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.operations import GrantState, MemberRole
from desktop.portal.unit_records import Grant, Member
from desktop.ui.i18n import tr
from desktop.ui.kit import Icon, Label, LinkButton, StatusChip, Tone, local_time


def role_word(role: MemberRole) -> str:
    """Return the word for a person's role in a unit."""
    return tr("证书管理员") if role is MemberRole.CERTIFICATE_ADMIN else tr("证书使用人")


def grant_status(state: GrantState) -> tuple[str, Tone]:
    """Return word and tone of a grant's state."""
    words = {
        GrantState.INVITED: (tr("待申领"), Tone.INFO),
        GrantState.PENDING_REVIEW: (tr("身份待审核"), Tone.INFO),
        GrantState.REJECTED: (tr("身份未通过"), Tone.PROBLEM),
        GrantState.ACTIVE: (tr("已授权"), Tone.SUCCESS),
        GrantState.REVOKED: (tr("已撤销"), Tone.NEUTRAL),
    }
    return words[state]


class MemberRow(QWidget):
    """One member. Without `may_change` there is nothing to press."""

    remove_requested = Signal()
    role_requested = Signal(object)

    def __init__(self, member: Member, *, may_change: bool, is_last_admin: bool) -> None:
        super().__init__()
        self.setObjectName(f"member_{member.account_id}")
        name = tr("{name} (本人)", name=member.name) if member.is_self else member.name
        small = tr("{mobile}  ·  加入于 {day}", mobile=member.mobile_masked, day=local_time(member.since)[:10])
        is_admin = member.role is MemberRole.CERTIFICATE_ADMIN
        chip = StatusChip(role_word(member.role), Tone.INFO if is_admin else Tone.NEUTRAL)
        row = _row(self, "user", name, small, chip)
        if not may_change:
            return
        if is_last_admin:
            note = Label(tr("最后一名管理员, 不能移除"), "caption", name=f"lastAdmin_{member.account_id}")
            note.setToolTip(tr("单位至少要保留一名证书管理员, 请先授权另一名。"))
            row.addWidget(note)
            return
        other = MemberRole.CERTIFICATE_USER if is_admin else MemberRole.CERTIFICATE_ADMIN
        words = tr("设为使用人") if is_admin else tr("设为管理员")
        change = LinkButton(words, name=f"setRole_{member.account_id}")
        change.setAccessibleName(f"{words} {member.name}")
        change.clicked.connect(lambda: self.role_requested.emit(other))
        remove = LinkButton(tr("移除"), name=f"removeMember_{member.account_id}")
        remove.setAccessibleName(tr("移除 {name}", name=member.name))
        remove.clicked.connect(self.remove_requested)
        row.addWidget(change)
        row.addWidget(remove)


class GrantRow(QWidget):
    """One grant; an open one may be revoked."""

    revoke_requested = Signal()

    def __init__(self, grant: Grant, *, is_open: bool) -> None:
        super().__init__()
        self.setObjectName(f"grant_{grant.grant_id}")
        title = tr("{name}  ·  {role}", name=grant.name, role=role_word(grant.role))
        small = tr(
            "身份证 {number}  ·  手机 {mobile}  ·  授权人 {by}  ·  {day}",
            number=grant.id_number_masked,
            mobile=grant.mobile_masked,
            by=grant.granted_by,
            day=local_time(grant.created_at)[:10],
        )
        if grant.state is GrantState.REJECTED and grant.reason:
            small += "\n" + tr("驳回原因: {reason}", reason=grant.reason)
        row = _row(self, "id-card", title, small, StatusChip(*grant_status(grant.state)))
        if is_open:
            revoke = LinkButton(tr("撤销授权"), name=f"revokeGrant_{grant.grant_id}")
            revoke.setAccessibleName(tr("撤销对 {name} 的授权", name=grant.name))
            revoke.clicked.connect(self.revoke_requested)
            row.addWidget(revoke)


def _row(widget: QWidget, icon: str, title: str, small: str, chip: StatusChip) -> QHBoxLayout:
    words = QVBoxLayout()
    words.setSpacing(2)
    # Of one line each: wrapped ones would ask for the height that they had in a narrow column.
    words.addWidget(Label(title, "strong", selectable=True))
    words.addWidget(Label(small, "caption", selectable=True))
    widget.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    row = QHBoxLayout(widget)
    row.setContentsMargins(8, 8, 8, 8)
    row.setSpacing(16)
    row.addWidget(Icon(icon, "primary", 24), 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    row.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
    return row
