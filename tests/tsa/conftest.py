"""The platform of tests/server, asked for timestamps."""

from tests.server.conftest import (
    app,
    base_url,
    client,
    clock,
    connect,
    databases,
    platform,
    settings,
    shared_databases,
    template,
)

__all__ = [
    "app",
    "base_url",
    "client",
    "clock",
    "connect",
    "databases",
    "platform",
    "settings",
    "shared_databases",
    "template",
]
