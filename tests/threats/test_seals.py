"""T14, T15: an old seal after its certificate was followed by another; a seal that is not the unit's, or unapproved.

Everything is real: platform, phone, workstation. The attacker has kept the old seal object and does not ask anybody.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import OrderState, SealKind, SealState
from desktop.formats.seal import SealObject, check_usable
from desktop.phone.core import Phone, PhoneOutcome
from desktop.portal.records import Order
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import CeremonyView
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.sealing import Placement, SealAction
from desktop.services.seals import ClaimSealAction, load_seal, open_seal
from desktop.services.workspace import Workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.testing.demo_files import drawn_seal
from desktop.testing.rig import OPERATOR_MOBILE, Company, HeadlessScan, scan_headless, seal_form
from tests.server.phone import png
from tests.services.conftest import clock, company, handle, phone, workspace
from tests.services.test_story import certify, register
from tests.services.test_threats import Unit, only_source, rival, source, unit

__all__ = ["clock", "company", "handle", "phone", "rival", "source", "unit", "workspace"]

PAPER = ("证件.png", png(), "image/png")
DAY_S = 24 * 3600


def follow(unit: Unit, clock: ManualClock, how: str) -> CertificateFacts:
    """Let another certificate follow the unit's: by change of name, reissue or renewal; return it."""
    api, old = unit.workspace.api, unit.facts.serial
    order: Order
    if how == "change":
        order = api.change(old, organization_name="江西新名建设有限公司", papers=[PAPER])
    elif how == "reissue":
        order = api.reissue(old, [PAPER])
    else:
        clock.advance(300 * DAY_S)
        unit.handle.forget_sessions()
        register(unit.workspace, unit.handle, unit.company)
        order = api.renew(old)
    unit.handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
    unit.workspace.account.refresh()
    approved = next(o for o in api.orders() if o.order_id == order.order_id)
    assert approved.state is OrderState.APPROVED
    code = unit.company.credit_code
    view, _ = scan_headless(unit.workspace, unit.phone, DownloadAction(unit.workspace, approved), credit_code=code)
    assert (view.outcome, view.problem) == (Outcome.DONE, "")
    (newest,) = (c for c in api.certificates() if not c.successor)
    assert newest.serial != old
    return read_certificate(newest.sign_cert)


def try_to_seal(unit: Unit, source: Path, certificate: CertificateFacts, seal: SealObject) -> CeremonyView:
    """Seal with a seal object at hand, whatever the platform says of it; the phone would say yes."""
    with open_document(source, unit.workspace.folder.work) as document:
        placement = Placement(seal=seal, page_index=0, x_mm=20, y_mm=20)
        job = replace(unit.job(source, document), placements=(placement,))
        action = SealAction(unit.workspace, certificate=certificate, jobs=(job,))
        return HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code).end()


@pytest.mark.parametrize("how", ["change", "reissue", "renewal"])
def test_t14_an_old_seal_stamps_nothing_once_another_certificate_has_followed(
    unit: Unit, clock: ManualClock, source: Path, how: str
) -> None:
    before = source.read_bytes()
    check_usable(unit.seal, unit.facts, at=int(clock.now().timestamp()))
    new = follow(unit, clock, how)
    with pytest.raises(RejectedError) as caught:
        check_usable(unit.seal, new, at=int(clock.now().timestamp()))
    assert caught.value.code == "ceremony.seal_not_bound"
    view = try_to_seal(unit, source, new, unit.seal)
    assert view.problem == "ceremony.seal_not_bound"
    assert only_source(source, before)


@pytest.mark.parametrize(("how", "state"), [("change", SealState.VOID), ("reissue", SealState.APPROVED)])
def test_t14_the_platform_hands_the_old_seal_out_no_more_and_the_old_certificate_seals_nothing(
    unit: Unit, clock: ManualClock, source: Path, how: str, state: SealState
) -> None:
    before = source.read_bytes()
    follow(unit, clock, how)
    clock.advance(1)
    (record,) = unit.workspace.api.seals()
    assert record.state is state
    with pytest.raises(RejectedError) as refused:
        unit.workspace.api.seal_object(record.seal_id)
    assert refused.value.code == "platform.wrong_state"
    with pytest.raises(RejectedError) as unusable:
        load_seal(unit.workspace, record, unit.facts)
    assert unusable.value.code == "ceremony.seal_not_claimed"
    view = try_to_seal(unit, source, unit.facts, unit.seal)
    assert view.problem.startswith("ceremony.")
    assert view.outcome is not Outcome.DONE
    assert only_source(source, before)


def test_t14_a_renewed_certificate_gets_the_seal_signed_anew_and_the_old_object_is_another(
    unit: Unit, clock: ManualClock
) -> None:
    new = follow(unit, clock, "renewal")
    (record,) = unit.workspace.api.seals()
    fresh = load_seal(unit.workspace, record, new)
    assert fresh.certificate_sha256 == new.sha256 != unit.seal.certificate_sha256
    assert fresh.imprint_png == unit.seal.imprint_png
    with pytest.raises(RejectedError):
        check_usable(fresh, unit.facts, at=int(clock.now().timestamp()))


def test_t14_void_seals_stay_listed_with_the_reason_and_come_back_by_no_decision(
    unit: Unit, clock: ManualClock
) -> None:
    follow(unit, clock, "change")
    (record,) = unit.workspace.api.seals()
    assert (record.state, record.reason) == (SealState.VOID, "单位名称已变更, 请重新申请")
    operator = unit.handle.signed_in(OPERATOR_MOBILE)
    for approve in (True, False):
        with pytest.raises(RejectedError) as caught:
            operator.review_seal(record.seal_id, approve=approve, reason="x")
        assert caught.value.code == "platform.wrong_state"
    assert unit.workspace.api.seals() == (record,)


@pytest.fixture
def theirs(unit: Unit, rival: tuple[Workspace, Phone, Company]) -> SealObject:
    """The claimed seal of another company."""
    workspace, phone, company = rival
    register(workspace, unit.handle, company)
    certify(workspace, unit.handle, company, phone)
    scan_headless(workspace, phone, EnrolAction(workspace), credit_code=company.credit_code)
    (certificate,) = workspace.api.certificates()
    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    applied = workspace.api.apply_for_seal(seal_form(certificate.serial, imprint))
    unit.handle.signed_in(OPERATOR_MOBILE).review_seal(applied.seal_id, approve=True)
    (approved,) = workspace.api.seals()
    claim = ClaimSealAction(workspace, approved, credit_code=company.credit_code)
    view, _ = scan_headless(workspace, phone, claim, credit_code=company.credit_code)
    assert view.outcome is Outcome.DONE
    return open_seal(workspace, workspace.api.seal_object(approved.seal_id))


def test_t15_the_seal_of_another_unit_stamps_nothing_with_ones_own_certificate(
    unit: Unit, theirs: SealObject, source: Path
) -> None:
    before = source.read_bytes()
    view = try_to_seal(unit, source, unit.facts, theirs)
    assert view.problem == "ceremony.seal_not_bound"
    assert only_source(source, before)


def test_t15_another_units_seal_and_certificate_do_not_exist_for_us(
    unit: Unit, rival: tuple[Workspace, Phone, Company], theirs: SealObject
) -> None:
    api = unit.workspace.api
    for ask in (api.seal_object, api.seal_imprint, api.seal_scan):
        with pytest.raises(RejectedError) as caught:
            ask(theirs.seal_id)
        assert caught.value.code == "platform.not_found"
    assert theirs.seal_id not in {seal.seal_id for seal in api.seals()}
    foreign = drawn_seal(SealKind.CONTRACT, SealText(name=theirs.organization))
    (their_serial,) = (c.serial for c in rival[0].api.certificates())
    with pytest.raises(RejectedError) as refused:
        api.apply_for_seal(seal_form(their_serial, foreign, name="借用章", kind="contract"))
    assert refused.value.code == "platform.not_found"


@pytest.mark.parametrize("fate", ["pending", "rejected", "void"])
def test_t15_a_seal_that_is_not_approved_is_claimed_by_nobody(unit: Unit, fate: str) -> None:
    api, operator = unit.workspace.api, unit.handle.signed_in(OPERATOR_MOBILE)
    imprint = drawn_seal(SealKind.CONTRACT, SealText(name=unit.company.name))
    applied = api.apply_for_seal(seal_form(unit.facts.serial, imprint, name="合同章", kind="contract"))
    if fate == "rejected":
        operator.review_seal(applied.seal_id, approve=False, reason="模糊")
    elif fate == "void":
        unit.revoke()
    record = next(s for s in api.seals() if s.seal_id == applied.seal_id)
    claim = ClaimSealAction(unit.workspace, record, credit_code=unit.company.credit_code)
    view, result = scan_headless(unit.workspace, unit.phone, claim, credit_code=unit.company.credit_code)
    assert view.problem in {"platform.wrong_state", "ceremony.certificate_invalid", "ceremony.cancelled"}
    assert view.outcome is not Outcome.DONE
    assert result.outcome is not PhoneOutcome.DONE
    assert not (unit.workspace.folder.seals / f"{applied.seal_id}.seal").exists()
    after = next(s for s in api.seals() if s.seal_id == applied.seal_id)
    assert after.state is {"pending": SealState.PENDING_REVIEW, "rejected": SealState.REJECTED}.get(
        fate, SealState.VOID
    )


def test_t15_an_applicant_does_not_approve_his_own_seal(unit: Unit) -> None:
    api = unit.workspace.api
    imprint = drawn_seal(SealKind.CONTRACT, SealText(name=unit.company.name))
    applied = api.apply_for_seal(seal_form(unit.facts.serial, imprint, name="合同章", kind="contract"))
    with pytest.raises(RejectedError) as caught:
        api.review_seal(applied.seal_id, approve=True)
    assert caught.value.code == "platform.forbidden"
    assert next(s for s in api.seals() if s.seal_id == applied.seal_id).state is SealState.PENDING_REVIEW
