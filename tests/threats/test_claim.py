"""T16: a seal is claimed once, by the phone that holds its certificate, with the certificate password."""

import pytest

from desktop.domain.operations import SealKind, SealState
from desktop.phone.core import Phone, PhoneOutcome
from desktop.portal.api import Seal
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.seals import ClaimSealAction
from desktop.services.workspace import Workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.testing.demo_files import drawn_seal
from desktop.testing.rig import OPERATOR_MOBILE, Company, HeadlessScan, Scan, scan_headless, seal_form
from tests.services.conftest import clock, company, handle, phone, workspace
from tests.services.test_story import certify, register
from tests.services.test_threats import Unit, rival, scan_other, unit

__all__ = ["clock", "company", "handle", "phone", "rival", "unit", "workspace"]


@pytest.fixture
def approved(unit: Unit) -> Seal:
    """A second seal of the unit, reviewed and waiting for its claim."""
    imprint = drawn_seal(SealKind.CONTRACT, SealText(name=unit.company.name))
    form = seal_form(unit.facts.serial, imprint, name="合同专用章", kind="contract")
    applied = unit.workspace.api.apply_for_seal(form)
    unit.handle.signed_in(OPERATOR_MOBILE).review_seal(applied.seal_id, approve=True)
    return seal_now(unit, applied.seal_id)


def seal_now(unit: Unit, seal_id: str) -> Seal:
    return next(seal for seal in unit.workspace.api.seals() if seal.seal_id == seal_id)


def claim(unit: Unit, seal: Seal, phone: Phone | None = None) -> tuple[CeremonyView, PhoneOutcome]:
    action = ClaimSealAction(unit.workspace, seal, credit_code=unit.company.credit_code)
    view, result = scan_headless(unit.workspace, phone or unit.phone, action, credit_code=unit.company.credit_code)
    return view, result.outcome


def kept(unit: Unit, seal: Seal) -> bool:
    return (unit.workspace.folder.seals / f"{seal.seal_id}.seal").exists()


def test_t16_a_seal_is_claimed_once_and_a_second_claim_changes_nothing(unit: Unit, approved: Seal) -> None:
    view, said = claim(unit, approved)
    assert (view.outcome, said) == (Outcome.DONE, PhoneOutcome.DONE)
    first, stored = unit.workspace.api.seal_object(approved.seal_id), unit.phone.seals()
    view, said = claim(unit, approved)
    assert (view.outcome, view.problem) == (Outcome.REFUSED, "platform.wrong_state")
    assert said is not PhoneOutcome.DONE
    assert unit.workspace.api.seal_object(approved.seal_id) == first
    assert unit.phone.seals() == stored
    assert seal_now(unit, approved.seal_id).state is SealState.CLAIMED


def test_t16_another_phone_claims_nothing(unit: Unit, approved: Seal, rival: tuple[Workspace, Phone, Company]) -> None:
    workspace, phone, company = rival
    register(workspace, unit.handle, company)
    certify(workspace, unit.handle, company, phone)
    action = ClaimSealAction(unit.workspace, approved, credit_code=unit.company.credit_code)
    view, refusal = scan_other(unit.workspace, phone, action, unit.company.credit_code)
    assert (refusal, view.problem) == ("phone.no_certificate", "ceremony.cancelled")
    assert phone.seals() == ()
    assert not kept(unit, approved)
    assert seal_now(unit, approved.seal_id).state is SealState.APPROVED
    assert claim(unit, approved)[1] is PhoneOutcome.DONE


def test_t16_a_wrong_password_claims_nothing_and_is_counted(unit: Unit, approved: Seal) -> None:
    (before,) = unit.phone.certificates()
    action = ClaimSealAction(unit.workspace, approved, credit_code=unit.company.credit_code)
    desk = HeadlessScan(unit.workspace, action, credit_code=unit.company.credit_code)
    shown = desk.wait(Stage.SHOWING)
    result = Scan(unit.phone, shown.qr_text, password="wrong-password-1").result()
    assert result.outcome is not PhoneOutcome.DONE
    assert desk.end().outcome is not Outcome.DONE
    assert not kept(unit, approved)
    assert [c.tries_left for c in unit.phone.certificates()] == [before.tries_left - 1]
    assert seal_now(unit, approved.seal_id).state is SealState.APPROVED
    assert approved.seal_id not in {seal.seal_id for seal in unit.phone.seals()}
    assert claim(unit, approved)[1] is PhoneOutcome.DONE
    assert kept(unit, approved)
