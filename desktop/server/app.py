"""The platform as one ASGI application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from desktop.domain.clock import Clock
from desktop.server.api import (
    bids,
    certificates,
    errors,
    log,
    lots,
    members,
    notices,
    orders,
    public,
    records,
    review,
    rooms,
    seals,
    security,
    sessions,
    successions,
    tenders,
    tsa,
    uploads,
)
from desktop.server.api.control import control_routes
from desktop.server.api.guard import Guard
from desktop.server.closer import Closer
from desktop.server.context import open_platform
from desktop.server.relay.routes import relay_routes
from desktop.server.settings import ServerSettings

_AREAS = (
    public,
    sessions,
    security,
    orders,
    certificates,
    successions,
    seals,
    records,
    members,
    notices,
    log,
    tenders,
    lots,
    uploads,
    bids,
    rooms,
    review,
    tsa,
)


def create_app(settings: ServerSettings, clock: Clock, random: Callable[[int], bytes]) -> FastAPI:
    """Open the platform of `settings` and return its application; `app.state.platform` is the platform.

    Raises:
        RejectedError: the state folder is damaged (`platform.state_damaged`).
    """
    platform = open_platform(settings, clock, random)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        closer = Closer(platform)
        closer.start()
        yield
        closer.stop()
        platform.close()

    app = FastAPI(
        title="BidSeal platform",
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.platform = platform
    errors.install(app)
    for area in _AREAS:
        app.include_router(area.router)
    app.include_router(relay_routes(platform.mailboxes))
    if settings.control_token:
        app.include_router(control_routes(settings.control_token))
    app.add_middleware(Guard, hosts=settings.hosts)
    return app
