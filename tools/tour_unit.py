"""Chapters of the tour about certificates and units: detail, password, what follows, members, a second unit."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.domain.operations import OrganizationKind
from desktop.testing import unit_life
from desktop.testing.driver import wait_until
from desktop.testing.rig import order_form
from desktop.testing.unit_life import Colleague
from desktop.views.certificates import CertificatesPage
from desktop.views.certificates.state import Place
from tools.tour import Guide

AGENCY = ("江西省公共资源招标代理咨询有限公司", "91360100MA35T0001L")


def certificate(guide: Guide) -> None:
    """Look at the certificate, and at the forms of what may follow it."""
    unit_life.open_own(guide.bidder)
    screen = guide.bidder.screen
    screen.find("certificateVerdict")
    guide.desk("certificates", "detail")
    for button, state in (("changeButton", "change-form"), ("reissueButton", "reissue-form")):
        screen.click(button)
        page = screen.find("certificatesPage", CertificatesPage)
        wait_until(lambda p=page: p.model.follow.state.affected is not None, "what hangs on it")  # type: ignore[misc]
        guide.desk("certificates", state)
        screen.click("cancelFollowButton")
        if screen.is_visible("confirmDialogConfirm"):
            screen.click("confirmDialogConfirm")


def reset(guide: Guide) -> None:
    """Forget the certificate password: form, standing, review, the phone's page in both states."""
    page = unit_life.open_own(guide.bidder)
    screen = guide.bidder.screen
    screen.click("resetPasswordButton")
    screen.find("followPanel")
    guide.desk("certificates", "reset-form")
    screen.click("submitFollowButton")
    guide.desk("certificates", "reset-form-errors")
    guide.bidder.hand_in("followPapers", guide.stage.files.letter)
    wait_until(lambda: len(page.model.follow.state.papers) == 1, "the paper in the list")
    unit_life.submit_application(guide.bidder, then=Place.DETAIL)
    wait_until(lambda: page.model.reset.state.is_pending, "the identity check to be handed in")
    guide.desk("certificates", "reset-pending")
    unit_life._turn_to(guide.operator, "checks")  # noqa: SLF001 - the same step, with a picture in the middle
    guide.operator.screen.click_row("checkTable", 0)
    wait_until(guide.operator.screen.find("approveButton").isEnabled, "the papers to be on the desk")
    guide.reviewed("checks")
    guide.operator.approve_first("checkTable")
    unit_life.open_own(guide.bidder)
    wait_until(lambda: not page.model.reset.state.is_pending, "the reset to have passed")
    guide.desk("certificates", "reset-approved")


def members(guide: Guide) -> None:
    """Grant a colleague a certificate."""
    screen = guide.bidder.screen
    unit_life.certificates_page(guide.bidder)
    screen.click("unitButton")
    guide.desk("certificates", "unit-alone")
    screen.click("addMemberButton")
    guide.desk("certificates", "grant-form")
    screen.type_text("grantIdNumber", "360102199003077710")
    screen.click("submitGrantButton")
    guide.desk("certificates", "grant-form-errors")
    screen.click("cancelGrantButton")
    if screen.is_visible("confirmDialogConfirm"):
        screen.click("confirmDialogConfirm")
    unit_life.grant(guide.bidder, Colleague())
    guide.desk("certificates", "unit")
    screen.click("nav_home")
    guide.desk("home", "with-recent")


def second_unit(guide: Guide) -> None:
    """The same person is admin of a tender agency as well."""
    workspace, name_and_code = guide.bidder.client.workspace, AGENCY
    company = replace(guide.stage.company, name=name_and_code[0], credit_code=name_and_code[1])
    placed = workspace.api.place_order(order_form(company))
    screen = guide.bidder.screen
    screen.click("nav_certificates")
    screen.click("nav_home")
    screen.find("needLeft_1")
    guide.desk("home", "with-needs")
    unit_life._turn_to(guide.operator, "orders")  # noqa: SLF001 - as above
    guide.operator.screen.click_row("orderTable", 0)
    wait_until(guide.operator.screen.find("approveButton").isEnabled, "the papers to be on the desk")
    guide.reviewed("orders-second-unit")
    guide.operator.client.workspace.api.review_order(placed.order_id, approve=True, unit_kind=OrganizationKind.AGENCY)
    workspace.account.refresh()
    menu = screen.find("unitMenu", QToolButton)
    guide.desk("header", "two-units")
    opened = menu.menu()
    _menu(guide, "unit-menu", menu, opened)
    account = screen.find("accountMenu", QToolButton)
    _menu(guide, "account-menu", account, account.menu())
    agency = next(m.organization_id for m in workspace.account.memberships if m.name == AGENCY[0])
    own = next(m.organization_id for m in workspace.account.memberships if m.name != AGENCY[0])
    _act_for(opened, agency)
    screen.click("nav_home")
    guide.desk("home", "agency")
    screen.click("nav_room")
    guide.desk("room", "agency")
    screen.click("nav_certificates")
    guide.desk("certificates", "agency")
    screen.click("nav_me")
    screen.click("meSection_units")
    guide.desk("me", "units-agency")
    _act_for(opened, own)
    screen.find("nav_projects")


def _act_for(menu: QMenu, organization_id: str) -> None:
    action = menu.findChild(QAction, f"unit_{organization_id}")
    assert action is not None, organization_id
    action.trigger()


def _menu(guide: Guide, state: str, button: QWidget, menu: QMenu) -> None:
    """Take the window with a menu open below its button."""
    window = guide.bidder.screen.window

    def save(path: Path) -> None:
        menu.ensurePolished()
        menu.resize(menu.sizeHint())  # not adjusted to the screen, of which the offscreen platform has a small one
        shot = window.grab()
        corner = button.mapTo(window, QPoint(button.width() - menu.sizeHint().width(), button.height()))
        painter = QPainter(shot)
        painter.drawPixmap(QPoint(max(corner.x(), 0), corner.y()), menu.grab())
        painter.end()
        shot.save(str(path))

    guide.album.take("header", {state: save}, guide.stage.languages)


CHAPTERS = (certificate, reset, members, second_unit)
