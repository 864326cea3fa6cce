"""Attack: a photographer and a full mailbox, yesterday's frames in today's mailbox, clocks that jump, swapped files.

Real platform, real phone, real session; what the attacker does, he does over HTTP or on the disk.
"""

import base64
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.phone.core import PhoneOutcome
from desktop.protocol.qr import read_qr
from desktop.server.relay.mailboxes import MAX_SLOTS, Mailboxes
from desktop.services.ceremony import Stage
from desktop.services.login import LoginAction
from desktop.services.sealing import SealAction
from desktop.services.seals import load_seal
from desktop.testing.rig import HeadlessScan, Scan, scan_headless
from tests.services.test_threats import Unit


def login(unit: Unit) -> HeadlessScan:
    code = unit.company.credit_code
    return HeadlessScan(unit.workspace, LoginAction(unit.workspace, credit_code=code), credit_code=code)


def box_of(unit: Unit, qr_text: str) -> str:
    token = read_qr(qr_text, unit.handle.base_url).token.hex()
    return f"{unit.handle.base_url}/relay/v1/mailboxes/{token}"


def post(url: str, body: bytes) -> int:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, data=body, timeout=10).status_code


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What the relay sees from phones: slot and frame."""
    seen: list[tuple[str, bytes]] = []
    original: Callable[..., int] = Mailboxes.put_frame

    def tap(self: Mailboxes, token: str, slot_id: str, frame: bytes) -> int:
        seen.append((slot_id, frame))
        return original(self, token, slot_id, frame)

    monkeypatch.setattr(Mailboxes, "put_frame", tap)
    return seen


def test_t51_a_photographer_who_fills_all_slots_stops_one_code_and_no_more(unit: Unit) -> None:
    desk = login(unit)
    box = box_of(unit, desk.wait(Stage.SHOWING).qr_text)
    taken = [post(f"{box}/slots/{number:032x}", b"\x01junk") for number in range(MAX_SLOTS)]
    assert taken == [202] * MAX_SLOTS
    with pytest.raises(RejectedError, match=r"platform\.mailbox_full"):
        Scan(unit.phone, desk.wait(Stage.SHOWING).qr_text).result()
    assert desk.views[-1].stage is Stage.SHOWING
    before = desk.views[-1].qr_text
    desk.session.renew()
    changed = threading.Event()
    for _ in range(200):
        if desk.views[-1].qr_text and box_of(unit, desk.views[-1].qr_text) != box_of(unit, before):
            break
        changed.wait(0.05)
    assert Scan(unit.phone, desk.views[-1].qr_text).result().outcome is PhoneOutcome.DONE
    assert desk.end().problem == ""


def test_t01_frames_of_an_earlier_ceremony_do_nothing_in_a_later_one(
    frames: list[tuple[str, bytes]], unit: Unit
) -> None:
    code = unit.company.credit_code
    action = LoginAction(unit.workspace, credit_code=code)
    view, _ = scan_headless(unit.workspace, unit.phone, action, credit_code=code)
    assert view.problem == ""
    old = list(frames)
    assert len(old) > 4
    desk = login(unit)
    box = box_of(unit, desk.wait(Stage.SHOWING).qr_text)
    for slot, frame in old[-MAX_SLOTS + 1 :]:
        post(f"{box}/slots/{slot}", frame)
    assert Scan(unit.phone, desk.wait(Stage.SHOWING).qr_text).result().outcome is PhoneOutcome.DONE
    assert desk.end().problem == ""
    done = [e for e in unit.workspace.parts.journal.recent() if e.operation == "login"]
    assert len({e.ceremony_id for e in done}) == 2


def test_two_ceremonies_of_one_desktop_do_not_take_each_others_answers(
    frames: list[tuple[str, bytes]], unit: Unit
) -> None:
    first, second = login(unit), login(unit)
    boxes = [box_of(unit, desk.wait(Stage.SHOWING).qr_text) for desk in (first, second)]
    start = len(frames)
    assert Scan(unit.phone, first.wait(Stage.SHOWING).qr_text).result().outcome is PhoneOutcome.DONE
    for slot, frame in frames[start:]:
        post(f"{boxes[1]}/slots/{slot}", frame)
    assert second.views[-1].stage is Stage.SHOWING
    assert Scan(unit.phone, second.wait(Stage.SHOWING).qr_text).result().outcome is PhoneOutcome.DONE
    assert [first.end().problem, second.end().problem] == ["", ""]


def test_t03_a_clock_that_jumps_while_the_phone_signs_ends_the_ceremony_and_seals_nothing(
    unit: Unit, source: Path, clock: ManualClock
) -> None:
    signing, go_on = threading.Event(), threading.Event()

    class Slow:
        """The holder is called away while the consent is on the screen."""

        def __getattr__(self, name: str) -> Any:
            return getattr(unit.phone, name)

        def scan(self, text: str) -> Any:
            scanned = unit.phone.scan(text)
            approve = scanned.approve

            def late(*args: Any, **named: Any) -> Any:
                signing.set()
                assert go_on.wait(20)
                return approve(*args, **named)

            scanned.approve = late  # type: ignore[method-assign,assignment]
            return scanned

    phone: Any = Slow()
    code = unit.company.credit_code
    with open_document(source, unit.workspace.folder.work) as document:
        job = unit.job(source, document)
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(job,))
        desk = HeadlessScan(unit.workspace, action, credit_code=code)
        scan = Scan(phone, desk.wait(Stage.SHOWING).qr_text)
        assert signing.wait(20)
        clock.advance(24 * 3600)
        view = desk.end()
        go_on.set()
        try:
            outcome: object = scan.result().outcome
        except Exception as error:  # noqa: BLE001 - whatever the phone says, it is not "done"
            outcome = error
    assert view.stage is Stage.PROBLEM
    assert view.problem
    assert outcome is not PhoneOutcome.DONE
    assert not job.target.exists()


def test_t07_a_link_planted_where_the_sealed_file_goes_is_neither_followed_nor_replaced(
    unit: Unit, source: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"precious")
    with open_document(source, unit.workspace.folder.work) as document:
        job = unit.job(source, document)
        job.target.symlink_to(precious)
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(job,))
        view, _ = scan_headless(unit.workspace, unit.phone, action, credit_code=unit.company.credit_code)
    assert view.problem == ""
    assert precious.read_bytes() == b"precious"
    assert job.target.is_symlink()
    (made,) = (Path(d.target) for d in view.details)
    assert made != job.target
    assert unit.verdict(made) is Verdict.VALID


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_t15_a_seal_file_changed_on_disk_is_not_used(unit: Unit, where: float) -> None:
    (record,) = unit.workspace.api.seals()
    kept = unit.workspace.folder.seals / f"{record.seal_id}.seal"
    data = bytearray(kept.read_bytes())
    data[int(len(data) * where)] ^= 1
    kept.write_bytes(data)
    assert load_seal(unit.workspace, record, unit.facts) == unit.seal


@pytest.mark.parametrize("field", ["credit_code", "organization", "name", "issued_at", "signature", "certificate"])
def test_t04_an_edited_enrolment_opens_nothing(unit: Unit, source: Path, field: str) -> None:
    path = unit.workspace.folder.workstation
    document = json.loads(path.read_text(encoding="utf-8"))
    entry = document["enrolments"][0]
    if field == "issued_at":
        entry[field] += 1
    elif field in ("signature", "certificate"):
        raw = bytearray(base64.b64decode(entry[field]))
        raw[len(raw) // 2] ^= 1
        entry[field] = base64.b64encode(raw).decode()
    else:
        entry[field] = entry[field][:-1] + "X"
    path.write_text(json.dumps(document), encoding="utf-8")
    with open_document(source, unit.workspace.folder.work) as document_open:
        job = unit.job(source, document_open)
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(job,))
        desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
        try:
            shown = desk.wait(Stage.SHOWING)
        except TimeoutError:
            assert desk.end().problem
        else:
            try:
                outcome: object = Scan(unit.phone, shown.qr_text).result().outcome
            except Exception as error:  # noqa: BLE001 - any refusal will do
                outcome = error
            # The organization's name in this file is for lists; the signed challenge takes the certificate's.
            assert (outcome is PhoneOutcome.DONE) is (field == "organization")
            desk.session.cancel()
            desk.end()
    assert job.target.exists() is (field == "organization")
