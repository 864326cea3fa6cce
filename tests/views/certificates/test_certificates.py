import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import UnavailableError
from desktop.domain.operations import CertificateState, OrderState
from desktop.phone.core import PhoneOutcome
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import Banner, Label, StatusChip, TextField, VerdictBadge
from desktop.ui.page import Phase
from desktop.views.certificates import CertificatesModel, CertificatesPage
from desktop.views.certificates.checks import Field, OrderInput
from desktop.views.certificates.fact_grid import FactGrid
from desktop.views.certificates.state import ChainWord, Place
from tests.views.certificates.world import NAME, PNG, World, answer_scan, tab_stops

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def fill(driver: WindowDriver, world: World, **changes: str) -> None:
    company = world.company
    texts = {
        "orgNameField": company.name,
        "creditCodeField": company.credit_code,
        "legalRepField": company.legal_representative,
        "holderField": company.holder,
        "idNumberField": company.id_number,
    }
    for name, text in (texts | changes).items():
        driver.type_text(name, text)


def attach(driver: WindowDriver, page: CertificatesPage, world: World) -> None:
    for box, name in (("licenceDrop", "营业执照.png"), ("letterDrop", "经办人授权书.png")):
        world.picks.files.append(world.file(name))
        driver.click(f"{box}Choose")
    wait_until(lambda: len(page.model.state.papers) == 2, "both papers")


def texts(driver: WindowDriver, name: str) -> str:
    """All that a visible widget says."""
    return "\n".join(label.text() for label in driver.find(name).findChildren(Label) if label.isVisible())


def error_at(page: CertificatesPage, where: Field) -> str:
    return page.order.fields[where].error


# -- ordering ----------------------------------------------------------------------------------------------------------


def test_person_without_anything_is_led_to_the_order_form(driver: WindowDriver, page: CertificatesPage):
    assert page.phase is Phase.EMPTY
    driver.click("newOrderButton")
    assert driver.is_visible("orgNameField")


def test_empty_form_is_refused_at_each_field_and_nothing_is_sent(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    driver.click("newOrderButton")
    driver.click("submitOrderButton")
    assert all(error_at(page, where) for where in page.order.fields)
    assert driver.find("licenceDropFault", Label).text() == "请上传营业执照"
    assert page.order.fields[Field.ORGANIZATION].edit.hasFocus()
    assert world.workspace.api.orders() == ()


def test_refusal_is_scrolled_into_sight_from_the_foot_of_the_form(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    page.resize(920, 480)
    driver.click("newOrderButton")
    bar = page.order._area.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    driver.click("submitOrderButton")
    field = page.order.fields[Field.ORGANIZATION]
    assert not field.visibleRegion().isEmpty()
    fill(driver, world)
    bar.setValue(0)
    driver.click("submitOrderButton")
    wait_until(lambda: not page.order.papers[Field.LICENCE].visibleRegion().isEmpty(), "the missing paper")


def test_form_opens_with_the_cursor_in_its_first_empty_field(driver: WindowDriver, page: CertificatesPage):
    driver.click("newOrderButton")
    assert page.order.fields[Field.ORGANIZATION].edit.hasFocus()
    driver.type_text("orgNameField", "甲公司")
    driver.click("orderBack")
    driver.click("newOrderButton")
    assert page.order.fields[Field.CREDIT_CODE].edit.hasFocus()


def test_certificate_is_opened_by_keyboard(driver: WindowDriver, page: CertificatesPage, world: World):
    world.certify()
    page.model.load()
    table = driver.find("certificateTable")
    wait_until(lambda: bool(page.model.state.certificates), "the certificate")
    page.overview.certificates.select(page.model.state.certificates[0].serial)
    table.setFocus()
    driver.press(Qt.Key.Key_Return)
    assert page.model.state.place is Place.DETAIL
    driver.click("certificateBack")
    assert driver.is_visible("certificateTable")


def test_correcting_a_field_takes_its_own_error_away_only(driver: WindowDriver, page: CertificatesPage):
    driver.click("newOrderButton")
    driver.click("submitOrderButton")
    driver.type_text("holderField", "张伟")
    assert error_at(page, Field.HOLDER) == ""
    assert error_at(page, Field.LEGAL_REPRESENTATIVE) == "请填写法定代表人"


def test_wrong_check_digits_are_named_at_their_fields(driver: WindowDriver, page: CertificatesPage, world: World):
    driver.click("newOrderButton")
    fill(driver, world, creditCodeField="91360000MA35XA712A", idNumberField="360102199003077719")
    attach(driver, page, world)
    driver.click("submitOrderButton")
    assert "校验位" in error_at(page, Field.CREDIT_CODE)
    assert "校验位" in error_at(page, Field.ID_NUMBER)
    assert world.workspace.api.orders() == ()


def test_filled_in_order_reaches_the_review_desk_as_typed(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World
):
    driver.click("newOrderButton")
    fill(driver, world)
    attach(driver, page, world)
    driver.click("advancedButton")
    driver.find("suiteField")
    page.order.suite.set_options([("RSA-2048", "RSA-2048")])
    with qtbot.waitSignal(page.notified) as told:
        driver.click("submitOrderButton")
    assert told.args == ["申请已提交, 等待平台审核"]
    operator = world.operator()
    (order,) = operator.orders_to_review()
    assert (order.organization_name, order.holder_name, order.suite) == (NAME, "张伟", "RSA-2048")
    assert order.id_number_masked == "360***********7718"
    assert operator.order_file(order.order_id, "licence") == PNG
    assert page.model.state.place is Place.OVERVIEW
    assert texts(driver, f"order_{order.order_id}").startswith(NAME)
    driver.click("newOrderButton")
    assert page.order.typed == OrderInput()
    assert page.model.state.papers == ()


def test_form_is_as_it_was_left_when_it_is_opened_again(driver: WindowDriver, page: CertificatesPage, world: World):
    driver.click("newOrderButton")
    fill(driver, world)
    driver.click("orderBack")
    driver.click("newOrderButton")
    assert page.order.typed.id_number == world.company.id_number
    assert page.order.typed.organization_name == NAME


def test_form_knows_the_organization_that_the_person_acts_for(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    world.approved_order()
    page.model.load()
    driver.find("downloadButton")
    driver.click("newOrderButton")
    assert page.order.typed.organization_name == NAME
    assert page.order.typed.credit_code == world.company.credit_code
    assert page.order.typed.id_number == ""


def test_id_number_is_masked_on_leaving_and_whole_again_on_return(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World
):
    driver.click("newOrderButton")
    field = page.order.fields[Field.ID_NUMBER]
    page.activateWindow()
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, world.company.id_number)
    qtbot.keyClick(field.edit, Qt.Key.Key_Tab)
    wait_until(lambda: not field.edit.hasFocus(), "the focus to go on")
    assert field.edit.text() == "360***********7718"
    assert field.value == world.company.id_number
    field.edit.setFocus()
    assert field.edit.text() == world.company.id_number


@pytest.mark.parametrize("name", ["letter.pdf", "letter.exe"])
def test_paper_that_is_none_is_refused_at_its_place(
    driver: WindowDriver, page: CertificatesPage, world: World, name: str
):
    driver.click("newOrderButton")
    world.picks.files.append(world.file(name, b"MZ\x90"))
    driver.click("letterDropChoose")
    where = "letterDropFault" if name.endswith("pdf") else "letterDropError"
    assert driver.find(where, Label).text() in {
        "文件内容不是 PDF、JPG 或 PNG",
        "不支持这种文件, 仅支持 .pdf、.jpg、.jpeg、.png。",
    }
    assert page.model.state.papers == ()


def test_removed_paper_can_be_replaced(driver: WindowDriver, page: CertificatesPage, world: World):
    driver.click("newOrderButton")
    attach(driver, page, world)
    driver.click("licenceDropRemove")
    assert dict(page.model.state.papers).keys() == {Field.LETTER}
    assert driver.is_visible("licenceDropChoose")


def test_stranger_is_told_the_masked_admin_and_nothing_typed_is_lost(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    world.approved_order()
    world.sign_in("13900139000")
    wait_until(lambda: page.phase is Phase.EMPTY, "the other person's page")
    driver.click("newOrderButton")
    fill(driver, world, holderField="王芳", idNumberField="11010519491231002X")
    attach(driver, page, world)
    driver.click("submitOrderButton")
    said = driver.find("orderBanner", Banner).accessibleName
    wait_until(lambda: "请联系本单位证书管理员授权" in said(), "the refusal")
    assert "张*" in said()
    assert world.company.holder not in said()
    assert page.order.typed.id_number == "11010519491231002X"
    assert len(page.model.state.papers) == 2


def test_second_order_while_one_is_under_review_is_refused_above_the_form(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    world.place_order()
    page.model.load()
    wait_until(lambda: page.phase is Phase.NORMAL, "the list")
    driver.click("newOrderButton")
    fill(driver, world)
    attach(driver, page, world)
    driver.click("submitOrderButton")
    assert driver.find("orderBanner", Banner).accessibleName().startswith("已有待审核的订单")
    assert driver.find("submitOrderButton").isEnabled()


def test_order_that_cannot_be_sent_is_kept_for_another_try(driver: WindowDriver, page: CertificatesPage, world: World):
    driver.click("newOrderButton")
    fill(driver, world)
    attach(driver, page, world)
    world.platform.stop()
    driver.click("submitOrderButton")
    assert driver.find("orderBanner", Banner).accessibleName().startswith("无法连接平台")
    assert page.order.typed.id_number == world.company.id_number
    assert len(page.model.state.papers) == 2
    assert driver.find("submitOrderButton").isEnabled()


def test_other_name_for_a_known_unit_is_named_at_the_field(driver: WindowDriver, page: CertificatesPage, world: World):
    world.approved_order()
    driver.click("newOrderButton")
    fill(driver, world, orgNameField="另一家有限公司")
    attach(driver, page, world)
    driver.click("submitOrderButton")
    wait_until(lambda: bool(error_at(page, Field.ORGANIZATION)), "the refusal")
    assert page.order.fields[Field.ORGANIZATION].value == "另一家有限公司"


def test_rejected_order_shows_why_and_is_filled_in_again_but_for_the_id_number(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    order = world.place_order()
    world.operator().review_order(order.order_id, approve=False, reason="授权书未加盖公章")
    page.model.load()
    assert driver.find(f"orderReason_{order.order_id}", Label).text() == "驳回原因: 授权书未加盖公章"
    driver.click(f"orderAgain_{order.order_id}")
    typed = page.order.typed
    assert (typed.organization_name, typed.holder_name) == (NAME, "张伟")
    assert typed.id_number == ""


def test_rejected_order_that_was_followed_by_another_asks_for_nothing(page: CertificatesPage, world: World):
    order = world.place_order()
    world.operator().review_order(order.order_id, approve=False, reason="模糊")
    later = world.place_order()
    page.model.load()
    wait_until(lambda: len(page.model.state.orders) == 2, "both orders")
    assert [o.order_id for o in page.model.state.open_orders] == [later.order_id]
    assert [o.order_id for o in page.model.state.past_orders] == [order.order_id]


# -- download ----------------------------------------------------------------------------------------------------------


def test_approved_order_is_downloaded_by_phone(driver: WindowDriver, page: CertificatesPage, world: World):
    world.approved_order()
    page.model.load()
    assert "证书密码在手机上设置" in texts(driver, f"order_{world.workspace.api.orders()[0].order_id}")
    driver.click("downloadButton")
    phone = world.phone()
    assert answer_scan(driver, phone).outcome is PhoneOutcome.DONE
    driver.find("certificateTable")
    (certificate,) = page.model.state.certificates
    assert [c.serial for c in phone.certificates()] == [certificate.serial]
    assert not driver.is_visible("downloadButton")
    (order,) = page.model.state.orders
    assert order.state is OrderState.COMPLETED
    assert world.workspace.account.organization is not None


def test_second_approved_order_has_its_own_button_and_only_one_is_primary(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    first, second = world.approved_order(), world.approved_order(suite="RSA-2048")
    page.model.load()
    driver.find("downloadButton")
    names = {b.objectName(): b.property("kind") for b in page.findChildren(QAbstractButton) if b.isVisible()}
    downloads = {name: kind for name, kind in names.items() if name.startswith("downloadButton")}
    assert sorted(downloads.values()) == ["primary", "secondary"]
    assert downloads["downloadButton"] == "primary"
    assert set(downloads) - {"downloadButton"} <= {f"downloadButton_{o.order_id}" for o in (first, second)}
    assert names["newOrderButton"] == "secondary"


# -- certificates ------------------------------------------------------------------------------------------------------


def test_detail_shows_serials_fingerprints_and_the_path_to_the_root(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    world.certify()
    (certificate,) = world.workspace.api.certificates()
    page.model.load()
    driver.click_row("certificateTable", 0)
    wait_until(page.detail.verdict.isVisible, "the verdict")
    sign = [t.replace(" ", "") for t in driver.find("signFacts", FactGrid).texts()]
    enc = [t.replace(" ", "") for t in driver.find("encFacts", FactGrid).texts()]
    assert certificate.serial in sign
    assert certificate.enc_serial in enc
    assert hashlib.sha256(certificate.sign_cert).hexdigest().upper() in sign
    assert hashlib.sha256(certificate.enc_cert).hexdigest().upper() in enc
    links = page.model.state.detail.links if page.model.state.detail else ()
    assert [link.name for link in links] == [f"{world.handle.name} 根证书", f"{world.handle.name} 签发证书", "张伟"]
    assert "手机, 不可导出" in driver.find("certificateFacts", FactGrid).texts()
    assert driver.find("certificateVerdict", VerdictBadge).accessibleName() == "验证通过 签发链完整, 未发现吊销"


def test_revoked_certificate_is_never_shown_as_good(driver: WindowDriver, page: CertificatesPage, world: World):
    world.certify()
    (certificate,) = world.workspace.api.certificates()
    world.operator().revoke_certificate(certificate.serial, "key_compromise")
    world.clock.advance(1)
    page.model.load()
    driver.click_row("certificateTable", 0)
    wait_until(page.detail.verdict.isVisible, "the verdict")
    assert page.model.state.detail is not None
    assert page.model.state.detail.word is ChainWord.BAD
    assert driver.find("certificateState", StatusChip).accessibleName() == "已吊销"
    assert page.model.state.certificate is not None
    assert page.model.state.certificate.state is CertificateState.REVOKED


def test_exported_file_holds_both_certificates_and_their_issuers(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World
):
    world.certify()
    (certificate,) = world.workspace.api.certificates()
    page.receive(certificate.serial)
    target = world.folder / "out" / "公钥.pem"
    world.picks.targets.append(target)
    with qtbot.waitSignal(page.notified) as told:
        driver.click("exportButton")
    assert told.args == ["公钥证书已导出"]
    assert world.picks.asked == [f"{certificate.serial}.pem"]
    ders = [c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(target.read_bytes())]
    assert ders == [certificate.sign_cert, certificate.enc_cert, world.handle.issuing[0], world.handle.root]


def test_export_that_is_thought_better_of_writes_nothing(driver: WindowDriver, page: CertificatesPage, world: World):
    world.certify()
    page.receive(world.workspace.api.certificates()[0].serial)
    world.picks.targets.append(None)
    before = sorted(world.folder.iterdir())
    driver.click("exportButton")
    assert sorted(world.folder.iterdir()) == before


def test_export_to_a_place_that_cannot_be_written_is_said_above_the_certificate(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    world.certify()
    page.receive(world.workspace.api.certificates()[0].serial)
    world.picks.targets.append(world.workspace.folder.root)
    driver.click("exportButton")
    assert driver.find("certificateBanner", Banner).accessibleName().startswith("无法保存文件")


# -- faults, people, words ---------------------------------------------------------------------------------------------


def test_platform_that_is_away_shows_the_offline_face_and_comes_back(
    qtbot: QtBot, page: CertificatesPage, world: World
):
    world.approved_order()
    page.model._on_no_lists(UnavailableError("portal.unreachable"))
    assert page.phase is Phase.OFFLINE
    page.offline.retry_requested.emit()
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)


def test_list_stays_in_sight_when_the_platform_goes_away(driver: WindowDriver, page: CertificatesPage, world: World):
    world.approved_order()
    page.model.load()
    driver.find("downloadButton")
    world.platform.stop()
    driver.click("certificatesRefresh")
    assert driver.find("certificatesBanner", Banner).accessibleName().startswith("无法连接平台")
    assert driver.is_visible("downloadButton")
    assert page.phase is Phase.NORMAL


def test_next_person_sees_nothing_of_the_one_before(driver: WindowDriver, page: CertificatesPage, world: World):
    world.place_order()
    page.model.load()
    wait_until(lambda: page.phase is Phase.NORMAL, "the list")
    driver.click("newOrderButton")
    fill(driver, world)
    attach(driver, page, world)
    world.workspace.account.sign_out()
    wait_until(lambda: page.model.state.orders == (), "the list to go")
    assert page.order.typed == OrderInput()
    assert page.model.state.papers == ()
    world.sign_in("13900139000")
    wait_until(lambda: page.phase is Phase.EMPTY, "the other person's page")


def test_page_looks_again_only_while_a_review_is_awaited_in_sight(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    assert not page._again.is_looking
    order = world.place_order()
    page.model.load()
    wait_until(lambda: page._again.is_looking, "the page to look again")
    page.hide()
    assert not page._again.is_looking
    page.show()
    world.operator().review_order(order.order_id, approve=True)
    page._again._timer.timeout.emit()
    driver.find("downloadButton")
    assert not page._again.is_looking


@pytest.mark.parametrize("payload", ["new", "rejected", "unknown"])
def test_wish_of_another_page_is_fulfilled_once_the_lists_are_there(
    qtbot: QtBot, page: CertificatesPage, world: World, payload: str
):
    order = world.place_order()
    world.operator().review_order(order.order_id, approve=False, reason="模糊")
    page.receive(order.order_id if payload == "rejected" else payload)
    assert page.model.state.place is Place.OVERVIEW
    page.show()
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)
    assert page.model.state.place is (Place.OVERVIEW if payload == "unknown" else Place.ORDER)
    assert page.order.typed.holder_name == ("张伟" if payload == "rejected" else "")


def test_switch_of_language_keeps_what_is_typed(driver: WindowDriver, page: CertificatesPage, world: World):
    driver.click("newOrderButton")
    driver.click("submitOrderButton")
    fill(driver, world)
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        wait_until(lambda: driver.find("submitOrderButton", QAbstractButton).text() == "Submit", "English")
        assert page.order.typed.id_number == world.company.id_number
        assert driver.find("licenceDropFault", Label).text() == "Upload the business licence"
    finally:
        languages.use(Language.CHINESE)


def test_tab_visits_the_form_in_the_order_of_reading(driver: WindowDriver, page: CertificatesPage, world: World):
    driver.click("newOrderButton")
    assert tab_stops(page) == [
        "orderBack",
        "orgNameField",
        "creditCodeField",
        "legalRepField",
        "holderField",
        "idNumberField",
        "licenceDropChoose",
        "letterDropChoose",
        "advancedButton",
        "cancelOrderButton",
        "submitOrderButton",
    ]


def test_every_control_has_a_name_for_tests_and_for_screen_readers(
    driver: WindowDriver, page: CertificatesPage, world: World
):
    world.approved_order()
    page.model.load()
    driver.find("downloadButton")
    nameless = _nameless(page)
    driver.click("newOrderButton")
    nameless += _nameless(page)
    assert nameless == []


def _nameless(page: CertificatesPage) -> list[str]:
    controls: list[QWidget] = [*page.findChildren(QLineEdit), *page.findChildren(QAbstractButton)]
    return [
        f"{type(c).__name__} {c.objectName()}"
        for c in controls
        if c.isVisible() and not (c.objectName() and c.accessibleName())
    ]


def test_model_can_be_left_while_it_loads(qtbot: QtBot, world: World):
    model = CertificatesModel(world.workspace)
    model.load()
    with qtbot.waitSignal(model.destroyed):
        model.deleteLater()
    world.workspace.account.sign_out()


def test_fields_of_the_form_are_the_ones_the_story_types_into(page: CertificatesPage):
    names = {"orgNameField", "creditCodeField", "legalRepField", "holderField", "idNumberField"}
    assert {f.edit.objectName() for f in page.order.findChildren(TextField)} == names
