"""The platform goes away and comes back while pages are open: they fetch by themselves, and nobody is moved about."""

from desktop.testing import OfficeWorker, Platform, PreparedCompany, wait_until
from desktop.views.certificates.state import Place

NAME = "江西省新名机电有限公司"


def test_pages_opened_without_the_platform_show_themselves_when_it_is_back(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    screen, client = bidseal_window.screen, bidseal_window.client
    screen.click("nav_certificates")
    screen.click("newOrderButton")
    screen.type_text("orgNameField", NAME)
    bidseal_platform.stop()
    client._sync()  # as its timer does
    wait_until(lambda: "未同步" in screen.text_of("serverClockState"), "the window to notice")
    for page in ("seals", "projects"):
        screen.click(f"nav_{page}")
        screen.find("offlineView")
    bidseal_platform.start()
    client._sync()
    screen.find("lotsPage")
    screen.wait_gone("offlineView")
    screen.click("nav_seals")
    screen.find("applySealButton")
    assert not screen.is_visible("offlineView")
    screen.click("nav_certificates")
    assert screen.text_of("orgNameField") == NAME


def test_who_has_gone_elsewhere_meanwhile_is_not_called_back(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    client = bidseal_window.client
    (certificate,) = client.workspace.api.certificates()
    client.go("certificates", certificate.serial)
    model = client.window.page("certificates").model  # type: ignore[attr-defined]
    model.open_form()  # before the lists are there
    wait_until(lambda: not any(held.is_running for held in model._held), "the lists")
    assert model.state.place is Place.ORDER
