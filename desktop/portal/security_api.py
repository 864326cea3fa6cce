"""Calls about account security and about forgotten certificate passwords."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.domain.operations import MobileChangeState
from desktop.domain.passwords import Strength
from desktop.portal import records
from desktop.portal import unit_records as unit
from desktop.portal.calls import API, Calls, Upload, b64
from desktop.portal.records import SignedIn, reading, time_of
from desktop.portal.unit_records import IdentityCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry:
    """A living session; `method` is "sms", "app", "password" or "phone", `device` what its client called itself."""

    session_id: str
    method: str
    device: str
    created_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstationEntry:
    """A workstation of one of the account's units; `workstation_id` is what it calls itself, `entry_id` the platform's.

    `enrolled_by` is the member whose certificate vouches for it, `may_remove` whether the account may take it out.
    """

    entry_id: str
    workstation_id: str
    name: str
    organization_id: str
    organization_name: str
    enrolled_by: str
    enrolled_at: datetime
    certificate_serial: str
    may_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileChange:
    """A change of the bound mobile number; until `effective_at` it can be cancelled."""

    change_id: str
    old_masked: str
    new_masked: str
    state: MobileChangeState
    created_at: datetime
    effective_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileChangeForm:
    """A change of number with its proofs; `password` where the account has one."""

    new_mobile: str
    new_code: str
    old_code: str
    password: str = ""

    def __repr__(self) -> str:
        """Leave the proofs out."""
        return "MobileChangeForm()"


class SecurityCalls(Calls):
    """Login password, bound number, sessions, workstations; the platform's half of a certificate's recovery secret."""

    # -- login password --------------------------------------------------------------------------------------------

    def sign_in_by_password(self, mobile: str, password: str, *, device: str = "") -> SignedIn:
        """Log in by number and password."""
        body = {"mobile": mobile, "password": password, "device": device}
        return records.signed_in(self._http.json("POST", f"{API}/sessions/password", json_body=body))

    def send_password_code(self) -> int:
        """Have a code sent to the bound number, to set the password with; return the seconds until the next."""
        return int(self._post("/me/password/code")["resend_after_s"])

    def set_password(self, new: str, *, old: str = "", code: str = "") -> Strength:
        """Set the login password by the old one or a code; all other sessions end."""
        return Strength(self._post("/me/password", {"new": new, "old": old, "code": code})["strength"])

    # -- bound mobile number ---------------------------------------------------------------------------------------

    def send_mobile_codes(self, new_mobile: str, *, with_old: bool = True) -> int:
        """Have codes sent to the new number and the old one; return the seconds until the next."""
        body = {"new_mobile": new_mobile, "with_old": with_old}
        return int(self._post("/me/mobile/codes", body)["resend_after_s"])

    def mobile_changes(self) -> tuple[MobileChange, ...]:
        """Return the account's changes of number, newest first."""
        return tuple(_change(c) for c in self._get("/me/mobile/changes"))

    def change_mobile(self, form: MobileChangeForm) -> MobileChange:
        """Plan a change that both numbers agree to."""
        body = {
            "new_mobile": form.new_mobile,
            "new_code": form.new_code,
            "old_code": form.old_code,
            "password": form.password,
        }
        return _change(self._post("/me/mobile/changes", body))

    def change_lost_mobile(self, new_mobile: str, new_code: str, papers: Sequence[Upload]) -> IdentityCheck:
        """Ask for a change whose old number is lost; the review desk looks at the papers first."""
        form = {"new_mobile": new_mobile, "new_code": new_code}
        return unit.identity_check(self._send_form("/me/mobile/lost", form, [("papers", p) for p in papers]))

    def withdraw_lost_mobile(self, check_id: str) -> IdentityCheck:
        """Withdraw a change of a lost number that the review desk has not decided on."""
        return unit.identity_check(self._post(f"/me/mobile/lost/{check_id}/cancel"))

    def cancel_mobile_change(self, change_id: str) -> MobileChange:
        """Cancel a change that has not taken effect."""
        return _change(self._post(f"/me/mobile/changes/{change_id}/cancel"))

    # -- sessions --------------------------------------------------------------------------------------------------

    def sessions(self) -> tuple[SessionEntry, ...]:
        """Return the account's living sessions, newest first."""
        return tuple(_session(s) for s in self._get("/sessions"))

    def end_session(self, session_id: str) -> None:
        """End one of the account's sessions."""
        self._delete(f"/sessions/{session_id}")

    def end_other_sessions(self) -> int:
        """End all sessions but this one; return how many."""
        return int(self._post("/sessions/end-others")["ended"])

    def workstation_entries(self) -> tuple[WorkstationEntry, ...]:
        """Return the workstations of the account's units, newest first."""
        return tuple(_workstation(w) for w in self._get("/workstations"))

    # -- certificate passwords -------------------------------------------------------------------------------------

    def request_password_reset(self, serial: str, papers: Sequence[Upload]) -> IdentityCheck:
        """Ask, with papers of identity, that a certificate's password can be set anew."""
        path = f"/certificates/{serial}/password-reset"
        return unit.identity_check(self._send_form(path, {}, [("papers", p) for p in papers]))

    def store_recovery(self, serial: str, half: bytes) -> None:
        """Hand in the platform's half of a recovery secret."""
        self._call("POST", f"/certificates/{serial}/recovery", {"half": b64(half)})

    def release_recovery(self, serial: str) -> bytes:
        """Fetch the half, once for an approved identity check."""
        return base64.b64decode(self._post(f"/certificates/{serial}/recovery/release")["half"])

    def begin_password_try(self, serial: str) -> tuple[int, bytes]:
        """Have a certificate password counted before it is tried; return how many are left, and the try's nonce."""
        answer = self._post(f"/certificates/{serial}/password-tries")
        return int(answer["tries_left"]), base64.b64decode(answer["nonce"])

    def end_password_try(self, serial: str, *, nonce: bytes, signature: bytes) -> None:
        """Show that the latest password was right; the count starts anew."""
        body = {"nonce": b64(nonce), "signature": b64(signature)}
        self._call("POST", f"/certificates/{serial}/password-tries/passed", body)


@reading
def _session(d: Mapping[str, Any]) -> SessionEntry:
    return SessionEntry(
        session_id=d["id"],
        method=d["method"],
        device=d["device"],
        created_at=time_of(d["created_at"]),
        expires_at=time_of(d["expires_at"]),
        is_current=bool(d["current"]),
    )


@reading
def _workstation(d: Mapping[str, Any]) -> WorkstationEntry:
    return WorkstationEntry(
        entry_id=d["id"],
        workstation_id=d["workstation_id"],
        name=d["name"],
        organization_id=d["organization_id"],
        organization_name=d["organization_name"],
        enrolled_by=d["enrolled_by"],
        enrolled_at=time_of(d["enrolled_at"]),
        certificate_serial=d["certificate_serial"],
        may_remove=bool(d["may_remove"]),
    )


@reading
def _change(d: Mapping[str, Any]) -> MobileChange:
    return MobileChange(
        change_id=d["id"],
        old_masked=d["old_masked"],
        new_masked=d["new_masked"],
        state=MobileChangeState(d["state"]),
        created_at=time_of(d["created_at"]),
        effective_at=time_of(d["effective_at"]),
    )
