"""The people of a drill, each in a process that can be killed: `python -m tests.drills.players desktop|phone|platform`.

Each reads one JSON line of facts, then commands, one a line, and tells what happens as JSON lines. Steps are
idempotent, as a person is who looks first whether a thing was done already.
"""

import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
from keyring.backend import KeyringBackend

from desktop.domain.clock import SystemClock
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import OrderState, SealKind, SealState
from desktop.phone.core import FileDeviceSecrets, Phone, RelayTiming, RequestsHttp
from desktop.testing.demo_files import Company
from desktop.testing.rig import CHEAP, PASSWORD, PlatformHandle, order_form, seal_form

_TELLING = threading.Lock()


def tell(event: str, **facts: Any) -> None:
    with _TELLING:
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()


def commands() -> Iterator[dict[str, Any]]:
    while line := sys.stdin.readline():
        yield json.loads(line)


class FileKeyring(KeyringBackend):
    """A keyring that outlives its process."""

    priority = 1

    def __init__(self, path: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._path = path

    def _all(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._path.read_text("utf-8")) if self._path.is_file() else {}
        return found

    def _keep(self, entries: dict[str, str]) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(entries), "utf-8")
        new.replace(self._path)

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep({**self._all(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        self._keep({name: value for name, value in self._all().items() if name != f"{service}/{username}"})


def handle_of(facts: dict[str, Any]) -> PlatformHandle:
    return PlatformHandle(
        base_url=facts["base_url"],
        control=facts["control"],
        platform_id=facts["platform_id"],
        name=facts["name"],
        root=bytes.fromhex(facts["root"]),
        issuing=tuple(bytes.fromhex(c) for c in facts["issuing"]),
    )


class Desktop:
    """A workstation's services without a window; what a person sees is told."""

    def __init__(self, facts: dict[str, Any]) -> None:
        from desktop.services.workspace import open_workspace
        from desktop.store.paths import DataFolder

        self.company = Company()
        self.handle = handle_of(facts)
        self.documents = Path(facts["documents"])
        keyring.set_keyring(FileKeyring(Path(facts["folder"]).with_name("keyring.json")))
        self.workspace = open_workspace(
            profile=self.handle.profile,
            folder=DataFolder(root=Path(facts["folder"])),
            clock=SystemClock(),
            random=os.urandom,
            name="投标工位一",
        )
        interrupted = [
            {"operation": e.operation, "subject": e.subject} for e in self.workspace.parts.journal.mark_interrupted()
        ]
        self.session: Any = None
        tell("ready", interrupted=interrupted)

    def obey(self, command: dict[str, Any]) -> None:
        if "cancel" in command:
            if self.session is not None:
                self.session.cancel()
            return
        threading.Thread(target=self._step, args=(command,), daemon=True).start()

    def _step(self, command: dict[str, Any]) -> None:
        try:
            problem = getattr(self, f"_{command['step']}")(**command.get("with", {}))
        except BidSealError as error:
            problem = error.code
        except Exception as error:  # noqa: BLE001 - told to the drill, which fails
            problem = f"crashed: {type(error).__name__} {error}"
        tell("ended", step=command["step"], problem=problem or "")

    def _scan(self, action: Any, credit_code: str) -> str:
        views: list[Any] = []
        over = threading.Event()

        def take(view: Any) -> None:
            views.append(view)
            tell("view", stage=str(view.stage), qr=view.qr_text, code=view.check_code, problem=view.problem)
            if view.is_over:
                over.set()

        self.session = self.workspace.session(action, credit_code=credit_code, publish=take)
        self.session.start()
        over.wait(60.0)
        self.session.join(10.0)
        if not over.is_set():
            return "never ended"
        return str(views[-1].problem or next((d.code for d in views[-1].details if d.code), ""))

    def _signed_in(self) -> None:
        if self.workspace.account.account is None and not self.workspace.account.resume():
            raise RejectedError("portal.signed_out")
        # As the window does when a certificate has come: the first one makes its holder a member of the unit.
        self.workspace.account.refresh()

    def _register(self, mobile: str) -> None:
        if self.workspace.account.resume():
            return
        self.workspace.account.send_code(mobile)
        self.workspace.account.sign_in_by_sms(mobile, self.handle.sms_code(mobile), remember=True)

    def _order(self) -> None:
        self._signed_in()
        if not self.workspace.api.orders():
            self.workspace.api.place_order(order_form(self.company))

    def _download(self) -> str:
        from desktop.services.download import DownloadAction

        self._signed_in()
        (order,) = self.workspace.api.orders()
        if order.state is OrderState.COMPLETED:
            return ""
        return self._scan(DownloadAction(self.workspace, order), self.company.credit_code)

    def _enrol(self) -> str:
        from desktop.services.enrol import EnrolAction

        self._signed_in()
        if self.workspace.workstation.is_enrolled_for(self.company.credit_code):
            return ""
        return self._scan(EnrolAction(self.workspace), self.company.credit_code)

    def _apply(self) -> None:
        from desktop.signing.imprint.synthetic import SealText, draw_seal

        self._signed_in()
        if not self.workspace.api.seals():
            (certificate,) = self.workspace.api.certificates()
            imprint = draw_seal(SealKind.OFFICIAL, SealText(name=self.company.name))
            self.workspace.api.apply_for_seal(seal_form(certificate.serial, imprint))

    def _claim(self) -> str:
        from desktop.services.seals import ClaimSealAction

        self._signed_in()
        (seal,) = self.workspace.api.seals()
        if seal.state is SealState.CLAIMED:
            return ""
        action = ClaimSealAction(self.workspace, seal, credit_code=self.company.credit_code)
        return self._scan(action, self.company.credit_code)

    def _login(self) -> str:
        from desktop.services.login import LoginAction

        self.workspace.account.sign_out()
        action = LoginAction(self.workspace, credit_code=self.company.credit_code)
        return self._scan(action, self.company.credit_code)

    def _seal(self) -> str:
        from desktop.crypto.certificates import read_certificate
        from desktop.documents import open_document
        from desktop.services.placing import Placement
        from desktop.services.sealing import Job, SealAction, free_target
        from desktop.services.seals import load_seal

        self._signed_in()
        source = self.documents / "投标文件.pdf"
        (certificate,) = self.workspace.api.certificates()
        facts = read_certificate(certificate.sign_cert)
        (record,) = self.workspace.api.seals()
        seal = load_seal(self.workspace, record, facts)
        with open_document(source, self.workspace.folder.work) as document:
            job = Job(
                name=source.name,
                snapshot=document.facts.snapshot,
                source_sha256=document.facts.sha256,
                size=document.facts.size,
                pages=len(document.facts.pages),
                placements=(Placement(seal=seal, page_index=0, x_mm=20, y_mm=20),),
                target=free_target(source),
            )
            return self._scan(SealAction(self.workspace, certificate=facts, jobs=(job,)), self.company.credit_code)


class PhoneInHand:
    """A person with the phone: scans, reads, agrees."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.handle = handle_of(facts)
        folder = Path(facts["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        self.phone = Phone(
            folder=folder,
            profile=self.handle.phone_profile,
            clock=SystemClock(),
            random=os.urandom,
            http=RequestsHttp(self.handle.base_url, SystemClock()),
            device_secrets=FileDeviceSecrets(folder, os.urandom),
            cost=CHEAP,
            name="张伟的手机",
            # A person who gives up is heard after a poll at the latest; short ones keep the drill short.
            timing=RelayTiming(poll_s=1.0),
        )
        self._left = threading.Event()
        self._code = threading.Event()
        self._typed = ""
        tell("ready", certificates=len(self.phone.certificates()), unfinished=len(self.phone.unfinished_downloads()))

    def obey(self, command: dict[str, Any]) -> None:
        if "scan" in command:
            self._code.clear()
            self._left = threading.Event()
            threading.Thread(target=self._named, args=(lambda: self._scan(command["scan"]),), daemon=True).start()
        elif "code" in command:
            self._typed = command["code"]
            self._code.set()
        elif "cancel" in command:
            self._left.set()
            self._code.set()
        else:
            self._named(lambda: self._complete(command["complete"]))

    @staticmethod
    def _named(work: Callable[[], tuple[str, str]]) -> None:
        try:
            outcome, code = work()
        except BidSealError as error:
            outcome, code = "problem", error.code
        except Exception as error:  # noqa: BLE001 - told to the drill, which fails
            outcome, code = "crashed", f"crashed: {type(error).__name__} {error}"
        tell("result", outcome=outcome, problem=code)

    def _scan(self, text: str) -> tuple[str, str]:
        from desktop.phone.core import secret_password

        left = self._left
        scanned = self.phone.scan(text, cancel=left)
        tell("scanned")
        if not scanned.wait_accepted(left):
            assert scanned.result is not None
            return str(scanned.result.outcome), scanned.result.code
        shown = scanned.view
        tell("shown", needs_code=shown.needs_code)
        if shown.needs_code:
            self._code.wait(20.0)
        serial = shown.certificates[0].serial if shown.certificates else None
        scanned.approve(serial, secret_password(PASSWORD), self._typed if shown.needs_code else "")
        tell("approved")
        result = scanned.wait_result(left)
        return str(result.outcome), result.code

    def _complete(self, mobile: str) -> tuple[str, str]:
        if self.phone.unfinished_downloads():
            self.phone.send_sms(mobile)
            self.phone.log_in_by_sms(mobile, self.handle.sms_code(mobile))
            self.phone.complete_downloads()
        return "completed", f"{len(self.phone.certificates())} certificates"


def serve_platform(facts: dict[str, Any]) -> None:
    from desktop.server.app import create_app
    from desktop.server.demo import seed
    from desktop.server.serving import Server
    from desktop.server.settings import ServerSettings

    settings = ServerSettings(
        state_folder=Path(facts["folder"]),
        platform_id=facts["platform_id"],
        name=facts["name"],
        control_token=facts["control"],
        sms_pause_s=0,
    )
    app = create_app(settings, SystemClock(), os.urandom)
    seed(app.state.platform)
    authority = app.state.platform.authority

    def announce() -> None:
        tell("ready", root=authority.root.hex(), issuing=[authority.issuing.hex()])

    server = Server(app, announce)

    def end_with_stdin() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        server.stop()

    threading.Thread(target=end_with_stdin, daemon=True).start()
    server.run(sockets=[_listen_again(facts["port"])])


def _listen_again(port: int) -> socket.socket:
    """Listen on a port whose last owner was killed a moment ago, as a service manager would have it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def main(role: str) -> int:
    facts = json.loads(sys.stdin.readline())
    if role == "platform":
        serve_platform(facts)
        return 0
    player: Desktop | PhoneInHand = Desktop(facts) if role == "desktop" else PhoneInHand(facts)
    for command in commands():
        player.obey(command)
    # Daemon threads of a scan may hold on for their time-outs; the person has gone home.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
