"""Login, logout, and who one is."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from desktop.server.api.access import TheAddress, ThePlatform, b64, iso, permit, unb64
from desktop.server.cases import accounts, phone_login, sms_login
from desktop.server.cases.sms_login import Purpose
from desktop.server.db.models import Account
from desktop.server.rules.people import masked_mobile
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["sessions"])

Mobile = Annotated[str, Field(max_length=20)]
LoginPurpose = Literal[Purpose.LOGIN, Purpose.APP_LOGIN]
Device = Annotated[str, Field(max_length=64)]
Transcript = Annotated[str, Field(max_length=700_000)]


class SmsRequest(BaseModel, extra="forbid"):
    """Ask for a login code, at the desktop or in the app."""

    mobile: Mobile
    purpose: LoginPurpose


class SmsLogin(BaseModel, extra="forbid"):
    """Redeem a code."""

    mobile: Mobile
    code: Annotated[str, Field(max_length=12)]
    purpose: LoginPurpose = Purpose.LOGIN
    device: Device = ""


class PhoneLogin(BaseModel, extra="forbid"):
    """Redeem a phone's answer; only the holder of `v` can."""

    transcript: Transcript
    v: Annotated[str, Field(max_length=100)]
    device: Device = ""


@router.post("/sms", status_code=202)
def send_code(
    body: SmsRequest, platform: ThePlatform, address: TheAddress, _actor: Annotated[Actor, permit(Action.SIGN_IN)]
) -> dict[str, Any]:
    """Send a login code; the answer is the same whether the number is known or not."""
    sms_login.send_code(platform, body.mobile, body.purpose, address=address)
    return {
        "resend_after_s": int(sms_login.RESEND_AFTER.total_seconds()),
        "valid_s": int(sms_login.CODE_LIFE.total_seconds()),
    }


@router.post("/sessions/sms")
def sign_in_by_sms(
    body: SmsLogin, platform: ThePlatform, address: TheAddress, _actor: Annotated[Actor, permit(Action.SIGN_IN)]
) -> dict[str, Any]:
    """Begin a session by code."""
    signed_in = sms_login.sign_in(platform, body.mobile, body.code, body.purpose, address=address, device=body.device)
    return session_json(signed_in)


@router.post("/sessions/nonce")
def nonce(
    platform: ThePlatform, address: TheAddress, _actor: Annotated[Actor, permit(Action.SIGN_IN)]
) -> dict[str, Any]:
    """Give a one-time login nonce."""
    return {"nonce": b64(phone_login.new_nonce(platform, address=address))}


@router.post("/sessions/qr")
def sign_in_by_phone(
    body: PhoneLogin, platform: ThePlatform, _actor: Annotated[Actor, permit(Action.SIGN_IN)]
) -> dict[str, Any]:
    """Begin a session by a phone's answer."""
    transcript, v = unb64(body.transcript, "transcript"), unb64(body.v, "v")
    return session_json(phone_login.sign_in(platform, transcript, v, device=body.device))


@router.get("/me")
def me(platform: ThePlatform, actor: Annotated[Actor, permit(Action.READ_SELF)]) -> dict[str, Any]:
    """Tell who the caller is."""
    with platform.db.read() as session:
        account = session.get_one(Account, actor.id)
        memberships = accounts.memberships_of(session, actor.id)
    return {"account": _account(account), "organizations": [_membership(m) for m in memberships]}


@router.delete("/sessions/current", status_code=204)
def sign_out(platform: ThePlatform, actor: Annotated[Actor, permit(Action.SIGN_OUT)]) -> Response:
    """End the caller's session."""
    accounts.end_session(platform, actor)
    return Response(status_code=204)


def session_json(signed_in: accounts.SignedIn) -> dict[str, Any]:
    """Write a session that was just begun."""
    return {
        "token": signed_in.token,
        "expires_at": iso(signed_in.expires_at),
        "account": _account(signed_in.account),
        "organizations": [_membership(m) for m in signed_in.memberships],
        "created": signed_in.created,
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "mobile_masked": masked_mobile(account.mobile),
        "role": account.role,
        "has_password": account.password is not None,
    }


def _membership(membership: accounts.Membership) -> dict[str, Any]:
    organization = membership.organization
    return {
        "id": organization.id,
        "name": organization.name,
        "credit_code": organization.credit_code,
        "member_role": membership.role,
        "kind": organization.kind,
    }
