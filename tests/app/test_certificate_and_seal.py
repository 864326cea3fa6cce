"""From an order to a claimed seal through the window: order, download, enrol, apply, claim."""

from pathlib import Path

from desktop.testing import OfficeWorker, PhoneHolder, Platform
from desktop.testing.demo_files import Company, write_demo_files


def test_a_new_company_orders_downloads_enrols_applies_and_claims(
    bidseal_platform: Platform, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, tmp_path: Path
) -> None:
    company = Company()
    files = write_demo_files(tmp_path / "papers", company)
    bidseal_phone.log_in(company.mobile)
    bidseal_window.register(company.mobile, lambda: bidseal_platform.sms_code(company.mobile))
    bidseal_window.order_certificate(company, files)
    bidseal_platform.approve_all()
    bidseal_window.screen.click("nav_home")
    bidseal_window.download_certificate(bidseal_phone)
    (certificate,) = bidseal_phone.phone.certificates()
    workspace = bidseal_window.client.workspace
    assert [c.serial for c in workspace.api.certificates()] == [certificate.serial]
    assert not workspace.workstation.is_enrolled_for(company.credit_code)
    bidseal_window.enrol(bidseal_phone)
    assert workspace.workstation.is_enrolled_for(company.credit_code)
    bidseal_window.apply_for_seal(files)
    bidseal_platform.approve_all()
    bidseal_window.claim_seal(bidseal_phone)
    assert len(bidseal_phone.phone.seals()) == 1
    sealed = bidseal_window.seal(files.bid_document, bidseal_phone)
    bidseal_window.verify(sealed)
