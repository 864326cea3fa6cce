"""Attacks on the workstation's use cases with a real platform and a real phone; each with its honest twin (threats.md).

Names carry the number of the threat. Nothing is mocked; what an attacker would have to change is changed for real.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.suites import generate_p256, sign
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import OrderState, SealKind, SealState, Verdict
from desktop.formats.seal import SealObject, write_seal
from desktop.phone.core import Phone, PhoneOutcome, secret_password
from desktop.portal.http import HttpClient
from desktop.protocol.messages import Outcome
from desktop.protocol.qr import read_qr
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.enrol import EnrolAction
from desktop.services.login import LoginAction
from desktop.services.placing import Placement
from desktop.services.sealing import Job, SealAction, free_target
from desktop.services.seals import ClaimSealAction, load_seal, open_seal
from desktop.services.workspace import Workspace, open_workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.signing.pdf import verify_pdf
from desktop.store.journal import EntryState
from desktop.store.paths import DataFolder
from desktop.testing.demo_files import drawn_seal, write_bid_document
from desktop.testing.rig import (
    OPERATOR_MOBILE,
    PASSWORD,
    Company,
    HeadlessScan,
    PlatformHandle,
    Scan,
    make_phone,
    order_form,
    scan_headless,
    seal_form,
)
from tests.services.test_story import certify, register

DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A company that has everything: certificate on the phone, enrolled workstation, claimed seal."""

    workspace: Workspace
    handle: PlatformHandle
    company: Company
    phone: Phone
    facts: CertificateFacts
    seal: SealObject
    seal_data: bytes

    def job(self, source: Path, document: Any) -> Job:
        return Job(
            name=source.name,
            snapshot=document.facts.snapshot,
            source_sha256=document.facts.sha256,
            size=document.facts.size,
            pages=len(document.facts.pages),
            placements=(Placement(seal=self.seal, page_index=0, x_mm=20, y_mm=20),),
            target=free_target(source),
        )

    def verdict(self, path: Path) -> Verdict:
        return verify_pdf(
            path,
            anchors=self.workspace.trust.anchors,
            revocation=self.workspace.trust.revocation(),
            now=self.workspace.clock.now(),
        ).verdict

    def revoke(self) -> None:
        self.handle.signed_in(OPERATOR_MOBILE).revoke_certificate(self.facts.serial, "key_compromise")
        clock = self.workspace.clock
        assert isinstance(clock, ManualClock)
        clock.advance(1)  # a certificate is revoked from its moment on, and this clock stands still


@pytest.fixture
def unit(workspace: Workspace, handle: PlatformHandle, company: Company, phone: Phone) -> Unit:
    register(workspace, handle, company)
    certify(workspace, handle, company, phone)
    (certificate,) = workspace.api.certificates()
    view, _ = scan_headless(workspace, phone, EnrolAction(workspace), credit_code=company.credit_code)
    assert view.outcome is Outcome.DONE
    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    applied = workspace.api.apply_for_seal(seal_form(certificate.serial, imprint))
    handle.signed_in(OPERATOR_MOBILE).review_seal(applied.seal_id, approve=True)
    (approved,) = workspace.api.seals()
    claim = ClaimSealAction(workspace, approved, credit_code=company.credit_code)
    view, _ = scan_headless(workspace, phone, claim, credit_code=company.credit_code)
    assert view.outcome is Outcome.DONE
    (claimed,) = workspace.api.seals()
    facts = read_certificate(certificate.sign_cert)
    return Unit(
        workspace=workspace,
        handle=handle,
        company=company,
        phone=phone,
        facts=facts,
        seal=load_seal(workspace, claimed, facts),
        seal_data=workspace.api.seal_object(claimed.seal_id),
    )


@pytest.fixture
def source(tmp_path: Path, company: Company) -> Path:
    path = tmp_path / "documents" / "投标文件.pdf"
    path.parent.mkdir()
    write_bid_document(path, company.name, pages=1)
    return path


def only_source(source: Path, content: bytes) -> bool:
    """Whether the folder holds the source as it was, and nothing else."""
    return list(source.parent.iterdir()) == [source] and source.read_bytes() == content


# -- T7: a file that changes after it was shown ------------------------------------------------------------------------


def tamper(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def sealing(unit: Unit, source: Path, at: Callable[[str, Path, SealAction], None]) -> tuple[CeremonyView, Job]:
    """Seal, letting `at` do something at each moment between opening and embedding."""
    with open_document(source, unit.workspace.folder.work) as document:
        job = unit.job(source, document)
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(job,))
        at("opened", job.snapshot, action)
        desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
        try:
            shown = desk.wait(Stage.SHOWING)
        except TimeoutError:
            return desk.end(), job
        at("shown", job.snapshot, action)
        person = Scan(unit.phone, shown.qr_text)
        desk.wait(Stage.CLAIMED)
        at("claimed", job.snapshot, action)
        person.result()
        return desk.end(), job


class SlowPhone:
    """Holds the phone's answer back until the test has done its mischief."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self.may_answer = threading.Event()

    def scan(self, text: str) -> Any:
        scanned: Any = self._phone.scan(text)
        real = scanned.approve

        def approve(*arguments: Any, **named: Any) -> Any:
            self.may_answer.wait(20)
            return real(*arguments, **named)

        scanned.approve = approve
        return scanned


SOURCE_CHANGES = ["opened", "shown", "claimed"]
COPY_CHANGES = [
    ("opened", "snapshot"),
    ("shown", "snapshot"),
    ("shown", "prepared"),
    ("claimed", "snapshot"),
    ("claimed", "prepared"),
]


@pytest.mark.parametrize("moment", SOURCE_CHANGES)
def test_t07_the_source_changed_after_opening_is_neither_sealed_nor_touched(
    unit: Unit, source: Path, moment: str
) -> None:
    """What is sealed is what was opened and shown; the changed file of the user stays as he changed it."""
    shown, slow = source.read_bytes(), SlowPhone(unit.phone)
    changed = shown + b"\n% changed by another program\n"

    def at(now: str, _snapshot: Path, _action: SealAction) -> None:
        if now == moment:
            source.write_bytes(changed)
        if now == "claimed":
            slow.may_answer.set()

    view, job = sealing(replace_phone(unit, slow), source, at)
    assert view.problem == ""
    assert source.read_bytes() == changed
    assert job.target.read_bytes().startswith(shown)
    assert b"changed by another program" not in job.target.read_bytes()
    assert unit.verdict(job.target) is Verdict.VALID


@pytest.mark.parametrize(("moment", "what"), COPY_CHANGES)
def test_t07_a_private_copy_changed_at_any_point_is_never_sealed(
    unit: Unit, source: Path, moment: str, what: str
) -> None:
    before, slow = source.read_bytes(), SlowPhone(unit.phone)

    def at(now: str, snapshot: Path, action: SealAction) -> None:
        if now == moment:
            tamper(snapshot if what == "snapshot" else action._prepared[0][1].prepared)
        if now == "claimed":
            slow.may_answer.set()

    view, job = sealing(replace_phone(unit, slow), source, at)
    assert view.stage is Stage.PROBLEM or view.outcome is Outcome.FAILED
    assert view.problem == "pdf.source_changed"
    assert not job.target.exists()
    assert only_source(source, before)


def test_t07_the_source_changed_before_opening_is_shown_and_sealed_as_it_then_is(unit: Unit, source: Path) -> None:
    write_bid_document(source, "另一家公司", pages=2)
    now, slow = source.read_bytes(), SlowPhone(unit.phone)
    slow.may_answer.set()
    view, job = sealing(replace_phone(unit, slow), source, lambda *_: None)
    assert view.problem == ""
    assert job.pages == 2
    assert source.read_bytes() == now
    assert unit.verdict(job.target) is Verdict.VALID


def replace_phone(unit: Unit, phone: Any) -> Unit:
    return replace(unit, phone=phone)


# -- T10, T11: which certificate may -----------------------------------------------------------------------------------


@pytest.fixture
def rival(handle: PlatformHandle, tmp_path: Path, clock: ManualClock) -> tuple[Workspace, Phone, Company]:
    """Another company with a workstation, a phone and a certificate of its own."""
    company = Company(
        name="湖南衡云高速公路工程有限公司",
        credit_code="91430000MA4L2B6X82",
        legal_representative="周立",
        holder="李娜",
        id_number="110101199003070038",
        mobile="13700137000",
    )
    workspace = open_workspace(
        profile=handle.profile,
        folder=DataFolder(root=tmp_path / "rival"),
        clock=clock,
        random=os.urandom,
        name="对手工位",
    )
    return workspace, make_phone(handle, tmp_path / "rival-phone", clock, name="李娜的手机"), company


def scan_other(workspace: Workspace, phone: Phone, action: Any, credit_code: str) -> tuple[CeremonyView, str]:
    """Let a phone scan that has no business with the code; return how both ended."""
    desk = HeadlessScan(workspace, action, credit_code=credit_code)
    shown = desk.wait(Stage.SHOWING)
    with pytest.raises(RejectedError) as caught:
        Scan(phone, shown.qr_text).result()
    desk.session.cancel()
    return desk.end(), caught.value.code


def test_t10_a_phone_of_another_unit_seals_nothing(unit: Unit, source: Path, rival: Any) -> None:
    workspace, phone, company = rival
    register(workspace, unit.handle, company)
    certify(workspace, unit.handle, company, phone)
    before = source.read_bytes()
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
        view, refusal = scan_other(unit.workspace, phone, action, unit.company.credit_code)
    assert refusal == "phone.no_certificate"
    assert view.problem == "ceremony.cancelled"
    assert only_source(source, before)


def test_t10_the_encryption_certificate_may_not_seal(unit: Unit, source: Path) -> None:
    (certificate,) = unit.workspace.api.certificates()
    before = source.read_bytes()
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(
            unit.workspace, certificate=read_certificate(certificate.enc_cert), jobs=(unit.job(source, document),)
        )
        view = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code).end()
    assert view.problem == "ceremony.certificate_invalid"
    assert only_source(source, before)


def test_t11_a_revoked_certificate_seals_nothing_and_logs_nobody_in(unit: Unit, source: Path) -> None:
    before = source.read_bytes()
    unit.revoke()
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
        view = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code).end()
    assert view.problem == "ceremony.certificate_invalid"
    assert only_source(source, before)
    unit.workspace.account.sign_out()
    login = LoginAction(unit.workspace, credit_code=unit.company.credit_code)
    view, result = scan_headless(unit.workspace, unit.phone, login, credit_code=unit.company.credit_code)
    assert view.problem == "ceremony.certificate_invalid"
    assert result.outcome is not PhoneOutcome.DONE
    assert unit.workspace.account.account is None


def test_t11_revoked_while_the_phone_signed_is_not_sealed(unit: Unit, source: Path) -> None:
    before, slow = source.read_bytes(), SlowPhone(unit.phone)

    def at(now: str, _snapshot: Path, _action: SealAction) -> None:
        if now == "claimed":
            unit.revoke()
            slow.may_answer.set()

    view, _ = sealing(replace_phone(unit, slow), source, at)
    assert view.problem == "ceremony.certificate_invalid"
    assert only_source(source, before)


# -- T12: the revocation source is down --------------------------------------------------------------------------------


@pytest.fixture
def no_crl(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform answers everything but its revocation lists."""
    real = HttpClient.request

    def request(self: HttpClient, method: str, path: str, **options: Any) -> bytes:
        if path.startswith("/pki/") and path.endswith(".crl"):
            raise UnavailableError("portal.unreachable", "crl")
        return real(self, method, path, **options)

    monkeypatch.setattr(HttpClient, "request", request)


@pytest.mark.usefixtures("no_crl")
def test_t12_a_cached_list_counts_until_its_next_update_and_then_nothing_is_sealed(
    unit: Unit, source: Path, clock: ManualClock
) -> None:
    before = source.read_bytes()

    def seal() -> CeremonyView:
        with open_document(source, unit.workspace.folder.work) as document:
            action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
            desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
            try:
                shown = desk.wait(Stage.SHOWING)
            except TimeoutError:
                return desk.end()
            Scan(unit.phone, shown.qr_text).result()
            return desk.end()

    clock.advance(6 * DAY_S)
    assert seal().problem == ""
    (sealed,) = [p for p in source.parent.iterdir() if p != source]
    sealed.unlink()
    clock.advance(2 * DAY_S)
    assert seal().problem == "ceremony.revocation_unknown"
    assert only_source(source, before)


@pytest.mark.usefixtures("no_crl")
def test_t12_without_any_list_nothing_is_sealed(unit: Unit, source: Path) -> None:
    before = source.read_bytes()
    for path in (unit.workspace.folder.trust / "crl").glob("*.crl"):
        path.unlink()
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
        view = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code).end()
    assert view.problem == "ceremony.revocation_unknown"
    assert only_source(source, before)


# -- T14, T15: which seal may be used ----------------------------------------------------------------------------------


def test_t14_the_seal_of_a_revoked_certificate_is_void(unit: Unit) -> None:
    unit.revoke()
    (record,) = unit.workspace.api.seals()
    assert record.state is SealState.VOID
    with pytest.raises(RejectedError) as caught:
        load_seal(unit.workspace, record, unit.facts)
    assert caught.value.code == "ceremony.seal_not_claimed"


def test_t14_an_expired_seal_is_refused_although_it_is_on_disk(unit: Unit, clock: ManualClock) -> None:
    (record,) = unit.workspace.api.seals()
    assert (unit.workspace.folder.seals / f"{record.seal_id}.seal").is_file()
    clock.advance(366 * DAY_S)
    with pytest.raises(RejectedError):
        load_seal(unit.workspace, record, unit.facts)


def forged(unit: Unit, **changes: Any) -> bytes:
    """A seal object with everything right but its maker: a member's own signing key."""
    key = generate_p256()
    return write_seal(
        replace(unit.seal, **changes), signer_certificate=unit.facts.der, sign=lambda message: sign(key, message)
    )


def test_t15_a_seal_whose_signature_is_not_of_its_signer_is_refused(unit: Unit) -> None:
    with pytest.raises(RejectedError) as caught:
        open_seal(unit.workspace, forged(unit))
    assert caught.value.code == "ceremony.signature_invalid"
    assert open_seal(unit.workspace, unit.seal_data) == unit.seal


def test_t15_a_seal_made_with_a_members_own_certificate_is_refused(unit: Unit) -> None:
    """The signature is right and the certificate is the platform's own work, but it is no seal maker's."""
    keystore = unit.phone._keystore
    (entry,) = keystore.entries()
    keys = keystore.unlock(entry.entry_id, secret_password(PASSWORD)).keys
    assert keys is not None
    data = write_seal(unit.seal, signer_certificate=unit.facts.der, sign=lambda m: sign(keys.sign, m))
    with pytest.raises(RejectedError) as caught:
        open_seal(unit.workspace, data)
    assert (caught.value.code, caught.value.detail) == ("ceremony.certificate_invalid", "trust.wrong_key_usage")


@pytest.mark.parametrize("kind", ["forged", "empty", "cut", "junk"])
def test_t15_a_planted_or_damaged_seal_file_is_never_used_and_fetched_again(unit: Unit, kind: str) -> None:
    (record,) = unit.workspace.api.seals()
    path = unit.workspace.folder.seals / f"{record.seal_id}.seal"
    planted = {"forged": forged(unit, name="别人的公章"), "empty": b"", "cut": unit.seal_data[:-9], "junk": bytes(500)}
    path.write_bytes(planted[kind])
    assert load_seal(unit.workspace, record, unit.facts) == unit.seal
    assert path.read_bytes() == unit.seal_data


def test_t15_a_seal_bound_to_another_certificate_is_refused(unit: Unit, rival: Any) -> None:
    workspace, phone, company = rival
    register(workspace, unit.handle, company)
    certify(workspace, unit.handle, company, phone)
    (theirs,) = workspace.api.certificates()
    (record,) = unit.workspace.api.seals()
    with pytest.raises(RejectedError) as caught:
        load_seal(unit.workspace, record, read_certificate(theirs.sign_cert))
    assert caught.value.code == "ceremony.seal_not_bound"


def test_t15_a_seal_that_nobody_approved_cannot_be_claimed(unit: Unit) -> None:
    imprint = drawn_seal(SealKind.CONTRACT, SealText(name=unit.company.name))
    unit.workspace.api.apply_for_seal(seal_form(unit.facts.serial, imprint, name="合同章", kind="contract"))
    pending = next(s for s in unit.workspace.api.seals() if s.state is SealState.PENDING_REVIEW)
    claim = ClaimSealAction(unit.workspace, pending, credit_code=unit.company.credit_code)
    view, result = scan_headless(unit.workspace, unit.phone, claim, credit_code=unit.company.credit_code)
    assert view.problem.startswith("platform.")
    assert result.outcome is not PhoneOutcome.DONE
    assert next(s for s in unit.workspace.api.seals() if s.seal_id == pending.seal_id).state is SealState.PENDING_REVIEW


def test_t15_an_operator_does_not_approve_his_own_order(handle: PlatformHandle) -> None:
    operator = handle.signed_in(OPERATOR_MOBILE)
    own = operator.place_order(order_form(Company(mobile=OPERATOR_MOBILE)))
    with pytest.raises(RejectedError):
        operator.review_order(own.order_id, approve=True)
    (still,) = operator.orders()
    assert still.state is OrderState.PENDING_REVIEW


# -- T1, T2, T49: one answer, one session, for the holder of v ---------------------------------------------------------


@pytest.fixture
def redeemed(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """Collects what is handed in for a login, as somebody who reads the traffic would."""
    from desktop.portal.api import PlatformApi

    seen: list[tuple[bytes, bytes]] = []
    real = PlatformApi.sign_in_by_transcript

    def note(self: PlatformApi, transcript: bytes, v: bytes, **named: Any) -> Any:
        seen.append((transcript, v))
        return real(self, transcript, v, **named)

    monkeypatch.setattr(PlatformApi, "sign_in_by_transcript", note)
    unit.workspace.account.sign_out()
    login = LoginAction(unit.workspace, credit_code=unit.company.credit_code)
    view, _ = scan_headless(unit.workspace, unit.phone, login, credit_code=unit.company.credit_code)
    assert view.problem == ""
    assert unit.workspace.account.account is not None
    monkeypatch.undo()
    return seen


def test_t01_a_whole_login_seen_on_the_wire_is_worth_nothing_again(
    unit: Unit, redeemed: list[tuple[bytes, bytes]]
) -> None:
    ((transcript, v),) = redeemed
    with pytest.raises(RejectedError) as caught:
        unit.workspace.api.sign_in_by_transcript(transcript, v)
    assert caught.value.code in ("platform.nonce_used", "ceremony.already_used")


def test_t02_nor_after_the_desktop_was_started_again(
    unit: Unit, redeemed: list[tuple[bytes, bytes]], clock: ManualClock
) -> None:
    from desktop.protocol.transcript import Transcript

    ((transcript, _),) = redeemed
    again = open_workspace(
        profile=unit.handle.profile, folder=unit.workspace.folder, clock=clock, random=unit.workspace.random
    )
    verified = again.parts.judge(Transcript.read(transcript))
    consumed = again.parts.journal.consume(
        verified.t0, operation="login", subject="x", answer=transcript, at=clock.now()
    )
    assert not consumed


# -- T51: who photographed the code ------------------------------------------------------------------------------------


def test_t51_a_photographer_without_the_owner_secret_deletes_and_reads_nothing(unit: Unit) -> None:
    login = LoginAction(unit.workspace, credit_code=unit.company.credit_code)
    desk = HeadlessScan(unit.workspace, login, credit_code=unit.company.credit_code)
    shown = desk.wait(Stage.SHOWING)
    token = read_qr(shown.qr_text, unit.handle.base_url).token
    relay = unit.workspace.parts.relay
    for attack in (
        lambda: relay.delete(token=token, owner=bytes(32)),
        lambda: relay.close(token=token, owner=bytes(32)),
        lambda: relay.inbox(token=token, owner=bytes(32), after=0, wait_s=0),
        lambda: relay.reply(token=token, owner=bytes(32), slot="ab" * 16, body=b"x"),
    ):
        with pytest.raises(RejectedError) as caught:
            attack()
        assert caught.value.code == "platform.mailbox_gone"
    Scan(unit.phone, desk.wait(Stage.SHOWING).qr_text).result()
    assert desk.end().problem == ""


def flood(unit: Unit, token: bytes, slots: int) -> None:
    """Put junk into as many slots of a mailbox, as somebody may who knows its token."""
    http = HttpClient(unit.handle.base_url)
    for number in range(slots):
        http.request(
            "POST",
            f"/relay/v1/mailboxes/{token.hex()}/slots/{number:032x}",
            body=b"junk" * 20,
            headers={"Content-Type": "application/octet-stream"},
        )
    http.close()


def test_t51_junk_in_seven_slots_leaves_the_eighth_to_the_honest_phone(unit: Unit) -> None:
    login = LoginAction(unit.workspace, credit_code=unit.company.credit_code)
    desk = HeadlessScan(unit.workspace, login, credit_code=unit.company.credit_code)
    flood(unit, read_qr(desk.wait(Stage.SHOWING).qr_text, unit.handle.base_url).token, 7)
    Scan(unit.phone, desk.wait(Stage.SHOWING).qr_text).result()
    assert desk.end().problem == ""


def test_t51_a_mailbox_full_of_junk_is_left_for_a_new_code(unit: Unit) -> None:
    """The honest phone hears that it cannot get in; a new code is a new mailbox, and works."""
    login = LoginAction(unit.workspace, credit_code=unit.company.credit_code)
    desk = HeadlessScan(unit.workspace, login, credit_code=unit.company.credit_code)
    shown = desk.wait(Stage.SHOWING)
    token = read_qr(shown.qr_text, unit.handle.base_url).token
    flood(unit, token, 8)
    with pytest.raises((RejectedError, UnavailableError)):
        Scan(unit.phone, desk.wait(Stage.SHOWING).qr_text).result()
    desk.session.renew()

    def new_code() -> str:
        while True:
            text = desk.wait(Stage.SHOWING).qr_text
            if read_qr(text, unit.handle.base_url).token != token:
                return text
            with desk._condition:
                desk._condition.wait(0.2)

    Scan(unit.phone, new_code()).result()
    assert desk.end().problem == ""


# -- T26: the platform's own words are not believed without the signature path -----------------------------------------


def test_t26_a_platform_with_another_root_is_not_believed(unit: Unit, source: Path, tmp_path: Path) -> None:
    """Somebody in the middle may say what he likes: what counts is the root that came with the profile."""
    from desktop.testing.rig import ThreadedPlatform

    other = ThreadedPlatform(tmp_path / "other", unit.workspace.clock)
    forged_profile = other.start().profile
    other.stop()
    mixed = replace(unit.handle.profile, root=forged_profile.root, issuing=forged_profile.issuing)
    workspace = open_workspace(
        profile=mixed,
        folder=DataFolder(root=tmp_path / "mixed"),
        clock=unit.workspace.clock,
        random=unit.workspace.random,
    )
    with pytest.raises(RejectedError) as caught:
        open_seal(workspace, unit.seal_data)
    assert caught.value.code in ("ceremony.certificate_invalid", "ceremony.revocation_unknown")
    assert open_seal(unit.workspace, unit.seal_data) == unit.seal


# -- the journal: killed between consuming and doing -------------------------------------------------------------------


def test_t02_a_kill_after_consuming_is_reported_at_the_next_start_and_left_no_file(
    unit: Unit, source: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = source.read_bytes()

    class Killed(BaseException):
        """Ends the session's thread as a kill would end the process."""

    def die(*_: Any, **__: Any) -> Any:
        raise Killed

    monkeypatch.setattr(SealAction, "act", die)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    slow = SlowPhone(unit.phone)
    slow.may_answer.set()
    with open_document(source, unit.workspace.folder.work) as document:
        action = SealAction(unit.workspace, certificate=unit.facts, jobs=(unit.job(source, document),))
        desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
        person = Scan(unit.phone, desk.wait(Stage.SHOWING).qr_text)
        assert desk.session.join(20)
    again = open_workspace(
        profile=unit.handle.profile, folder=unit.workspace.folder, clock=clock, random=unit.workspace.random
    )
    (entry,) = again.parts.journal.mark_interrupted()
    assert (entry.operation, entry.subject) == ("seal", source.name)
    noted = next(e for e in again.parts.journal.recent() if e.ceremony_id == entry.ceremony_id)
    assert noted.state is EntryState.INTERRUPTED
    assert only_source(source, before)
    assert list(again.folder.work.iterdir()) == []
    clock.advance(200)
    person.result()
