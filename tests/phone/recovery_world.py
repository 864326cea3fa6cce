"""The platform's part in certificate passwords, in memory: the same rules as server/cases/recovery.py, nothing more."""

import base64
from collections.abc import Mapping
from typing import Any

from desktop.crypto.certificates import read_certificate
from desktop.crypto.suites import verify
from desktop.protocol.recovery import password_try_message
from tests.phone.phone_world import World

TRIES = 10


class PlatformRecovery:
    """Answers of one account's platform for one certificate, put into the world's relay."""

    def __init__(self, world: World, serial: str) -> None:
        self.world, self.serial = world, serial
        self.half: bytes | None = None
        self.released = False
        self.approvals = 0
        self.left, self.nonce = TRIES, b""
        self.checks: list[dict[str, Any]] = []
        #: Called with a step's name before and after it has its effect; may cut the power.
        self.at = lambda _step: None
        base = f"/api/v1/certificates/{serial}"
        world.relay.account |= {
            f"POST {base}/recovery": self._store,
            f"POST {base}/recovery/release": self._release,
            f"POST {base}/password-tries": self._begin,
            f"POST {base}/password-tries/passed": self._end,
            "GET /api/v1/identity-checks": lambda _body, _headers: (200, self.checks),
        }

    def _store(self, body: Mapping[str, str], _headers: Mapping[str, str]) -> tuple[int, Any]:
        self.at("store")
        half = base64.b64decode(body["half"])
        if self.half is not None and not self.released and half != self.half:
            return 409, {"code": "platform.wrong_state"}
        self.half, self.released = half, False
        self.at("stored")
        return 204, None

    def _release(self, _body: object, _headers: Mapping[str, str]) -> tuple[int, Any]:
        self.at("release")
        if not self.approvals or self.half is None:
            return 409, {"code": "platform.wrong_state"}
        self.approvals -= 1
        self.released, self.left = True, TRIES
        self.at("released")
        return 200, {"half": base64.b64encode(self.half).decode()}

    def _begin(self, _body: object, _headers: Mapping[str, str]) -> tuple[int, Any]:
        if self.left <= 0:
            return 409, {"code": "platform.password_locked"}
        self.left -= 1
        self.nonce = bytes([self.left]) * 32
        return 201, {"tries_left": self.left, "nonce": base64.b64encode(self.nonce).decode()}

    def _end(self, body: Mapping[str, str], _headers: Mapping[str, str]) -> tuple[int, Any]:
        nonce, signature = base64.b64decode(body["nonce"]), base64.b64decode(body["signature"])
        key = read_certificate(self.world.issued[self.serial]).public_key
        if nonce != self.nonce or not verify(key, password_try_message(serial=self.serial, nonce=nonce), signature):
            return 403, {"code": "platform.proof_wrong"}
        self.left, self.nonce = TRIES, b""
        return 204, None
