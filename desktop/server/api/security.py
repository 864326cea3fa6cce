"""Account security: login password, bound mobile number, sessions; and forgotten certificate passwords."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel, Field

from desktop.protocol.items import MAX_SIGNATURE_BYTES
from desktop.server.api.access import TheAddress, ThePlatform, b64, iso, permit, unb64
from desktop.server.api.files import read_upload
from desktop.server.api.members import check_json
from desktop.server.api.sessions import Device, Mobile, session_json
from desktop.server.cases import accounts, mobile_change, passwords, recovery, sms_login
from desktop.server.cases.papers import MAX_PAPERS
from desktop.server.cases.sms_login import Purpose
from desktop.server.db.models import Account, MobileChange, UserSession
from desktop.server.rules.people import masked_mobile
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["security"])

Password = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=12)]
Text = Annotated[str, Form(max_length=20)]
Papers = Annotated[list[UploadFile], File(max_length=MAX_PAPERS)]
Holder = Annotated[Actor, permit(Action.SET_PASSWORD)]
Changer = Annotated[Actor, permit(Action.CHANGE_MOBILE)]
Lister = Annotated[Actor, permit(Action.MANAGE_SESSIONS)]
Resetter = Annotated[Actor, permit(Action.RESET_CERTIFICATE_PASSWORD)]
Trier = Annotated[Actor, permit(Action.COUNT_PASSWORD_TRY)]


class PasswordLogin(BaseModel, extra="forbid"):
    """Sign in by number and password."""

    mobile: Mobile
    password: Password
    device: Device = ""


class NewPassword(BaseModel, extra="forbid"):
    """A new login password, with the old one or a code to the bound number."""

    new: Password
    old: Password = ""
    code: Code = ""


class CodesBody(BaseModel, extra="forbid"):
    """Send codes for a change of number; `with_old` false where the old one is lost."""

    new_mobile: Mobile
    with_old: bool = True


class ChangeBody(BaseModel, extra="forbid"):
    """Change the number; the password where there is one."""

    new_mobile: Mobile
    new_code: Code
    old_code: Code
    password: Password = ""


class HalfBody(BaseModel, extra="forbid"):
    """The platform's half of a recovery secret, 32 bytes."""

    half: Annotated[str, Field(max_length=100)]


class PassedBody(BaseModel, extra="forbid"):
    """The nonce of the latest try, signed by the certificate's key."""

    nonce: Annotated[str, Field(max_length=100)]
    signature: Annotated[str, Field(max_length=2 * MAX_SIGNATURE_BYTES)]


@router.post("/sessions/password")
def sign_in_by_password(
    body: PasswordLogin, platform: ThePlatform, address: TheAddress, _actor: Annotated[Actor, permit(Action.SIGN_IN)]
) -> dict[str, Any]:
    """Begin a session by password."""
    return session_json(passwords.sign_in(platform, body.mobile, body.password, address=address, device=body.device))


@router.post("/me/password/code", status_code=202)
def send_password_code(platform: ThePlatform, address: TheAddress, actor: Holder) -> dict[str, Any]:
    """Send a code to the bound number, to set the login password with."""
    with platform.db.read() as session:
        mobile = session.get_one(Account, actor.id).mobile
    sms_login.send_code(platform, mobile, Purpose.SET_PASSWORD, address=address)
    return {"resend_after_s": int(sms_login.RESEND_AFTER.total_seconds())}


@router.post("/me/password")
def set_password(body: NewPassword, platform: ThePlatform, actor: Holder) -> dict[str, Any]:
    """Set the login password."""
    strength = passwords.set_password(platform, actor, new=body.new, old=body.old, code=body.code)
    return {"strength": int(strength)}


@router.post("/me/mobile/codes", status_code=202)
def send_mobile_codes(body: CodesBody, platform: ThePlatform, address: TheAddress, actor: Changer) -> dict[str, Any]:
    """Send codes to the new number and the old one."""
    mobile_change.send_codes(platform, actor, body.new_mobile, with_old=body.with_old, address=address)
    return {"resend_after_s": int(sms_login.RESEND_AFTER.total_seconds())}


@router.get("/me/mobile/changes")
def list_changes(platform: ThePlatform, actor: Changer) -> list[dict[str, Any]]:
    """List the caller's changes of number."""
    return [_change(row) for row in mobile_change.visible(platform, actor)]


@router.post("/me/mobile/changes", status_code=201)
def change_mobile(body: ChangeBody, platform: ThePlatform, actor: Changer) -> dict[str, Any]:
    """Plan a change that both numbers agree to."""
    request = mobile_change.ChangeRequest(
        new_mobile=body.new_mobile, new_code=body.new_code, old_code=body.old_code, password=body.password
    )
    return _change(mobile_change.plan(platform, actor, request))


@router.post("/me/mobile/lost", status_code=201)
def change_lost_mobile(
    platform: ThePlatform, actor: Changer, new_mobile: Text, new_code: Text, papers: Papers
) -> dict[str, Any]:
    """Ask for a change whose old number is lost."""
    contents = [read_upload(upload) for upload in papers]
    check = mobile_change.plan_without_old(platform, actor, new_mobile=new_mobile, new_code=new_code, contents=contents)
    return check_json(check)


@router.post("/me/mobile/lost/{check_id}/cancel")
def withdraw_lost_mobile(check_id: str, platform: ThePlatform, actor: Changer) -> dict[str, Any]:
    """Withdraw the request of a change whose old number is lost, before the review desk decides."""
    return check_json(mobile_change.withdraw(platform, actor, check_id))


@router.post("/me/mobile/changes/{change_id}/cancel")
def cancel_change(change_id: str, platform: ThePlatform, actor: Changer) -> dict[str, Any]:
    """Cancel a change that has not taken effect."""
    return _change(mobile_change.cancel(platform, actor, change_id))


@router.get("/sessions")
def list_sessions(platform: ThePlatform, actor: Lister) -> list[dict[str, Any]]:
    """List the caller's living sessions."""
    return [_session(row, actor) for row in accounts.sessions_of(platform, actor)]


@router.post("/sessions/end-others")
def end_others(platform: ThePlatform, actor: Lister) -> dict[str, Any]:
    """End all sessions of the caller but this one."""
    with platform.db.write() as session:
        return {"ended": accounts.end_others(session, platform, actor.id, but=actor.session_hash)}


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: str, platform: ThePlatform, actor: Lister) -> Response:
    """End one of the caller's sessions."""
    accounts.end_one(platform, actor, session_id)
    return Response(status_code=204)


@router.post("/certificates/{serial}/recovery", status_code=204)
def store_half(
    serial: str, body: HalfBody, platform: ThePlatform, actor: Annotated[Actor, permit(Action.STORE_RECOVERY)]
) -> Response:
    """Keep the platform's half of a recovery secret."""
    recovery.store(platform, actor, serial, unb64(body.half, "half"))
    return Response(status_code=204)


@router.post("/certificates/{serial}/password-reset", status_code=201)
def request_reset(serial: str, platform: ThePlatform, actor: Resetter, papers: Papers) -> dict[str, Any]:
    """Ask for the half, with papers of identity."""
    contents = [read_upload(upload) for upload in papers]
    return check_json(recovery.request_reset(platform, actor, serial, contents))


@router.post("/certificates/{serial}/recovery/release")
def release_half(serial: str, platform: ThePlatform, actor: Resetter) -> dict[str, Any]:
    """Give the half, once for an approved identity check."""
    return {"half": b64(recovery.release(platform, actor, serial))}


@router.post("/certificates/{serial}/password-tries", status_code=201)
def begin_try(serial: str, platform: ThePlatform, actor: Trier) -> dict[str, Any]:
    """Count a certificate password before the phone tries it."""
    left, nonce = recovery.begin_try(platform, actor, serial)
    return {"tries_left": left, "nonce": b64(nonce)}


@router.post("/certificates/{serial}/password-tries/passed", status_code=204)
def end_try(serial: str, body: PassedBody, platform: ThePlatform, actor: Trier) -> Response:
    """Start the count anew after a right password."""
    nonce, signature = unb64(body.nonce, "nonce"), unb64(body.signature, "signature")
    recovery.end_try(platform, actor, serial, nonce=nonce, signature=signature)
    return Response(status_code=204)


def _change(row: MobileChange) -> dict[str, Any]:
    return {
        "id": row.id,
        "old_masked": masked_mobile(row.old_mobile),
        "new_masked": masked_mobile(row.new_mobile),
        "state": row.state,
        "created_at": iso(row.created_at),
        "effective_at": iso(row.effective_at),
    }


def _session(row: UserSession, actor: Actor) -> dict[str, Any]:
    return {
        "id": accounts.public_id(row),
        "method": row.method or "",
        "device": row.device or "",
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "current": row.token_hash == actor.session_hash,
    }
