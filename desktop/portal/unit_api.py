"""Calls about a unit's people: members, grants, identity checks, the certificates that follow others, notices."""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.operations import MemberRole
from desktop.portal import records
from desktop.portal import unit_records as read
from desktop.portal.calls import Calls, Upload
from desktop.portal.records import Order
from desktop.portal.unit_records import Grant, IdentityCheck, Member, Notices


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantForm:
    """Whom to grant, and as what."""

    name: str
    id_number: str
    mobile: str
    role: MemberRole

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return f"GrantForm(role={self.role})"


class UnitCalls(Calls):
    """Members, grants, identity checks, successions, notices."""

    # -- members and grants ----------------------------------------------------------------------------------------

    def members(self, organization_id: str) -> tuple[Member, ...]:
        """Return the members of a unit of the account."""
        return tuple(read.member(m) for m in self._get(f"/organizations/{organization_id}/members"))

    def change_role(self, organization_id: str, account_id: str, role: MemberRole) -> Member:
        """Make a member certificate admin or certificate user."""
        path = f"/organizations/{organization_id}/members/{account_id}/role"
        return read.member(self._post(path, {"role": str(role)}))

    def remove_member(self, organization_id: str, account_id: str) -> None:
        """End a membership; its certificates are revoked, its seals void."""
        self._delete(f"/organizations/{organization_id}/members/{account_id}")

    def grants(self, organization_id: str) -> tuple[Grant, ...]:
        """Return the grants of a unit that the account administers, newest first."""
        return tuple(read.grant(g) for g in self._get(f"/organizations/{organization_id}/grants"))

    def give(self, organization_id: str, form: GrantForm) -> Grant:
        """Grant."""
        body = {"name": form.name, "id_number": form.id_number, "mobile": form.mobile, "role": str(form.role)}
        return read.grant(self._post(f"/organizations/{organization_id}/grants", body))

    def revoke_grant(self, grant_id: str) -> None:
        """Take back a grant that is not a membership yet."""
        self._delete(f"/grants/{grant_id}")

    def claimable(self) -> tuple[Grant, ...]:
        """Return the open grants to the account's mobile number (待申领的证书)."""
        return tuple(read.grant(g) for g in self._get("/claimable"))

    def submit_for_grant(self, grant_id: str, *, name: str, id_number: str, papers: Sequence[Upload]) -> IdentityCheck:
        """Hand in the papers of the person granted; then the review desk decides."""
        form = {"name": name, "id_number": id_number}
        path = f"/grants/{grant_id}/identity-check"
        return read.identity_check(self._send_form(path, form, [("papers", paper) for paper in papers]))

    def identity_checks(self) -> tuple[IdentityCheck, ...]:
        """Return the account's identity checks, newest first."""
        return tuple(read.identity_check(c) for c in self._get("/identity-checks"))

    # -- certificates that follow others ---------------------------------------------------------------------------

    def renew(self, serial: str) -> Order:
        """Order the renewal of an own certificate, from three months before its end."""
        return records.order(self._post(f"/certificates/{serial}/renewal"))

    def change(self, serial: str, *, organization_name: str, papers: Sequence[Upload]) -> Order:
        """Order a certificate with the unit's new name."""
        files = [("papers", paper) for paper in papers]
        form = {"organization_name": organization_name}
        return records.order(self._send_form(f"/certificates/{serial}/change", form, files))

    def reissue(self, serial: str, papers: Sequence[Upload]) -> Order:
        """Order a certificate in place of one whose phone is lost."""
        files = [("papers", paper) for paper in papers]
        return records.order(self._send_form(f"/certificates/{serial}/reissue", {}, files))

    # -- notices ---------------------------------------------------------------------------------------------------

    def notices(self, *, before: int | None = None) -> Notices:
        """Return a page of notices, newest first; `before` is the number of the last one seen."""
        return read.notices(self._get("/notices", {} if before is None else {"before": str(before)}))

    def mark_read(self, numbers: Sequence[int]) -> None:
        """Mark notices as read."""
        self._call("POST", "/notices/read", {"ids": list(numbers)})

    def unread_notices(self) -> int:
        """Return how many notices are unread."""
        return int(self._get("/notices/unread")["unread"])

    def mark_all_read(self, until: int) -> int:
        """Mark all notices up to the number `until` as read; return how many are unread after that."""
        return int(self._post("/notices/read-all", {"until": until})["unread"])

    # -- review desk -----------------------------------------------------------------------------------------------

    def checks_to_review(self, state: str = "pending_review") -> tuple[IdentityCheck, ...]:
        """Return identity checks for the review desk, oldest first."""
        return tuple(read.identity_check(c) for c in self._get("/review/checks", {"state": state}))

    def review_check(self, check_id: str, *, approve: bool, reason: str = "") -> None:
        """Decide on an identity check."""
        self._post(f"/review/checks/{check_id}", {"approve": approve, "reason": reason})

    def check_file(self, check_id: str, number: int) -> bytes:
        """Fetch one paper of an identity check."""
        return self._file(f"/review/checks/{check_id}/files/{number}")
