"""To copy: logging in at the client by SMS code and by QR code. All fixtures come with the package."""

from desktop.testing import OfficeWorker, PhoneHolder, Platform, PreparedCompany

MOBILE = "13512345678"


def test_a_new_number_is_registered_by_sms_code(bidseal_platform: Platform, bidseal_window: OfficeWorker) -> None:
    bidseal_window.register(MOBILE, lambda: bidseal_platform.sms_code(MOBILE))
    bidseal_window.screen.find("nav_home")


def test_a_phone_logs_its_holder_in(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    bidseal_window.sign_out()
    bidseal_window.log_in_by_code(bidseal_phone)
    account = bidseal_window.client.workspace.account.account
    assert account is not None
    assert account.name == bidseal_company.company.holder
