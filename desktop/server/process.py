"""The platform as a process of its own: reads its settings as one JSON line from stdin, serves, ends with its parent.

stdout carries one JSON line when requests are answered: port, control token, and who the platform is (the private
channel by which the desktop learns the root of trust of its own embedded platform). End of stdin = the parent is gone.
"""

import json
import logging
import os
import secrets
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fastapi import FastAPI

from desktop.domain.clock import Clock, SystemClock
from desktop.server.settings import ServerSettings

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def run(
    settings: ServerSettings,
    *,
    demo: bool = False,
    port: int = 0,
    ends_with_stdin: bool = True,
    clock: Clock | None = None,
    extend: Callable[[FastAPI, str], None] = lambda _app, _control: None,
) -> None:
    """Serve on this machine (`port` 0 = any free one) and say on stdout when ready.

    Ends with stdin, or on Ctrl+C where a person started it by hand. `clock` and `extend`, which gets the app and its
    control token, are for who plays a story in another time (desktop/testing).
    """
    from desktop.server.api.access import b64
    from desktop.server.app import create_app
    from desktop.server.serving import Server, listen

    control = settings.control_token or secrets.token_hex(32)
    app = create_app(replace(settings, control_token=control), clock or SystemClock(), os.urandom)
    extend(app, control)
    platform = app.state.platform
    if demo:
        from desktop.server.demo import seed, seed_agency

        seed(platform)
        seed_agency(platform)
    listener = listen(port)
    ready = {
        "port": listener.getsockname()[1],
        "control": control,
        "platform_id": settings.platform_id,
        "name": settings.name,
        "root": b64(platform.authority.root),
        "issuing": [b64(platform.authority.issuing)],
    }

    def announce() -> None:
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()

    server = Server(app, announce)
    if ends_with_stdin:
        threading.Thread(target=_end_with_parent, args=(sys.stdin.fileno(), server.stop), daemon=True).start()
    server.run(sockets=[listener])


def main() -> int:
    """Read the settings from stdin and serve."""
    settings, demo = read_settings()
    run(settings, demo=demo)
    return 0


def read_settings() -> tuple[ServerSettings, bool]:
    """Read from stdin what the parent tells: the settings, and whether the demo's accounts are wanted."""
    logging.basicConfig(level=logging.WARNING, format=_LOG_FORMAT)
    given = json.loads(sys.stdin.buffer.readline())
    settings = ServerSettings(
        state_folder=Path(given["state_folder"]),
        platform_id=str(given["platform_id"]),
        name=str(given["name"]),
        public_base_url=str(given["public_base_url"]),
        database_url=str(given["database_url"]),
        sms_pause_s=int(given.get("sms_pause_s", 60)),
    )
    return settings, bool(given["demo"])


def serve(*, state_folder: Path, port: int = 0, database_url: str = "") -> int:
    """Serve a demo platform for a person at a terminal, until Ctrl+C."""
    logging.basicConfig(level=logging.WARNING, format=_LOG_FORMAT)
    settings = ServerSettings(state_folder=state_folder, database_url=database_url, sms_pause_s=0)
    run(settings, demo=True, port=port, ends_with_stdin=False)
    return 0


def _end_with_parent(stdin: int, stop: Callable[[], None]) -> None:
    # Not sys.stdin's own read: it would hold a lock that the interpreter wants when the process ends otherwise.
    while os.read(stdin, 1024):
        pass
    stop()


if __name__ == "__main__":
    sys.exit(main())
