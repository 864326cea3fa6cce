"""Files that several threads change at once keep what each of them has changed."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desktop.protocol.challenge import Enrolment
from desktop.store import pins
from desktop.store.bids import BidNote, BidNotes
from desktop.store.pins import PinnedRecipient, PinStore
from desktop.store.settings import Settings, SettingsStore
from desktop.store.workstation import StoredEnrolment, WorkstationStore
from tests.store.at_once import at_once, let_in_together

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNITS = ("A", "B", "C")
ENROLMENT = Enrolment(certificate=b"x", issued_at=int(NOW.timestamp()), signature=b"y")


def enrolment(unit: str) -> StoredEnrolment:
    return StoredEnrolment(
        credit_code=unit, organization=unit, name="投标工位一", key_point=b"k", serial="1", enrolment=ENROLMENT
    )


def test_choices_that_are_made_at_once_are_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    changes: tuple[dict[str, Any], ...] = ({"language": "en"}, {"last_mobile": "1"}, {"platform_profile": "other"})
    with monkeypatch.context() as patch:
        let_in_together(patch, SettingsStore, "load", len(changes))
        at_once(partial(SettingsStore(path).change, **each) for each in changes)
    assert SettingsStore(path).load() == Settings(language="en", last_mobile="1", platform_profile="other")


def test_bids_that_are_noted_at_once_are_all_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [BidNote(credit_code="C", tender="T", lot=lot, deadline=NOW) for lot in ("1", "2", "3")]
    with monkeypatch.context() as patch:
        let_in_together(patch, BidNotes, "_read", len(notes))
        at_once(partial(BidNotes(tmp_path / "bids.json").note, each, NOW) for each in notes)
    assert BidNotes(tmp_path / "bids.json").of("C", NOW) == tuple(notes)


def test_enrolments_for_several_units_at_once_are_all_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = WorkstationStore(tmp_path / "workstation.json")
    with monkeypatch.context() as patch:
        let_in_together(patch, WorkstationStore, "enrolments", len(UNITS))
        at_once(partial(store.add, enrolment(unit)) for unit in UNITS)
    assert {each.credit_code for each in store.enrolments()} == set(UNITS)


def test_certificate_that_is_forgotten_while_another_is_confirmed_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pin(name: str) -> PinnedRecipient:
        certificate = SimpleNamespace(sha256=name.encode(), der=name.encode())
        return PinnedRecipient(
            certificate=cast("Any", certificate), signing_serial=name, confirmed_at=NOW, ceremony=name.encode()
        )

    monkeypatch.setattr(pins, "_from_json", lambda stored: pin(stored["signing_serial"]))
    store = PinStore(tmp_path / "recipients.json")
    store.add(pin("lost"))
    with monkeypatch.context() as patch:
        let_in_together(patch, PinStore, "all", 2)
        at_once((partial(store.remove, b"lost"), partial(store.add, pin("new"))))
    assert [each.signing_serial for each in store.all()] == ["new"]
