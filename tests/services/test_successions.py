"""What a reissue means at a workstation: the new certificate takes over the seals, an old copy of one is no use."""

from pathlib import Path

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.domain.errors import RejectedError
from desktop.domain.operations import CertificateState, OrderKind, OrderState, SealState
from desktop.protocol.messages import Outcome
from desktop.server.demo import OPERATOR_MOBILE
from desktop.services.download import DownloadAction
from desktop.services.seals import ClaimSealAction, load_seal
from desktop.testing.rig import scan_headless
from tests.server.phone import png
from tests.services.test_threats import Unit, unit  # noqa: F401 - the fixture of a unit with a claimed seal


def test_reissued_certificate_claims_the_seal_without_review_and_the_old_copy_is_replaced(
    unit: Unit,  # noqa: F811 - the fixture
) -> None:
    workspace, desk = unit.workspace, unit.handle.signed_in(OPERATOR_MOBILE)
    kept: Path = workspace.folder.seals / f"{unit.seal.seal_id}.seal"
    order = workspace.api.reissue(unit.facts.serial, [("证件.png", png(), "image/png")])
    assert (order.kind, order.state) == (OrderKind.REISSUE, OrderState.PENDING_REVIEW)
    desk.review_order(order.order_id, approve=True)
    (record,) = workspace.api.seals()
    assert record.state is SealState.APPROVED
    with pytest.raises(RejectedError, match=r"ceremony\.seal_not_claimed"):
        load_seal(workspace, record, unit.facts)

    (order,) = (o for o in workspace.api.orders() if o.kind is OrderKind.REISSUE)
    view, _ = scan_headless(workspace, unit.phone, DownloadAction(workspace, order), credit_code="")
    assert view.outcome is Outcome.DONE
    states = {c.state: c for c in workspace.api.certificates()}
    assert set(states) == {CertificateState.REVOKED, CertificateState.VALID}
    assert states[CertificateState.REVOKED].successor == states[CertificateState.VALID].serial
    facts = read_certificate(states[CertificateState.VALID].sign_cert)

    (record,) = workspace.api.seals()
    claim = ClaimSealAction(workspace, record, credit_code=unit.company.credit_code)
    view, _ = scan_headless(workspace, unit.phone, claim, credit_code=unit.company.credit_code)
    assert view.outcome is Outcome.DONE
    kept.write_bytes(unit.seal_data)  # as on another workstation, which did not see the claim
    (record,) = workspace.api.seals()
    assert load_seal(workspace, record, facts).certificate_sha256 == facts.sha256
    assert kept.read_bytes() == workspace.api.seal_object(record.seal_id) != unit.seal_data
    with pytest.raises(RejectedError, match=r"ceremony\.seal_not_bound"):
        load_seal(workspace, record, unit.facts)
    assert {r.operation for r in workspace.api.usage_records()} == {
        "enrol_workstation",
        "claim_seal",
        "download",
        "reissue",
    }
    assert all(r.has_evidence and len(r.row_hash) == 64 for r in workspace.api.usage_records())
