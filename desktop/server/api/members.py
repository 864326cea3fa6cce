"""Members of the caller's units, grants, and the grantee's identity check."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel, Field

from desktop.domain.operations import CheckPurpose, MemberRole
from desktop.server.api.access import ThePlatform, iso, permit
from desktop.server.api.files import read_upload
from desktop.server.cases import checks, grants, members, recovery
from desktop.server.cases import papers as kept_papers
from desktop.server.db.models import IdentityCheck
from desktop.server.rules.people import masked_mobile, masked_name
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["members"])

Text = Annotated[str, Form(max_length=500)]
Papers = Annotated[list[UploadFile], File(max_length=kept_papers.MAX_PAPERS)]
Lister = Annotated[Actor, permit(Action.LIST_MEMBERS)]
Granter = Annotated[Actor, permit(Action.GRANT_MEMBERSHIP)]
Revoker = Annotated[Actor, permit(Action.REVOKE_MEMBERSHIP)]


class GrantBody(BaseModel, extra="forbid"):
    """Who is granted, and as what."""

    name: Annotated[str, Field(max_length=200)]
    id_number: Annotated[str, Field(max_length=40)]
    mobile: Annotated[str, Field(max_length=20)]
    role: MemberRole


class RoleBody(BaseModel, extra="forbid"):
    """The role from now on."""

    role: MemberRole


@router.get("/organizations/{organization_id}/members")
def list_members(organization_id: str, platform: ThePlatform, actor: Lister) -> list[dict[str, Any]]:
    """List the members of a unit."""
    return [_member(view, actor) for view in members.visible(platform, actor, organization_id)]


@router.post("/organizations/{organization_id}/members/{account_id}/role")
def change_role(
    organization_id: str, account_id: str, body: RoleBody, platform: ThePlatform, actor: Revoker
) -> dict[str, Any]:
    """Make a member certificate admin or certificate user."""
    return _member(members.change_role(platform, actor, organization_id, account_id, role=body.role), actor)


@router.delete("/organizations/{organization_id}/members/{account_id}", status_code=204)
def remove_member(organization_id: str, account_id: str, platform: ThePlatform, actor: Revoker) -> Response:
    """End a membership; certificates and seals that came of it end too."""
    members.remove(platform, actor, organization_id, account_id)
    return Response(status_code=204)


@router.get("/organizations/{organization_id}/grants")
def list_grants(organization_id: str, platform: ThePlatform, actor: Granter) -> list[dict[str, Any]]:
    """List the grants of a unit."""
    return [_grant(view) for view in grants.of_organization(platform, actor, organization_id)]


@router.post("/organizations/{organization_id}/grants", status_code=201)
def give(organization_id: str, body: GrantBody, platform: ThePlatform, actor: Granter) -> dict[str, Any]:
    """Grant."""
    request = grants.GrantRequest(name=body.name, id_number=body.id_number, mobile=body.mobile, role=body.role)
    return _grant(grants.give(platform, actor, organization_id, request))


@router.delete("/grants/{grant_id}", status_code=204)
def revoke_grant(grant_id: str, platform: ThePlatform, actor: Revoker) -> Response:
    """Take back a grant that is not a membership yet."""
    grants.revoke(platform, actor, grant_id)
    return Response(status_code=204)


@router.get("/claimable")
def claimable(
    platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_GRANTS_TO_SELF)]
) -> list[dict[str, Any]]:
    """List the open grants to the caller's mobile number."""
    return [_offer(view) for view in grants.to_self(platform, actor)]


@router.post("/grants/{grant_id}/identity-check", status_code=201)
def submit(
    *,
    grant_id: str,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.SUBMIT_IDENTITY_CHECK)],
    name: Text,
    id_number: Text,
    papers: Papers,
) -> dict[str, Any]:
    """Hand in the papers of the person granted."""
    contents = [read_upload(upload) for upload in papers]
    check = grants.submit(platform, actor, grant_id, name=name, id_number=id_number, contents=contents)
    return check_json(check)


@router.get("/identity-checks")
def own_checks(
    platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_IDENTITY_CHECKS)]
) -> list[dict[str, Any]]:
    """List the caller's identity checks; `lapsed`: approved, and not used in time."""
    own = [view.check for view in checks.own(platform, actor)]
    return [check_json(check) | {"lapsed": recovery.has_lapsed(platform, check)} for check in own]


def check_json(check: IdentityCheck) -> dict[str, Any]:
    """Write an identity check."""
    return {
        "id": check.id,
        "purpose": check.purpose,
        # Of a change of number, the new number: as masked as any other.
        "subject": masked_mobile(check.subject) if check.purpose == CheckPurpose.MOBILE_CHANGE else check.subject,
        "state": check.state,
        "papers": kept_papers.count(check.papers),
        "created_at": iso(check.created_at),
        "reason": check.reason,
    }


def _member(view: members.MemberView, actor: Actor) -> dict[str, Any]:
    return {
        "account_id": view.account.id,
        "name": view.account.name,
        "mobile_masked": masked_mobile(view.account.mobile),
        "role": view.member.role,
        "since": iso(view.member.created_at),
        "self": view.account.id == actor.account_id,
    }


def _grant(view: grants.GrantView) -> dict[str, Any]:
    grant = view.grant
    return {
        "id": grant.id,
        "organization_id": grant.organization_id,
        "organization_name": view.organization.name,
        "name": grant.name,
        "id_number_masked": view.id_number_masked,
        "mobile_masked": masked_mobile(grant.mobile),
        "role": grant.role,
        "state": grant.state,
        "granted_by": view.granted_by,
        "reason": grant.reason,
        "created_at": iso(grant.created_at),
    }


def _offer(view: grants.GrantView) -> dict[str, Any]:
    """Write a grant for whoever has the number now, who must yet show to be the person: names stay masked."""
    said = {"name": masked_name(view.grant.name), "granted_by": masked_name(view.granted_by)}
    return _grant(view) | said | {"credit_code": view.organization.credit_code}
