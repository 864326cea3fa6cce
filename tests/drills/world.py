"""Platform, desktop and phone as processes on one state, and the controller that kills and restarts them."""

import contextlib
import json
import os
import queue
import random
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.formats.trust import TrustAnchors
from desktop.testing.demo_files import Company, write_bid_document
from desktop.testing.rig import OPERATOR_MOBILE, PLATFORM_ID, PLATFORM_NAME, PlatformHandle
from tests.drills.checker import PLATFORM_RULES, database_faults, document_faults, scrap

ROOT = Path(__file__).resolve().parents[2]
CONTROL = "d" * 64
START_S = 60.0
NAMED_WITHIN_S = 10.0
STEP_S = 60.0
SCANS = ("download", "enrol", "claim", "login", "seal")
STEPS = ("register", "order", "download", "enrol", "apply", "claim", "login", "seal")
VICTIMS = ("desktop", "phone", "platform")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Kill `victim` when `event` was seen (of whomever), `delay_s` later."""

    victim: str
    event: str
    delay_s: float


@dataclass(slots=True)
class Played:
    """How a step went: every event as it was seen, who was killed, how it ended on both sides."""

    events: list[str] = field(default_factory=list)
    killed: str = ""
    problem: str | None = None
    phone_problem: str | None = None
    named_after_s: float = 0.0

    @property
    def crashes(self) -> list[str]:
        return [p for p in (self.problem, self.phone_problem) if p and (p.startswith("crashed") or p == "never ended")]


class Child:
    """One process and the lines it tells."""

    def __init__(self, role: str, facts: dict[str, Any], heard: "queue.Queue[tuple[Child, dict[str, Any]]]") -> None:
        self.role = role
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.drills.players", role],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._heard = heard
        self.send(facts)
        self._reader = threading.Thread(target=self._read, name=f"reader-{role}", daemon=True)
        self._reader.start()

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # nobody hears it any more
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> None:
        with contextlib.suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._heard.put((self, json.loads(line)))
        self._heard.put((self, {"event": "gone"}))


class World:
    """One company's first job on one state folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)
        self.company = Company()
        self.documents = folder / "documents"
        self.documents.mkdir(parents=True)
        self.source = self.documents / "投标文件.pdf"
        write_bid_document(self.source, self.company.name, pages=1)
        self.source_bytes = self.source.read_bytes()
        self.heard: queue.Queue[tuple[Child, dict[str, Any]]] = queue.Queue()
        self.children: dict[str, Child] = {}
        self.interrupted: list[dict[str, str]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.facts: dict[str, Any] = {}
        self.handle: PlatformHandle | None = None
        self._mobiles = iter([self.company.mobile, *(f"1370000{n:04d}" for n in range(1, 20))])
        self.mobile = ""

    # -- processes -------------------------------------------------------------------------------------------------

    def start(self, role: str) -> dict[str, Any]:
        """Start a process on the state as it is and wait until it is ready."""
        if role == "platform":
            facts: dict[str, Any] = {
                "platform_id": PLATFORM_ID,
                "name": PLATFORM_NAME,
                "control": CONTROL,
                "port": self.port,
            }
        else:
            facts = {**self.facts, "documents": str(self.documents)}
        child = Child(role, {**facts, "folder": str(self.folder / role)}, self.heard)
        self.children[role] = child
        end, of_others = time.monotonic() + START_S, []
        while True:
            source, message = self.heard.get(timeout=max(end - time.monotonic(), 0.1))
            if source is not child:
                of_others.append((source, message))
            elif message["event"] == "gone":
                raise AssertionError(f"{role} does not start")
            elif message["event"] == "ready":
                break
        for other in of_others:
            self.heard.put(other)
        if role == "platform":
            self._know(message)
        self.interrupted += message.get("interrupted", [])
        return message

    def start_all(self) -> None:
        for role in ("platform", "desktop", "phone"):
            self.start(role)

    def stop(self) -> None:
        for child in self.children.values():
            child.end()
        self.children.clear()

    def _know(self, ready: dict[str, Any]) -> None:
        self.facts = {
            "base_url": f"http://127.0.0.1:{self.port}",
            "control": CONTROL,
            "platform_id": PLATFORM_ID,
            "name": PLATFORM_NAME,
            "root": ready["root"],
            "issuing": ready["issuing"],
        }
        if self.handle is None:
            self.handle = PlatformHandle(
                base_url=self.facts["base_url"],
                control=CONTROL,
                platform_id=PLATFORM_ID,
                name=PLATFORM_NAME,
                root=bytes.fromhex(self.facts["root"]),
                issuing=tuple(bytes.fromhex(c) for c in self.facts["issuing"]),
            )

    # -- the story -------------------------------------------------------------------------------------------------

    def play(self, step: str, kill: Kill | None = None) -> Played:  # noqa: C901 - one loop over what is heard
        """Play one step as desktop and phone tell it; a killed platform is started again at once."""
        played = Played()
        command: dict[str, Any] = {"step": step}
        if step == "register":
            self.mobile = next(self._mobiles)
            command["with"] = {"mobile": self.mobile}
        latest = {"qr": "", "code": ""}
        state = {"scanning": False, "wants_code": False, "scans": 0}
        killed_at = 0.0
        self.children["desktop"].send(command)
        if kill is not None and kill.event == "asked":
            killed_at = self._kill(kill, played)
        end = time.monotonic() + STEP_S
        while played.problem is None:
            try:
                child, message = self.heard.get(timeout=max(min(end - time.monotonic(), 1.0), 0.01))
            except queue.Empty:
                if time.monotonic() > end:
                    played.problem = "never ended"
                continue
            if child is not self.children.get(child.role):
                continue
            event = message["event"] + (f":{message['stage']}" if message["event"] == "view" else "")
            if not played.events or played.events[-1] != event:
                played.events.append(event)
            self._follow(child.role, message, latest, state, played)
            if kill is not None and not played.killed and event == kill.event:
                killed_at = self._kill(kill, played)
                if kill.victim == "desktop":
                    break
        if killed_at:
            played.named_after_s = time.monotonic() - killed_at
        if state["scanning"]:
            self._wait_phone(played)
        return played

    def _follow(
        self, role: str, message: dict[str, Any], latest: dict[str, str], state: dict[str, Any], played: Played
    ) -> None:
        phone = self.children["phone"]
        if role == "desktop" and message["event"] == "view":
            latest["qr"], latest["code"] = message["qr"], message["code"]
            if message["stage"] == "showing" and message["qr"] and not state["scanning"] and not state["scans"]:
                state["scanning"], state["scans"] = True, state["scans"] + 1
                phone.send({"scan": message["qr"]})
            if state["wants_code"] and latest["code"]:
                state["wants_code"] = False
                phone.send({"code": latest["code"]})
        elif role == "desktop" and message["event"] == "ended":
            played.problem = message["problem"]
        elif role == "phone" and message["event"] == "shown" and message["needs_code"]:
            if latest["code"]:
                phone.send({"code": latest["code"]})
            else:
                state["wants_code"] = True
        elif role == "phone" and message["event"] == "result":
            played.phone_problem, state["scanning"] = message["problem"], False
            if message["problem"]:
                # The person sees that the phone has ended and gives up this code; the step is played again.
                self.children["desktop"].send({"cancel": True})

    def _kill(self, kill: Kill, played: Played) -> float:
        # The offset inside a step is what the drill varies; nothing can be waited for instead.
        threading.Event().wait(kill.delay_s)
        self.children[kill.victim].kill()
        played.killed = kill.victim
        at = time.monotonic()
        if kill.victim == "platform":
            self.start("platform")
        elif kill.victim == "phone":
            # The person sees a dead phone and gives up the scan at the desktop.
            self.children["desktop"].send({"cancel": True})
        else:
            played.problem = "killed"
        return at

    def _wait_phone(self, played: Played) -> None:
        if played.killed == "phone":
            return
        if played.killed == "desktop":
            self.children["phone"].send({"cancel": True})
        end = time.monotonic() + NAMED_WITHIN_S
        while time.monotonic() < end:
            try:
                child, message = self.heard.get(timeout=0.5)
            except queue.Empty:
                continue
            if child.role == "phone" and message["event"] == "result":
                played.phone_problem = message["problem"]
                return
        played.phone_problem = "crashed: no named state on the phone"

    def recover(self, played: Played) -> None:
        """Start the victim again."""
        if played.killed in ("desktop", "phone"):
            self.start(played.killed)

    def between(self, step: str) -> None:
        """Do the review desk's part, and what the phone does by itself after a start."""
        assert self.handle is not None
        if step == "order":
            for order in self.handle.signed_in(OPERATOR_MOBILE).orders_to_review():
                self.handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
        elif step == "apply":
            for seal in self.handle.signed_in(OPERATOR_MOBILE).seals_to_review():
                self.handle.signed_in(OPERATOR_MOBILE).review_seal(seal.seal_id, approve=True)
        elif step == "download":
            self.children["phone"].send({"complete": self.mobile})
            while True:
                child, message = self.heard.get(timeout=30)
                if child.role == "phone" and message["event"] == "result":
                    assert message == {"event": "result", "outcome": "completed", "problem": "1 certificates"}, message
                    return

    # -- what must be true -----------------------------------------------------------------------------------------

    def faults(self) -> list[str]:
        """Return everything that is wrong with the state now."""
        assert self.handle is not None
        profile = self.handle.profile
        anchors = TrustAnchors(roots=(profile.root,), intermediates=profile.issuing)
        found = database_faults(self.folder / "platform" / "platform.sqlite", PLATFORM_RULES)
        found += database_faults(self.folder / "desktop" / "journal.sqlite", {})
        found += document_faults(
            self.documents, [self.source_bytes], anchors=anchors, trust=self.folder / "desktop" / "trust"
        )
        return found + scrap(self.folder / "desktop") + scrap(self.folder / "phone") + scrap(self.folder / "platform")
