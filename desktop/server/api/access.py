"""The door of every endpoint: which action it is, and who comes. No endpoint is without one (a test walks them)."""

import base64
import binascii
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.params import Depends as Dependency

from desktop.domain.errors import RejectedError
from desktop.server.cases.accounts import actor_of
from desktop.server.cases.limits import address_of
from desktop.server.context import Platform
from desktop.server.rules.permissions import MATRIX, VISITOR, Action, Actor, Role, demand_entry

_SCHEME = "bearer"


class Permit:
    """A dependency: lets in who could do `action`, and says who it is."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def __call__(self, request: Request, authorization: Annotated[str | None, Header()] = None) -> Actor:
        """Return the caller.

        Raises:
            RejectedError: `platform.signed_out`, `platform.forbidden`.
        """
        if Role.VISITOR in MATRIX[self.action]:
            return VISITOR  # an old token must not keep anybody from logging in anew
        actor = actor_of(platform_of(request), _bearer(authorization))
        demand_entry(actor, self.action)
        return actor


class ControlPermit:
    """A dependency: lets in who started this platform."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, control: Annotated[str, Header(alias="X-BidSeal-Control")] = "") -> None:
        """Compare the token.

        Raises:
            RejectedError: `platform.forbidden`.
        """
        if not self._token or not hmac.compare_digest(control.encode(), self._token.encode()):
            raise RejectedError("platform.forbidden")


def permit(action: Action) -> Any:
    """Return the dependency of `action`, to be the default of an endpoint's parameter."""
    return Depends(Permit(action))


def platform_of(request: Request) -> Platform:
    """Return the platform that serves `request`."""
    platform: Platform = request.app.state.platform
    return platform


ThePlatform = Annotated[Platform, Depends(platform_of)]


def caller_address(request: Request) -> str:
    """Return whom limits by address count; the peer itself, no header that it could write."""
    return address_of(request.client.host if request.client else None)


TheAddress = Annotated[str, Depends(caller_address)]


def permits(dependencies: list[Any]) -> list[Action]:
    """Return the actions that an endpoint's dependencies ask for (for the test that walks all endpoints)."""
    calls: list[Callable[..., Any] | None] = [
        d.dependency if isinstance(d, Dependency) else d.call for d in dependencies
    ]
    return [call.action for call in calls if isinstance(call, Permit)]


def b64(data: bytes) -> str:
    """Write bytes as standard base64."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: str, field: str) -> bytes:
    """Read standard, padded base64.

    Raises:
        RejectedError: `platform.bad_request`.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RejectedError("platform.bad_request", field) from None


def iso(moment: datetime) -> str:
    """Write a time as ISO-8601 UTC with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _bearer(header: str | None) -> str | None:
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != _SCHEME or not token:
        raise RejectedError("platform.signed_out")
    return token
