"""The app's calls about account security: login password, bound mobile number, login devices, notices (manual, 12)."""

from collections.abc import Sequence

from desktop.domain.errors import RejectedError
from desktop.domain.passwords import Strength
from desktop.domain.secret import SecretBytes
from desktop.phone.core import platform_views as views
from desktop.phone.core.platform_calls import PlatformCalls, Upload, part
from desktop.phone.core.platform_views import LoginDevice, MobileChange, MobileChangeForm, Notices


class SecurityCalls:
    """See the module docstring."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    # -- login password --------------------------------------------------------------------------------------------

    def send_password_code(self) -> int:
        """Have a code sent to the bound number; return the seconds until the next."""
        return _seconds(self._calls.post("/me/password/code"))

    def set_password(self, new: SecretBytes, *, old: SecretBytes | None = None, code: str = "") -> Strength:
        """Set the login password by the old one or a code; all other sessions end."""
        body = {"new": _text(new), "old": _text(old) if old is not None else "", "code": code}
        answer = self._calls.post("/me/password", body)
        try:
            return Strength(answer["strength"])
        except (KeyError, TypeError, ValueError):
            raise RejectedError("ceremony.malformed", "strength") from None

    # -- bound mobile number ---------------------------------------------------------------------------------------

    def send_mobile_codes(self, new_mobile: str, *, with_old: bool) -> int:
        """Have codes sent to the new number and, unless it is lost, the old one; return the seconds until the next."""
        return _seconds(self._calls.post("/me/mobile/codes", {"new_mobile": new_mobile, "with_old": with_old}))

    def mobile_changes(self) -> tuple[MobileChange, ...]:
        """Return the account's changes of number, newest first."""
        return tuple(views.mobile_change(c) for c in self._calls.get_list("/me/mobile/changes"))

    def change_mobile(self, form: MobileChangeForm) -> MobileChange:
        """Plan a change that both numbers agree to."""
        body = {
            "new_mobile": form.new_mobile,
            "new_code": form.new_code,
            "old_code": form.old_code,
            "password": form.password,
        }
        return views.mobile_change(self._calls.post("/me/mobile/changes", body))

    def change_lost_mobile(self, new_mobile: str, new_code: str, papers: Sequence[Upload]) -> None:
        """Ask for a change whose old number is lost; the review desk looks at the papers first."""
        fields = {"new_mobile": new_mobile, "new_code": new_code}
        self._calls.post_form("/me/mobile/lost", fields, [("papers", p) for p in papers])

    def cancel_mobile_change(self, change_id: str) -> MobileChange:
        """Cancel a change that has not taken effect."""
        return views.mobile_change(self._calls.post(f"/me/mobile/changes/{part(change_id)}/cancel"))

    # -- login devices ---------------------------------------------------------------------------------------------

    def devices(self) -> tuple[LoginDevice, ...]:
        """Return the account's living sessions, newest first."""
        return tuple(views.login_device(s) for s in self._calls.get_list("/sessions"))

    def end_device(self, session_id: str) -> None:
        """End one session."""
        self._calls.delete(f"/sessions/{part(session_id)}")

    def end_other_devices(self) -> None:
        """End all sessions but this one."""
        self._calls.post("/sessions/end-others")

    # -- notices ---------------------------------------------------------------------------------------------------

    def notices(self, *, before: int | None = None) -> Notices:
        """Return a page of notices, newest first; `before` is the number of the last one seen."""
        return views.notices(self._calls.get("/notices", {"before": "" if before is None else str(before)}))

    def unread_notices(self) -> int:
        """Count the unread notices; cheap enough to be asked with every page."""
        answer = self._calls.get("/notices/unread")
        unread = answer.get("unread") if isinstance(answer, dict) else None
        if not isinstance(unread, int) or unread < 0:
            raise RejectedError("ceremony.malformed", "unread")
        return unread

    def mark_read(self, numbers: Sequence[int]) -> None:
        """Mark notices as read."""
        self._calls.post("/notices/read", {"ids": list(numbers)})


def _seconds(answer: object) -> int:
    after = answer.get("resend_after_s") if isinstance(answer, dict) else None
    return after if isinstance(after, int) and 0 <= after <= 86_400 else 0  # noqa: PLR2004 - a day


def _text(secret: SecretBytes) -> str:
    return secret.reveal().decode("utf-8", "replace")
