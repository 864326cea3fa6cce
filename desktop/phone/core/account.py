"""The holder's account at the platform: log in by SMS or password, and the certificates that were issued to him."""

import re
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes
from desktop.phone.core import platform_views as views
from desktop.phone.core.platform_calls import TIMEOUT_S, PlatformCalls, check
from desktop.phone.core.platform_views import PhoneSession
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.transport import Http, read_base64, read_object

MOBILE = re.compile(r"1[3-9][0-9]{9}")
CODE = re.compile(r"[0-9]{4,8}")
#: Codes of the app are apart from those of the desktop: neither redeems the other's, neither keeps the other waiting.
_PURPOSE = "app_login"
_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSent:
    """Seconds until another code may be asked for, and for how long this one is good."""

    resend_after_s: int
    valid_s: int


class PlatformAccount:
    """Account calls; `device` is what this phone is called in the list of login devices."""

    def __init__(self, http: Http, *, device: str = "") -> None:
        self.calls = PlatformCalls(http)
        self._device = device

    @property
    def is_logged_in(self) -> bool:
        """Whether somebody is logged in."""
        return self.calls.is_logged_in

    def send_sms(self, mobile: str) -> SmsSent:
        """Have a code sent; the answer is the same for known and unknown numbers.

        Raises:
            RejectedError: `phone.mobile_malformed`, or the platform's code (`platform.sms_too_often`).
            UnavailableError: the platform does not answer.
        """
        answer = self.calls.post_openly("/sms", {"mobile": check_mobile(mobile), "purpose": _PURPOSE})
        body = answer if isinstance(answer, dict) else {}
        return SmsSent(resend_after_s=_whole(body.get("resend_after_s")), valid_s=_whole(body.get("valid_s")))

    def log_in_by_sms(self, mobile: str, code: str) -> PhoneSession:
        """Log in; an unknown number is registered.

        Raises:
            RejectedError: `phone.mobile_malformed`, `phone.sms_code_malformed`, or the platform's code.
            UnavailableError: the platform does not answer.
        """
        if CODE.fullmatch(code.strip()) is None:
            raise RejectedError("phone.sms_code_malformed")
        body = {"mobile": check_mobile(mobile), "code": code.strip(), "purpose": _PURPOSE, "device": self._device}
        return self._begin(self.calls.post_openly("/sessions/sms", body))

    def log_in_by_password(self, mobile: str, password: SecretBytes) -> PhoneSession:
        """Log in by number and login password.

        Raises:
            RejectedError: `phone.mobile_malformed`, or the platform's code (`platform.password_wrong`).
            UnavailableError: the platform does not answer.
        """
        typed = password.reveal().decode("utf-8", "replace")
        body = {"mobile": check_mobile(mobile), "password": typed, "device": self._device}
        return self._begin(self.calls.post_openly("/sessions/password", body))

    def me(self) -> PhoneSession:
        """Return who is logged in, as the platform knows it now."""
        return views.session(self.calls.get("/me"))

    def log_out(self) -> None:
        """End the session here, and at the platform if it can be reached."""
        headers = self.calls.end()
        if headers is not None:
            self.calls.tell_end(headers)

    def forget(self) -> None:
        """Drop a session that the platform has ended."""
        self.calls.end()

    def issued_certificates(self) -> list[tuple[bytes, bytes]]:
        """Return (signing, encryption) certificates that the platform lists for the account."""
        if not self.is_logged_in:
            raise MisuseError("general.unexpected", "not logged in")
        listed = self.calls.get_list("/certificates")
        return [
            (read_base64(c.get("sign_cert")), read_base64(c.get("enc_cert"))) for c in listed if isinstance(c, dict)
        ]

    def _begin(self, answer: object) -> PhoneSession:
        token = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise RejectedError("ceremony.malformed", "session")
        session = views.session(answer)
        self.calls.begin(token)
        return session


def check_mobile(mobile: str) -> str:
    """Return a mainland mobile number without blanks.

    Raises:
        RejectedError: `phone.mobile_malformed`.
    """
    digits = mobile.replace(" ", "").replace("-", "").strip()
    if MOBILE.fullmatch(digits) is None:
        raise RejectedError("phone.mobile_malformed")
    return digits


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedProfile:
    """A profile as the platform gives it, and the platform's time at that moment."""

    profile: PlatformProfile
    now: datetime


def fetch_profile(http: Http, base_url: str) -> FetchedProfile:
    """Fetch the platform's profile: for the demo, whose platform is made afresh. An app pins it when it is built.

    Raises:
        RejectedError: malformed.
        UnavailableError: the platform does not answer.
    """
    reply = http.send("GET", "/api/v1/profile", timeout_s=TIMEOUT_S)
    check(reply)
    body = read_object(reply.body)
    issuing, now = body.get("issuing"), body.get("now")
    if not isinstance(issuing, list) or not isinstance(now, str):
        raise RejectedError("ceremony.malformed", "profile")
    try:
        at = datetime.fromisoformat(now)
    except ValueError:
        raise RejectedError("ceremony.malformed", "time") from None
    profile = PlatformProfile(
        platform_id=str(body.get("platform_id", "")),  # type: ignore[arg-type]  # the NewType begins here
        name=str(body.get("name", "")),
        base_url=base_url,
        root=read_base64(body.get("root")),
        issuing=tuple(read_base64(i) for i in issuing),
    )
    return FetchedProfile(profile=profile, now=at)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= _DAY_S else 0
