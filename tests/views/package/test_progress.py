"""A large bid tells how far it is, a hundred times and not with every buffer, and can be given up on the way."""

from pathlib import Path

import pytest

from desktop.formats.package import BidSummary, SourceFile, verify_package
from desktop.services.ceremony_view import Stage
from desktop.services.opening import OpenAction, OpenJob
from desktop.services.packing import EnvelopeOrder, PackAction, PackOrder
from desktop.services.workspace import Workspace
from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany
from desktop.testing.rig import HeadlessScan, Scan
from desktop.views.package.holdings import usable_holdings

SIZE = 48 * 1024 * 1024


@pytest.fixture
def large(bidseal_company: PreparedCompany) -> Path:
    path = bidseal_company.documents / "扫描件.pdf"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


def order(workspace: Workspace, large: Path) -> PackOrder:
    holding = usable_holdings(workspace)[0][0]
    envelope = EnvelopeOrder(
        envelope_id="bid",
        title="投标文件",
        files=(SourceFile(name=large.name, path=large),),
        summary=BidSummary(),
    )
    return PackOrder(
        certificate=holding.certificate,
        encryption_certificate=holding.encryption.der,
        tender="T",
        lot="1",
        deadline=workspace.clock.now(),
        envelopes=(envelope,),
        target=large.with_name("大.bid"),
    )


def test_packing_and_opening_a_large_bid_tell_each_percent_once(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, large: Path
) -> None:
    workspace = bidseal_window.client.workspace
    wanted = order(workspace, large)
    unit = bidseal_company.credit_code
    packing = HeadlessScan(workspace, PackAction(workspace, wanted), credit_code=unit)
    Scan(bidseal_phone.phone, packing.wait(Stage.SHOWING).qr_text).result()
    assert packing.end().stage is Stage.DONE
    told = [view.progress[0] for view in packing.views if view.stage is Stage.PREPARING]
    assert max(told) > SIZE
    assert 20 < len(set(told)) <= 110
    trust = workspace.trust
    package = verify_package(
        wanted.target, anchors=trust.anchors, revocation=trust.revocation(), now=workspace.clock.now()
    ).package
    assert package is not None
    action = OpenAction(
        workspace,
        certificate=wanted.certificate,
        encryption_certificate=wanted.encryption_certificate,
        jobs=(OpenJob(path=wanted.target, package=package, envelope_id="bid", target=large.with_name("开")),),
    )
    opening = HeadlessScan(workspace, action, credit_code=unit)
    Scan(bidseal_phone.phone, opening.wait(Stage.SHOWING).qr_text).result()
    assert opening.end().stage is Stage.DONE
    told = [view.progress[0] for view in opening.views if view.stage is Stage.ACTING]
    assert 20 < len(set(told)) <= 110
    assert action.opened[large.with_name("开")].files[1].size == SIZE


def test_a_large_bid_given_up_while_it_is_encrypted_leaves_nothing(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, large: Path
) -> None:
    workspace = bidseal_window.client.workspace
    before = sorted(large.parent.iterdir())
    packing = HeadlessScan(workspace, PackAction(workspace, order(workspace, large)), credit_code="")
    packing.wait(Stage.PREPARING)
    packing.session.cancel()
    end = packing.end()
    assert (end.stage, end.problem) == (Stage.PROBLEM, "ceremony.cancelled")
    assert sorted(large.parent.iterdir()) == before
