"""T27: what the platform could learn: every byte that it is sent and everything that it keeps, searched.

Real ceremonies (download, enrolment, claim, seal, login) against a platform that records its whole traffic; then the
recording and the platform's folder, database included, are searched for what must never be there, in every form in
which it could hide. The control is what the platform has to get: the same search finds it.
"""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from desktop.crypto.cms_share import open_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import export_pkcs8
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Verdict
from desktop.formats.package.opening import key_of
from desktop.formats.package.reading import read_package
from desktop.phone.core import FileDeviceSecrets, PhoneOutcome, secret_password
from desktop.phone.core.keystore import Keystore
from desktop.protocol.qr import read_qr
from desktop.server.app import create_app
from desktop.server.demo import seed
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from desktop.services.ceremony import Stage
from desktop.services.login import LoginAction
from desktop.services.opening import OpenAction, RehearseAction
from desktop.services.sealing import SealAction
from desktop.testing.rig import (
    CHEAP,
    PASSWORD,
    PLATFORM_ID,
    PLATFORM_NAME,
    HeadlessScan,
    PlatformHandle,
    Scan,
)
from tests.bids.conftest import Bidder
from tests.services.conftest import clock, company, phone, workspace
from tests.services.test_threats import Unit, source, unit

__all__ = ["clock", "company", "phone", "source", "unit", "workspace"]
CONTROL = "0" * 64
PIECE, PIECES = 24, 30


class Recorder:
    """Between the network and the platform: keeps every path, header and body of both directions."""

    def __init__(self, app: Any, seen: list[bytes]) -> None:
        self._app, self._seen = app, seen

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._seen += [scope["raw_path"], scope["query_string"], *(part for pair in scope["headers"] for part in pair)]

        async def heard() -> Any:
            message = await receive()
            self._seen.append(message.get("body", b""))
            return message

        async def said(message: Any) -> None:
            self._seen.append(message.get("body", b""))
            self._seen.extend(part for pair in message.get("headers", ()) for part in pair)
            await send(message)

        await self._app(scope, heard, said)


@pytest.fixture
def seen() -> list[bytes]:
    return []


@pytest.fixture
def handle(tmp_path: Path, clock: ManualClock, seen: list[bytes]) -> Iterator[PlatformHandle]:
    settings = ServerSettings(
        state_folder=tmp_path / "platform",
        platform_id=PLATFORM_ID,
        name=PLATFORM_NAME,
        control_token=CONTROL,
        sms_pause_s=0,
    )
    app = create_app(settings, clock, os.urandom)
    seed(app.state.platform)
    app.add_middleware(Recorder, seen=seen)
    authority = app.state.platform.authority
    with ThreadedServer(app) as base_url:
        yield PlatformHandle(
            base_url=base_url,
            control=CONTROL,
            platform_id=PLATFORM_ID,
            name=PLATFORM_NAME,
            root=authority.root,
            issuing=(authority.issuing,),
        )


def forms(value: bytes) -> set[bytes]:
    """The forms in which bytes travel: as they are, hex, and base64 wherever in a longer text they stand."""
    found = {value, value.hex().encode(), value.hex().upper().encode()}
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + value)
        inner = encoded[-(-shift * 4 // 3) : len(encoded) // 4 * 4 - 4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def found_in(haystack: bytes, canaries: dict[str, bytes]) -> set[str]:
    return {name for name, value in canaries.items() if any(form in haystack for form in forms(value))}


def kept(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def pieces(name: str, data: bytes) -> dict[str, bytes]:
    """Stretches from all over a document, each long enough to mean something."""
    step = max(len(data) // PIECES, PIECE)
    return {f"{name} at {at}": data[at : at + PIECE] for at in range(0, len(data) - PIECE, step)}


def key_store(phone_folder: Path) -> Keystore:
    device = FileDeviceSecrets(phone_folder, os.urandom)
    return Keystore(folder=phone_folder / "keys", device=device, random=os.urandom, cost=CHEAP)


def private_keys(store: Keystore) -> dict[str, bytes]:
    """The private keys on the phone, as numbers and as PKCS#8."""
    secrets: dict[str, bytes] = {}
    for entry in store.entries():
        pair = store.unlock(entry.entry_id, secret_password(PASSWORD)).keys
        assert pair is not None
        for name, key in (("sign", pair.sign), ("enc", pair.enc)):
            assert isinstance(key, ec.EllipticCurvePrivateKey)
            secrets[f"{name} key"] = key.private_numbers().private_value.to_bytes(32, "big")
            secrets[f"{name} key, PKCS#8"] = export_pkcs8(key)
    return secrets


def keys_of_bid(path: Path, phone_keys: Keystore) -> dict[str, bytes]:
    """The share, the key of the envelope and the content key of a bid, as its bidder can compute them."""
    with path.open("rb") as file:
        package = read_package(file, path.stat().st_size, lambda *_: None)
    (envelope,) = package.header.envelopes
    (group,) = envelope.groups
    (entry,) = phone_keys.entries()
    pair = phone_keys.unlock(entry.entry_id, secret_password(PASSWORD)).keys
    assert pair is not None
    label = package.header.label(envelope, group)
    cms = package.shares[envelope.envelope_id, group.group_id]
    share = open_share(cms, key=pair.enc, key_id=group.recipients[0].sha256, label=label)
    kek = key_of(package, envelope, {group.group_id: share}).reveal()
    head = package.payloads[envelope.envelope_id].head
    return {"share": share.reveal(), "envelope key": kek, "content key": aes_key_unwrap(kek, head.wrapped_key)}


def test_the_search_finds_every_form_wherever_it_stands() -> None:
    canary = bytes(range(100, 132))
    for before in (b"", b"x", b"xy", b"xyz"):
        for wrapped in (
            canary,
            canary.hex().encode(),
            base64.b64encode(before + canary + b"!"),
            base64.urlsafe_b64encode(before + canary),
        ):
            assert found_in(b"[" + before + wrapped + b"]", {"canary": canary}) == {"canary"}
    assert found_in(bytes(1000), {"canary": canary}) == set()


def test_t27_the_platform_gets_and_keeps_no_document_no_key_and_no_password(
    unit: Unit, source: Path, seen: list[bytes], tmp_path: Path
) -> None:
    codes: list[str] = []

    def scan(action: Any) -> None:
        desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
        codes.append(desk.wait(Stage.SHOWING).qr_text)
        person = Scan(unit.phone, codes[-1], typed_code=lambda: desk.wait(Stage.CLAIMED).check_code)
        assert person.result().outcome is PhoneOutcome.DONE
        desk.end()

    with open_document(source, unit.workspace.folder.work) as document:
        job = unit.job(source, document)
        scan(SealAction(unit.workspace, certificate=unit.facts, jobs=(job,)))
    unit.workspace.account.sign_out()
    scan(LoginAction(unit.workspace, credit_code=unit.company.credit_code))
    assert unit.verdict(job.target) is Verdict.VALID

    secret = {
        **pieces("document", source.read_bytes()),
        "document's hash": sha256(source.read_bytes()),
        "certificate password": PASSWORD.encode(),
        **private_keys(key_store(tmp_path / "phone")),
        **{f"secret of code {n}": read_qr(text, unit.handle.base_url).secret for n, text in enumerate(codes)},
    }
    public = {
        "imprint": unit.seal.imprint_png[200 : 200 + PIECE],  # a short stretch: a database spreads long values
        "credit code": unit.company.credit_code.encode(),
        "serial": unit.facts.serial.encode(),
    }
    assert len(codes) == 2
    assert sum(name.startswith("document at") for name in secret) > 20
    traffic, at_rest = b"\0".join(seen), kept(tmp_path / "platform")
    assert found_in(traffic, public) == set(public)
    assert found_in(traffic, secret) == set()
    assert found_in(at_rest, public) == set(public)
    assert found_in(at_rest, secret) == set()
    assert found_in(source.read_bytes(), secret) == set(pieces("document", source.read_bytes()))


def test_t27_bids_packed_rehearsed_and_opened_give_the_platform_no_content_key_and_no_price(
    unit: Unit, seen: list[bytes], clock: ManualClock, tmp_path: Path
) -> None:
    documents = tmp_path / "bid"
    documents.mkdir()
    bidder = Bidder(
        platform=unit.handle,  # type: ignore[arg-type]  # asked by second_phone only
        workspace=unit.workspace,
        phone=unit.phone,
        company=unit.company,
        documents=documents,
        clock=clock,
    )
    content = os.urandom(3000)
    path = bidder.pack(bidder.order(bidder.envelope(files=(bidder.file("标书.pdf", content),))))
    for action in (RehearseAction, OpenAction):
        job = bidder.job(path)
        view, result = bidder.scan(action(bidder.workspace, **bidder.own(), jobs=(job,)))
        assert (view.problem, result.is_success) == ("", True)
    assert (job.target / "标书.pdf").read_bytes() == content

    store = key_store(tmp_path / "phone")
    secret = {
        **pieces("document", content),
        "price": b"1234567.80",
        "hash of the package": sha256(path.read_bytes()),
        "certificate password": PASSWORD.encode(),
        **keys_of_bid(path, store),
        **private_keys(store),
    }
    public = {"certificate": unit.facts.der[-PIECE:]}
    for what in (b"\0".join(seen), kept(tmp_path / "platform")):
        assert found_in(what, public) == set(public)
        assert found_in(what, secret) == set()
    share = {name: value for name, value in secret.items() if name in ("share", "content key")}
    assert found_in(b"x" + base64.b64encode(b"".join(share.values())), share) == set(share)
