"""A workspace for the pages' tests: everything real but the platform, whose answers are written down by hand."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from desktop.domain.clock import ManualClock
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.ids import AccountId, OrderId, OrganizationId, SealId, SerialNumber
from desktop.domain.operations import (
    CertificateState,
    MemberRole,
    OrderState,
    PlatformRole,
    SealKind,
    SealState,
)
from desktop.portal.profile import PlatformProfile
from desktop.portal.records import Account, Certificate, Membership, Order, Seal, SignedIn, UsageRecord
from desktop.services.workspace import Workspace, open_workspace
from desktop.store.paths import DataFolder

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
LONG_NAME = "江西省赣南高速公路机电工程有限责任公司第三分公司"
PLATFORM = "江西交投集团招标采购交易平台"


class FakeApi:
    """Answers as told: a value, an error to raise, or a callable. `calls` keeps what was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = answers
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self.answers:
            raise AttributeError(name)

        def call(*args: Any, **options: Any) -> Any:
            self.calls.append((name, args, options))
            answer = self.answers[name]
            if isinstance(answer, BidSealError):
                raise answer
            return answer(*args, **options) if callable(answer) else answer

        return call

    def asked(self, name: str) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        """What `name` was called with."""
        return [(args, options) for called, args, options in self.calls if called == name]


def make_workspace(folder: Path, api: FakeApi, *, embedded: bool = True) -> Workspace:
    """A real workspace whose platform calls go to `api`."""
    profile = PlatformProfile(
        profile_id="jxjt",
        platform_id="jxjt",
        name=PLATFORM,
        base_url="http://127.0.0.1:9",
        root=b"",
        issuing=(),
        embedded=embedded,
    )
    workspace = open_workspace(
        profile=profile, folder=DataFolder(root=folder), clock=ManualClock(NOW), random=os.urandom, name="投标一室-03"
    )
    workspace.account.api = api  # type: ignore[assignment]
    return replace(workspace, api=api)  # type: ignore[arg-type]


def an_account(**changes: Any) -> Account:
    fields: dict[str, Any] = {
        "account_id": AccountId("a" * 32),
        "name": "张三",
        "mobile_masked": "138****5678",
        "role": PlatformRole.BIDDER,
    }
    return Account(**(fields | changes))


def a_membership(number: int = 1, **changes: Any) -> Membership:
    fields: dict[str, Any] = {
        "organization_id": OrganizationId(f"{number:032x}"),
        "name": LONG_NAME,
        "credit_code": "91360702MA35F0AB1X",
        "role": MemberRole.CERTIFICATE_ADMIN,
    }
    return Membership(**(fields | changes))


def a_session(account: Account | None = None, *memberships: Membership) -> SignedIn:
    return SignedIn(
        token="t" * 43,
        expires_at=NOW + timedelta(days=7),
        account=account or an_account(),
        organizations=memberships,
        created=False,
    )


def sign_in(workspace: Workspace, account: Account | None = None, *memberships: Membership) -> None:
    """Have somebody signed in."""
    workspace.account.adopt(a_session(account, *memberships), remember=False)


def an_order(number: int = 1, **changes: Any) -> Order:
    fields: dict[str, Any] = {
        "order_id": OrderId(f"{number:032x}"),
        "state": OrderState.PENDING_REVIEW,
        "organization_name": f"赣州市第{number}建设有限公司",
        "credit_code": "91360702MA35F0AB1X",
        "legal_representative": "李四",
        "holder_name": "张三",
        "id_number_masked": "360***********123X",
        "suite": "P-256",
        "created_at": NOW - timedelta(hours=number),
        "reason": "",
        "certificate_serial": "",
    }
    return Order(**(fields | changes))


def a_seal(number: int = 1, **changes: Any) -> Seal:
    fields: dict[str, Any] = {
        "seal_id": SealId(f"{number:032x}"),
        "state": SealState.PENDING_REVIEW,
        "kind": SealKind.OFFICIAL,
        "name": f"{LONG_NAME}公章",
        "organization_id": OrganizationId(f"{1:032x}"),
        "organization_name": LONG_NAME,
        "certificate_serial": "3A90C41F5B7788D20E6F",
        "width_mm": 40.0,
        "height_mm": 40.0,
        "created_at": NOW - timedelta(hours=number),
        "reason": "",
        "imprint_sha256": b"\0" * 32,
    }
    return Seal(**(fields | changes))


def a_certificate(**changes: Any) -> Certificate:
    fields: dict[str, Any] = {
        "serial": SerialNumber("3A90C41F5B7788D20E6F"),
        "enc_serial": SerialNumber("3A90C41F5B7788D20E70"),
        "organization_id": OrganizationId(f"{1:032x}"),
        "organization_name": LONG_NAME,
        "credit_code": "91360702MA35F0AB1X",
        "holder_name": "张三",
        "suite": "P-256",
        "state": CertificateState.VALID,
        "not_before": NOW - timedelta(days=30),
        "not_after": NOW + timedelta(days=335),
        "sign_cert": b"",
        "enc_cert": b"",
        "mine": True,
    }
    return Certificate(**(fields | changes))


def a_record(number: int = 1, **changes: Any) -> UsageRecord:
    fields: dict[str, Any] = {
        "number": number,
        "organization_id": OrganizationId(f"{1:032x}"),
        "operation": "seal",
        "user_name": "张三",
        "certificate_serial": "3A90C41F5B7788D20E6F",
        "subject": "投标函.pdf",
        "result": "done",
        "ceremony": f"{number:064x}",
        "at": NOW - timedelta(minutes=number),
        "received_at": NOW,
        "row_hash": "",
        "has_evidence": True,
    }
    return UsageRecord(**(fields | changes))


def refusal(code: str, detail: str = "") -> RejectedError:
    """What the platform raises when it says no."""
    return RejectedError(code, detail)
