"""The app's calls about a unit: its members, whom they grant, what was done with its certificates (manual 9, 10)."""

from collections.abc import Sequence

from desktop.domain.operations import MemberRole
from desktop.phone.core import platform_views as views
from desktop.phone.core.platform_calls import PlatformCalls, Upload, part
from desktop.phone.core.platform_views import Grant, GrantForm, Member, UsageRecord


class UnitCalls:
    """Members, grants, claimable certificates, usage records. The platform judges who may; see `PlatformCalls.get`."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def members(self, organization_id: str) -> tuple[Member, ...]:
        """Return the members of a unit, in the order in which they came."""
        return tuple(views.member(m) for m in self._calls.get_list(f"/organizations/{part(organization_id)}/members"))

    def change_role(self, organization_id: str, account_id: str, role: MemberRole) -> Member:
        """Make a member certificate admin or certificate user."""
        path = f"/organizations/{part(organization_id)}/members/{part(account_id)}/role"
        return views.member(self._calls.post(path, {"role": str(role)}))

    def remove_member(self, organization_id: str, account_id: str) -> None:
        """End a membership; its certificates are revoked, its seals void."""
        self._calls.delete(f"/organizations/{part(organization_id)}/members/{part(account_id)}")

    def grants(self, organization_id: str) -> tuple[Grant, ...]:
        """Return the grants of a unit, newest first; for its admins."""
        return tuple(views.grant(g) for g in self._calls.get_list(f"/organizations/{part(organization_id)}/grants"))

    def give(self, organization_id: str, form: GrantForm) -> Grant:
        """Grant."""
        body = {"name": form.name, "id_number": form.id_number, "mobile": form.mobile, "role": str(form.role)}
        return views.grant(self._calls.post(f"/organizations/{part(organization_id)}/grants", body))

    def revoke_grant(self, grant_id: str) -> None:
        """Take back a grant that is not a membership yet."""
        self._calls.delete(f"/grants/{part(grant_id)}")

    def claimable(self) -> tuple[Grant, ...]:
        """Return the open grants to the account's mobile number (待申领的证书)."""
        return tuple(views.grant(g) for g in self._calls.get_list("/claimable"))

    def submit_for_grant(self, grant_id: str, *, name: str, id_number: str, papers: Sequence[Upload]) -> None:
        """Hand in who one is; then the review desk decides."""
        path = f"/grants/{part(grant_id)}/identity-check"
        self._calls.post_form(path, {"name": name, "id_number": id_number}, [("papers", p) for p in papers])

    def usage_records(
        self,
        *,
        organization_id: str = "",
        certificate_serial: str = "",
        operation: str = "",
        limit: int = 30,
        before: int | None = None,
    ) -> tuple[UsageRecord, ...]:
        """Return a page of usage records, newest first; `before` is the number of the last one seen."""
        asked = {
            "organization_id": organization_id,
            "certificate_serial": certificate_serial,
            "operation": operation,
            "before": "" if before is None else str(before),
            "limit": str(limit),
        }
        return tuple(views.usage_record(r) for r in self._calls.get_list("/records", asked))
