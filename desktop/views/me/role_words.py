"""What a person is in a unit, in words."""

from desktop.domain.operations import MemberRole
from desktop.ui.i18n import tr


def role_word(role: MemberRole) -> str:
    """Return the word for a person's role in an organization."""
    return tr("证书管理员") if role is MemberRole.CERTIFICATE_ADMIN else tr("证书使用人")
