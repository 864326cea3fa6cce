"""Who may do what: the one matrix of roles and actions, and the one place that asks it.

A request is checked twice by the same table: before its work starts (could this caller ever?) and, once the object is
known, against that object (this caller, this object?). An object outside the caller's reach is reported as absent, so
that ids cannot be probed. Threats T15, T34, T45.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.errors import RejectedError
from desktop.domain.operations import MemberRole, PlatformRole


class Role(StrEnum):
    """What a caller is, to the platform and to one object."""

    VISITOR = "visitor"
    ACCOUNT = "account"
    OWNER = "owner"
    CERTIFICATE_USER = "certificate_user"
    CERTIFICATE_ADMIN = "certificate_admin"
    OPERATOR = "operator"
    #: Member of the tender agency whose tender or lot it is.
    AGENCY = "agency"
    #: Member of the unit that bids, or has signed in, for the lot; never of the lot's own agency.
    BIDDER = "bidder"


class Action(StrEnum):
    """Everything that the API lets somebody do."""

    READ_PROFILE = "read_profile"
    READ_LOG = "read_log"
    SIGN_IN = "sign_in"
    READ_SELF = "read_self"
    SIGN_OUT = "sign_out"
    LIST_ORDERS = "list_orders"
    PLACE_ORDER = "place_order"
    DOWNLOAD_CERTIFICATE = "download_certificate"
    LIST_CERTIFICATES = "list_certificates"
    LIST_WORKSTATIONS = "list_workstations"
    ENROL_WORKSTATION = "enrol_workstation"
    REMOVE_WORKSTATION = "remove_workstation"
    LIST_SEALS = "list_seals"
    APPLY_FOR_SEAL = "apply_for_seal"
    READ_SEAL = "read_seal"
    CLAIM_SEAL = "claim_seal"
    LIST_RECORDS = "list_records"
    WRITE_RECORD = "write_record"
    REVIEW_ORDERS = "review_orders"
    REVIEW_SEALS = "review_seals"
    REVOKE_CERTIFICATE = "revoke_certificate"
    RENEW_CERTIFICATE = "renew_certificate"
    CHANGE_CERTIFICATE = "change_certificate"
    #: Asked behind CHANGE_CERTIFICATE where the new name is not the unit's yet; it has no door of its own.
    RENAME_ORGANIZATION = "rename_organization"
    REISSUE_CERTIFICATE = "reissue_certificate"
    LIST_MEMBERS = "list_members"
    GRANT_MEMBERSHIP = "grant_membership"
    REVOKE_MEMBERSHIP = "revoke_membership"
    LIST_GRANTS_TO_SELF = "list_grants_to_self"
    SUBMIT_IDENTITY_CHECK = "submit_identity_check"
    LIST_IDENTITY_CHECKS = "list_identity_checks"
    REVIEW_IDENTITY_CHECKS = "review_identity_checks"
    READ_NOTICES = "read_notices"
    SET_PASSWORD = "set_password"  # noqa: S105 - an action, no password
    CHANGE_MOBILE = "change_mobile"
    MANAGE_SESSIONS = "manage_sessions"
    STORE_RECOVERY = "store_recovery"
    RESET_CERTIFICATE_PASSWORD = "reset_certificate_password"  # noqa: S105 - an action, no password
    COUNT_PASSWORD_TRY = "count_password_try"  # noqa: S105 - an action, no password
    CREATE_TENDER = "create_tender"
    LIST_TENDERS = "list_tenders"
    PREPARE_LOT = "prepare_lot"
    PUBLISH_LOT = "publish_lot"
    READ_LOTS = "read_lots"
    UPLOAD_BID = "upload_bid"
    LIST_OWN_BIDS = "list_own_bids"
    WITHDRAW_BID = "withdraw_bid"
    READ_BID_FILE = "read_bid_file"
    READ_CLOSING = "read_closing"
    RUN_OPENING = "run_opening"
    TAKE_PART_IN_OPENING = "take_part_in_opening"
    READ_ROOM = "read_room"


_ANYONE = frozenset(Role)
_SIGNED_IN = frozenset({Role.ACCOUNT})
_OWNER_OR_ADMIN = frozenset({Role.OWNER, Role.CERTIFICATE_ADMIN})
_MEMBERS = frozenset({Role.CERTIFICATE_USER, Role.CERTIFICATE_ADMIN})
_OPERATORS = frozenset({Role.OPERATOR})
_OWNERS = frozenset({Role.OWNER})
_ADMINS = frozenset({Role.CERTIFICATE_ADMIN})
_AGENCY = frozenset({Role.AGENCY})
_BIDDERS = frozenset({Role.BIDDER})

MATRIX: Mapping[Action, frozenset[Role]] = {
    Action.READ_PROFILE: _ANYONE,
    Action.READ_LOG: _ANYONE,
    Action.SIGN_IN: _ANYONE,
    Action.READ_SELF: _SIGNED_IN,
    Action.SIGN_OUT: _SIGNED_IN,
    Action.LIST_ORDERS: _SIGNED_IN,
    Action.PLACE_ORDER: _SIGNED_IN,
    Action.DOWNLOAD_CERTIFICATE: _OWNERS,
    Action.LIST_CERTIFICATES: _SIGNED_IN,
    Action.LIST_WORKSTATIONS: _SIGNED_IN,
    Action.ENROL_WORKSTATION: _MEMBERS,
    Action.REMOVE_WORKSTATION: _OWNER_OR_ADMIN,
    Action.LIST_SEALS: _SIGNED_IN,
    Action.APPLY_FOR_SEAL: _OWNER_OR_ADMIN,
    Action.READ_SEAL: _OWNER_OR_ADMIN | _OPERATORS,
    Action.CLAIM_SEAL: _OWNER_OR_ADMIN,
    Action.LIST_RECORDS: _SIGNED_IN,
    Action.WRITE_RECORD: _MEMBERS,
    Action.REVIEW_ORDERS: _OPERATORS,
    Action.REVIEW_SEALS: _OPERATORS,
    Action.REVOKE_CERTIFICATE: _OPERATORS,
    Action.RENEW_CERTIFICATE: _OWNERS,
    Action.CHANGE_CERTIFICATE: _OWNERS,
    Action.RENAME_ORGANIZATION: _ADMINS,
    Action.REISSUE_CERTIFICATE: _OWNERS,
    Action.LIST_MEMBERS: _MEMBERS,
    Action.GRANT_MEMBERSHIP: _ADMINS,
    Action.REVOKE_MEMBERSHIP: _ADMINS,
    Action.LIST_GRANTS_TO_SELF: _SIGNED_IN,
    Action.SUBMIT_IDENTITY_CHECK: _SIGNED_IN,
    Action.LIST_IDENTITY_CHECKS: _SIGNED_IN,
    Action.REVIEW_IDENTITY_CHECKS: _OPERATORS,
    Action.READ_NOTICES: _SIGNED_IN,
    Action.SET_PASSWORD: _SIGNED_IN,
    Action.CHANGE_MOBILE: _SIGNED_IN,
    Action.MANAGE_SESSIONS: _SIGNED_IN,
    Action.STORE_RECOVERY: _OWNERS,
    Action.RESET_CERTIFICATE_PASSWORD: _OWNERS,
    Action.COUNT_PASSWORD_TRY: _OWNERS,
    Action.CREATE_TENDER: _AGENCY,
    Action.LIST_TENDERS: _SIGNED_IN,
    Action.PREPARE_LOT: _AGENCY,
    Action.PUBLISH_LOT: _AGENCY,
    Action.READ_LOTS: _SIGNED_IN,
    Action.UPLOAD_BID: _BIDDERS,
    Action.LIST_OWN_BIDS: _BIDDERS,
    Action.WITHDRAW_BID: _BIDDERS,
    # To the agency a bid is a thing only after the closing (cases/bids.py names it no agency before).
    Action.READ_BID_FILE: _AGENCY | _BIDDERS,
    Action.READ_CLOSING: _AGENCY | _BIDDERS,
    Action.RUN_OPENING: _AGENCY,
    Action.TAKE_PART_IN_OPENING: _BIDDERS,
    Action.READ_ROOM: _AGENCY | _BIDDERS,
}

#: Roles that depend on the object: who is signed in might have them.
_RELATIONS = frozenset({Role.OWNER, Role.CERTIFICATE_USER, Role.CERTIFICATE_ADMIN, Role.AGENCY, Role.BIDDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who calls. `account_id` is None for a visitor; `memberships` are the units the account belongs to now."""

    account_id: str | None = None
    platform_role: PlatformRole | None = None
    memberships: Mapping[str, MemberRole]
    session_hash: str = ""

    @property
    def id(self) -> str:
        """The account's id.

        Raises:
            RejectedError: nobody is signed in (`platform.signed_out`).
        """
        if self.account_id is None:
            raise RejectedError("platform.signed_out")
        return self.account_id

    def administers(self, organization_id: str) -> bool:
        """Tell whether the caller is certificate admin of the organization."""
        return self.memberships.get(organization_id) is MemberRole.CERTIFICATE_ADMIN


VISITOR = Actor(memberships={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose an object is. An owner who left the organization of an object does not own it any more.

    `agency` and `bidders` are units: whose lot it is, and for which of them somebody may act on it. What `is_public` is
    no secret to anybody who is signed in: whoever may not act on it is told so.
    """

    organization_id: str | None = None
    owners: frozenset[str] = frozenset()
    agency: str | None = None
    bidders: frozenset[str] = frozenset()
    is_public: bool = False


def roles_of(actor: Actor, target: Target | None = None) -> frozenset[Role]:
    """Return everything that `actor` is, to the platform and to `target`."""
    if actor.account_id is None:
        return frozenset({Role.VISITOR})
    roles = {Role.ACCOUNT}
    if actor.platform_role is PlatformRole.OPERATOR:
        roles.add(Role.OPERATOR)
    if target is not None:
        member = actor.memberships.get(target.organization_id or "")
        if actor.account_id in target.owners and (member is not None or target.organization_id is None):
            roles.add(Role.OWNER)
        if member is not None:
            roles.add(Role(member.value))
        if target.agency in actor.memberships:
            roles.add(Role.AGENCY)
        if actor.memberships.keys() & (target.bidders - {target.agency}):
            roles.add(Role.BIDDER)
    return frozenset(roles)


def demand_entry(actor: Actor, action: Action) -> None:
    """Demand that `actor` could do `action` on some object.

    Raises:
        RejectedError: `platform.signed_out` or `platform.forbidden`.
    """
    allowed = MATRIX[action]
    if roles_of(actor) & allowed:
        return
    if actor.account_id is None:
        raise RejectedError("platform.signed_out")
    if not allowed & _RELATIONS:
        raise RejectedError("platform.forbidden", action)


def demand(actor: Actor, action: Action, target: Target) -> None:
    """Demand that `actor` may do `action` on `target`.

    Raises:
        RejectedError: `platform.signed_out`; `platform.not_found` when the object is none of the caller's business;
            `platform.forbidden` when it is, but not this action.
    """
    roles = roles_of(actor, target)
    if roles & MATRIX[action]:
        return
    if actor.account_id is None:
        raise RejectedError("platform.signed_out")
    if roles & _RELATIONS or Role.OPERATOR in roles or target.is_public:
        raise RejectedError("platform.forbidden", action)
    raise RejectedError("platform.not_found")
