"""The holder's account at the platform: log in by SMS, and the certificates that the platform has issued to him."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.transport import Http, HttpReply, read_base64, read_object, refusal_code

MOBILE = re.compile(r"1[3-9][0-9]{9}")
CODE = re.compile(r"[0-9]{4,8}")
_TIMEOUT_S = 10.0
#: Codes of the app are apart from those of the desktop: neither redeems the other's, neither keeps the other waiting.
_PURPOSE = "app_login"
_MAX_CERTIFICATES = 200
_DAY_S = 86_400
_SUCCESS = range(200, 300)
_CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneOrganization:
    """A unit that the account belongs to."""

    name: str
    credit_code: str
    member_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSession:
    """Who is logged in on the phone. `created` tells that the number was registered just now."""

    account_name: str
    mobile_masked: str
    organizations: tuple[PhoneOrganization, ...]
    created: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSent:
    """Seconds until another code may be asked for, and for how long this one is good."""

    resend_after_s: int
    valid_s: int


class PlatformAccount:
    """Account calls. The token stays in memory: a phone that restarts asks for a new code."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._token: SecretBytes | None = None

    @property
    def is_logged_in(self) -> bool:
        """Whether somebody is logged in."""
        return self._token is not None

    def send_sms(self, mobile: str) -> SmsSent:
        """Have a code sent; the answer is the same for known and unknown numbers.

        Raises:
            RejectedError: `phone.mobile_malformed`, or the platform's code (`platform.sms_too_often`).
            UnavailableError: the platform does not answer.
        """
        body = self._post("/api/v1/sms", {"mobile": check_mobile(mobile), "purpose": _PURPOSE})
        return SmsSent(resend_after_s=_whole(body.get("resend_after_s")), valid_s=_whole(body.get("valid_s")))

    def log_in_by_sms(self, mobile: str, code: str) -> PhoneSession:
        """Log in; an unknown number is registered.

        Raises:
            RejectedError: `phone.mobile_malformed`, `phone.sms_code_malformed`, or the platform's code.
            UnavailableError: the platform does not answer.
        """
        if CODE.fullmatch(code.strip()) is None:
            raise RejectedError("phone.sms_code_malformed")
        answer = self._post(
            "/api/v1/sessions/sms", {"mobile": check_mobile(mobile), "code": code.strip(), "purpose": _PURPOSE}
        )
        token, account = answer.get("token"), answer.get("account")
        if not isinstance(token, str) or not token or not isinstance(account, dict):
            raise RejectedError("ceremony.malformed", "session")
        self._token = SecretBytes(token.encode())
        organizations = answer.get("organizations")
        return PhoneSession(
            account_name=str(account.get("name", "")),
            mobile_masked=str(account.get("mobile_masked", "")),
            organizations=tuple(
                PhoneOrganization(
                    name=str(o.get("name", "")),
                    credit_code=str(o.get("credit_code", "")),
                    member_role=str(o.get("member_role", "")),
                )
                for o in (organizations if isinstance(organizations, list) else [])
                if isinstance(o, dict)
            ),
            created=answer.get("created") is True,
        )

    def log_out(self) -> None:
        """End the session here, and at the platform if it can be reached."""
        if self._token is None:
            return
        headers, self._token = self._authorization(), None
        try:
            self._http.send("DELETE", "/api/v1/sessions/current", headers=headers, timeout_s=_TIMEOUT_S)
        except UnavailableError:
            return

    def issued_certificates(self) -> list[tuple[bytes, bytes]]:
        """Return (signing, encryption) certificates that the platform lists for the account."""
        reply = self._http.send("GET", "/api/v1/certificates", headers=self._authorization(), timeout_s=_TIMEOUT_S)
        _check(reply)
        try:
            listed = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise RejectedError("ceremony.malformed", "json") from None
        if not isinstance(listed, list) or len(listed) > _MAX_CERTIFICATES:
            raise RejectedError("ceremony.malformed", "list wanted")
        return [
            (read_base64(c.get("sign_cert")), read_base64(c.get("enc_cert"))) for c in listed if isinstance(c, dict)
        ]

    def request(
        self, method: str, path: str, *, body: bytes = b"", content_type: str = "", timeout_s: float = _TIMEOUT_S
    ) -> bytes:
        """Send one request of whoever is logged in; return the body of a good answer.

        Raises:
            RejectedError: the platform's code.
            UnavailableError: the platform does not answer.
        """
        headers = self._authorization() | ({"Content-Type": content_type} if content_type else {})
        reply = self._http.send(method, path, body=body, headers=headers, timeout_s=timeout_s)
        _check(reply)
        return reply.body

    def _authorization(self) -> dict[str, str]:
        if self._token is None:
            raise MisuseError("general.unexpected", "not logged in")
        return {"Authorization": f"Bearer {self._token.reveal().decode()}"}

    def _post(self, path: str, body: dict[str, str]) -> dict[str, object]:
        headers = {"Content-Type": "application/json"}
        reply = self._http.send("POST", path, body=json.dumps(body).encode(), headers=headers, timeout_s=_TIMEOUT_S)
        _check(reply)
        return read_object(reply.body)


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
    reply = http.send("GET", "/api/v1/profile", timeout_s=_TIMEOUT_S)
    _check(reply)
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


def _check(reply: HttpReply) -> None:
    if reply.status in _SUCCESS:
        return
    if reply.status in _CLIENT_ERRORS:
        raise RejectedError(refusal_code(reply, "phone.platform_refused"), f"status {reply.status}")
    raise UnavailableError("phone.platform_unreachable", f"status {reply.status}")


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= _DAY_S else 0
