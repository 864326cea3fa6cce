import io
import struct
import zlib
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import sha256
from desktop.domain.errors import MisuseError
from desktop.domain.operations import CertificateState, SealKind, SealState
from desktop.phone.core import Phone, PhoneOutcome
from desktop.portal.records import Seal
from desktop.services.enrol import EnrolAction
from desktop.services.seals import load_seal
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.stamping import stamp_on_paper
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.rig import scan_headless, seal_form
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import Banner, Label, StatusChip
from desktop.ui.page import Phase
from desktop.views.seals import SealsModel, SealsPage
from desktop.views.seals.checks import Field
from desktop.views.seals.picture import SealPicture, decode
from desktop.views.seals.state import Place
from tests.views.certificates.world import NAME, World, answer_scan, tab_stops

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def upload(driver: WindowDriver, page: SealsPage, world: World, content: bytes, name: str = "公章.jpg") -> None:
    world.picks.files.append(world.file(name, content))
    driver.click("scanDropChoose")
    wait_until(lambda: not page.model.state.is_cutting, "the cut-out")


def applied(world: World, imprint: bytes, *, name: str = "公章") -> Seal:
    serial = world.workspace.api.certificates()[0].serial
    return world.workspace.api.apply_for_seal(seal_form(serial, imprint, name=name))


def approved(world: World, imprint: bytes, *, name: str = "公章") -> Seal:
    seal = applied(world, imprint, name=name)
    world.operator().review_seal(seal.seal_id, approve=True)
    return seal


def enrol(world: World, phone: Phone) -> None:
    scan_headless(world.workspace, phone, EnrolAction(world.workspace), credit_code=world.company.credit_code)


@pytest.fixture(scope="session")
def imprint_png(stamped_sheet: bytes) -> bytes:
    found = cut_out(stamped_sheet, SealKind.OFFICIAL).imprint
    assert found is not None
    return found.png


def blank_sheet() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (800, 600), (255, 255, 255)).save(buffer, format="PNG")
    return buffer.getvalue()


def huge_png() -> bytes:
    """A few bytes that claim 60,000 by 60,000 pixels (threat T23)."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


# -- applying ----------------------------------------------------------------------------------------------------------


def test_person_without_certificate_is_led_to_order_one(qtbot: QtBot, page: SealsPage):
    page.show()
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    button = page.empty.findChild(QPushButton, "applySealButton")
    assert button is not None
    assert button.text() == "申请数字证书"
    with qtbot.waitSignal(page.navigate) as asked:
        button.click()
    assert asked.args == ["certificates", "new"]


def test_application_reaches_the_review_desk_with_scan_and_transparent_imprint(
    qtbot: QtBot, driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    driver.click("kindOfficial")
    upload(driver, page, world, stamped_sheet)
    assert driver.find("imprintVerdict", Banner).accessibleName().startswith("印模清晰完整")
    with qtbot.waitSignal(page.notified) as told:
        driver.click("submitSealButton")
    assert told.args == ["印章申请已提交, 等待平台审核"]
    operator = world.operator()
    (seal,) = operator.seals_to_review()
    assert (seal.name, seal.kind) == (f"{NAME}公章", SealKind.OFFICIAL)
    assert (seal.width_mm, seal.height_mm) == pytest.approx((41.7, 41.7), abs=0.3)
    assert operator.seal_scan(seal.seal_id) == stamped_sheet
    imprint = operator.seal_imprint(seal.seal_id)
    assert sha256(imprint) == seal.imprint_sha256
    with Image.open(io.BytesIO(imprint)) as picture:
        assert picture.mode == "RGBA"
        assert picture.getpixel((0, 0))[3] == 0
    assert driver.find(f"sealState_{seal.seal_id}", StatusChip).accessibleName() == "待审核"
    wait_until(lambda: dict(page.model.state.imprints).get(seal.seal_id) == imprint, "the picture")
    assert driver.find(f"sealPicture_{seal.seal_id}", SealPicture).has_picture


def test_form_is_empty_again_after_an_application(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    driver.click("kindContract")
    driver.type_text("sealNameField", "合同专用章 (1)")
    upload(driver, page, world, stamped_sheet)
    driver.click("submitSealButton")
    wait_until(lambda: page.model.state.applied_number == 1, "the application")
    driver.click("applySealButton")
    assert page.model.state.scan is None
    assert page.model.state.kind is SealKind.OFFICIAL
    assert page.application.name.value == f"{NAME}公章"
    assert page.application.width_field.value == ""


def test_submission_without_scan_is_refused_at_its_place_and_nothing_is_sent(
    driver: WindowDriver, page: SealsPage, world: World
):
    driver.click("applySealButton")
    driver.type_text("sealNameField", " ")
    driver.click("submitSealButton")
    assert driver.find("scanFault", Label).text() == "请上传印章扫描件"
    assert page.application.name.error == "请填写印章名称"
    assert world.workspace.api.seals() == ()


def test_sheet_without_seal_is_told_in_words_and_cannot_be_submitted(
    driver: WindowDriver, page: SealsPage, world: World
):
    driver.click("applySealButton")
    upload(driver, page, world, blank_sheet(), "白纸.png")
    said = driver.find("imprintVerdict", Banner).accessibleName()
    assert said.startswith("未找到印章")
    assert "白纸" in said
    driver.click("submitSealButton")
    assert driver.find("scanFault", Label).text().startswith("印模不符合要求")
    assert world.workspace.api.seals() == ()


def test_seal_at_the_edge_of_the_picture_is_called_cut_off(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    found = cut_out(stamped_sheet, SealKind.OFFICIAL).imprint
    assert found is not None
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(stamped_sheet)) as sheet:
        box = found.box
        sheet.crop((box.x + box.width // 8, 0, sheet.width, sheet.height)).save(buffer, format="PNG")
    driver.click("applySealButton")
    upload(driver, page, world, buffer.getvalue(), "残.png")
    assert "印章不完整" in driver.find("imprintVerdict", Banner).accessibleName()


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", huge_png()],
)
def test_file_that_is_no_picture_is_refused_at_its_place(
    driver: WindowDriver, page: SealsPage, world: World, content: bytes
):
    driver.click("applySealButton")
    upload(driver, page, world, content, "章.png")
    said = driver.find("scanFault", Label).text()
    assert "图片" in said
    assert "意外" not in said
    assert page.model.state.scan is None
    assert driver.is_visible("scanDropChoose")


def test_kind_changes_the_name_but_not_one_that_was_typed_and_never_the_size_measured(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    upload(driver, page, world, stamped_sheet)
    measured = page.application.width_field.value
    assert float(measured) == pytest.approx(41.7, abs=0.3)
    assert "扫描分辨率" in driver.find("sizeNote", Label).text()
    driver.click("kindContract")
    wait_until(lambda: not page.model.state.is_cutting, "the second cut-out")
    assert page.application.name.value == f"{NAME}合同专用章"
    assert page.application.width_field.value == measured
    driver.type_text("sealNameField", "我的合同章")
    driver.click("kindLegal")
    wait_until(lambda: not page.model.state.is_cutting, "the third cut-out")
    assert page.application.name.value == "我的合同章"
    assert driver.find("imprintVerdict", Banner).accessibleName().startswith("印章形状与类型不符")
    driver.click("submitSealButton")
    assert world.workspace.api.seals() == ()


def test_size_that_the_picture_does_not_tell_is_asked_for_and_never_assumed(
    driver: WindowDriver, page: SealsPage, world: World, official_png: bytes
):
    driver.click("applySealButton")
    upload(driver, page, world, stamp_on_paper(official_png, 7).jpeg)
    assert page.application.width_field.value == page.application.height_field.value == ""
    assert "圆形直径不超过 45 毫米" in driver.find("sizeNote", Label).text()
    driver.click("submitSealButton")
    assert page.application.width_field.error == "请填写毫米数, 例如 42"
    assert world.workspace.api.seals() == ()
    driver.type_text("widthField", "42")
    assert page.application.height_field.value == "42", "a round seal is as high as it is wide"
    driver.click("kindContract")
    wait_until(lambda: not page.model.state.is_cutting, "the second cut-out")
    assert page.application.width_field.value == "42", "what was measured by hand is kept"
    driver.click("submitSealButton")
    wait_until(lambda: page.model.state.applied_number == 1, "the application")
    assert world.workspace.api.seals()[0].width_mm == 42.0


@pytest.mark.parametrize("typed", [("60", "45"), ("abc", "毫米数")])
def test_size_that_cannot_be_is_named_at_its_field(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes, typed: tuple[str, str]
):
    width, words = typed
    driver.click("applySealButton")
    upload(driver, page, world, stamped_sheet)
    driver.type_text("widthField", width)
    driver.click("submitSealButton")
    assert words in page.application.width_field.error
    assert world.workspace.api.seals() == ()
    driver.type_text("widthField", "41.5")
    assert page.application.width_field.error == ""
    driver.type_text("heightField", "41.5")
    driver.click("submitSealButton")
    wait_until(lambda: page.model.state.applied_number == 1, "the application")
    assert world.workspace.api.seals()[0].width_mm == 41.5


def test_too_many_applications_are_refused_above_the_form_and_nothing_is_lost(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes, imprint_png: bytes
):
    for number in range(5):
        applied(world, imprint_png, name=f"公章{number}")
    driver.click("applySealButton")
    upload(driver, page, world, stamped_sheet)
    driver.click("submitSealButton")
    assert driver.find("sealBanner", Banner).accessibleName().startswith("待审核的申请过多")
    assert page.model.state.scan is not None
    assert page.application.name.value == f"{NAME}公章"
    assert driver.find("submitSealButton").isEnabled()


def test_application_that_cannot_be_sent_is_kept_for_another_try(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    upload(driver, page, world, stamped_sheet)
    world.platform.stop()
    driver.click("submitSealButton")
    assert driver.find("sealBanner", Banner).accessibleName().startswith("无法连接平台")
    assert page.model.state.cut is not None
    assert driver.find("submitSealButton").isEnabled()


def test_other_scan_can_be_chosen(driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes):
    driver.click("applySealButton")
    upload(driver, page, world, blank_sheet(), "白纸.png")
    driver.click("scanRemove")
    assert not driver.is_visible("scanPreview")
    upload(driver, page, world, stamped_sheet)
    assert page.model.state.cut is not None
    assert page.model.state.cut.is_acceptable


def test_cut_out_that_is_given_up_leaves_no_scan(page: SealsPage, world: World, phone: Phone, stamped_sheet: bytes):
    page.model.take_scan(world.file("公章.jpg", stamped_sheet))
    assert page.model.state.is_cutting
    page.model.stop_cutting()
    assert not page.model.state.is_cutting
    assert page.model.state.scan is None


# -- claiming ----------------------------------------------------------------------------------------------------------


def test_claim_waits_for_the_workstation_and_leads_to_its_enrolment(
    qtbot: QtBot, driver: WindowDriver, page: SealsPage, world: World, imprint_png: bytes
):
    seal = approved(world, imprint_png)
    page.model.load()
    assert not driver.find("claimButton").isEnabled()
    with pytest.raises(MisuseError):
        page.model.claim_action(replace(seal, state=SealState.APPROVED))
    with qtbot.waitSignal(page.navigate) as asked:
        driver.click("enrolHintAction")
    assert asked.args == ["me", "enrol"]


def test_enrolment_elsewhere_lets_the_claim_start_here(
    driver: WindowDriver, page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    approved(world, imprint_png)
    page.model.load()
    driver.find("enrolHint")
    enrol(world, phone)
    driver.wait_gone("enrolHint")
    assert driver.find("claimButton").isEnabled()


def test_approved_seal_is_claimed_by_phone_and_usable(
    driver: WindowDriver, page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    enrol(world, phone)
    seal = approved(world, imprint_png)
    page.model.load()
    driver.click("claimButton")
    assert answer_scan(driver, phone).outcome is PhoneOutcome.DONE
    driver.wait_gone("claimButton")
    assert driver.find(f"sealState_{seal.seal_id}", StatusChip).accessibleName() == "已申领"
    (record,) = page.model.state.seals
    (certificate,) = page.model.state.certificates
    facts = read_certificate(certificate.sign_cert)
    assert load_seal(world.workspace, record, facts).imprint_png == imprint_png


def test_second_claim_has_its_own_button_and_only_one_is_primary(
    driver: WindowDriver, page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    enrol(world, phone)
    seals = [approved(world, imprint_png, name=name) for name in ("公章", "公章二")]
    page.model.load()
    driver.find("claimButton")
    kinds = {b.objectName(): b.property("kind") for b in page.findChildren(QAbstractButton) if b.isVisible()}
    claims = {name: kind for name, kind in kinds.items() if name.startswith("claimButton")}
    assert sorted(claims.values()) == ["primary", "secondary"]
    assert set(claims) - {"claimButton"} <= {f"claimButton_{s.seal_id}" for s in seals}
    assert kinds["applySealButton"] == "secondary"


def test_rejected_application_shows_why(driver: WindowDriver, page: SealsPage, world: World, imprint_png: bytes):
    seal = applied(world, imprint_png)
    world.operator().review_seal(seal.seal_id, approve=False, reason="印章边缘缺失")
    page.model.load()
    assert driver.find(f"sealReason_{seal.seal_id}", Label).text() == "驳回原因: 印章边缘缺失"
    assert not driver.is_visible("claimButton")


def test_rejected_application_is_made_again_with_all_that_was_entered(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    driver.click("kindContract")
    driver.type_text("sealNameField", "合同章 (二)")
    upload(driver, page, world, stamped_sheet)
    driver.type_text("widthField", "40.5")
    driver.type_text("heightField", "40.5")
    driver.click("submitSealButton")
    wait_until(lambda: page.model.state.applied_number == 1, "the application")
    (seal,) = page.model.state.seals
    world.operator().review_seal(seal.seal_id, approve=False, reason="印章名称有误")
    driver.click("sealsRefresh")
    driver.click(f"applyAgain_{seal.seal_id}")
    wait_until(lambda: page.model.state.cut is not None and not page.model.state.is_cutting, "the scan again")
    assert page.application.name.value == "合同章 (二)"
    assert page.model.state.kind is SealKind.CONTRACT
    assert page.model.state.scan is not None
    assert page.model.state.scan.content == stamped_sheet
    driver.type_text("sealNameField", "合同专用章")
    driver.click("submitSealButton")
    wait_until(lambda: page.model.state.applied_number == 2, "the second application")
    states = {s.name: s.state for s in world.workspace.api.seals()}
    assert states == {"合同章 (二)": SealState.REJECTED, "合同专用章": SealState.PENDING_REVIEW}


def test_seal_of_a_certificate_that_has_expired_is_shown_as_ended(
    driver: WindowDriver, page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    enrol(world, phone)
    seal = approved(world, imprint_png)
    page.model.load()
    driver.click("claimButton")
    assert answer_scan(driver, phone).outcome is PhoneOutcome.DONE
    driver.wait_gone("claimButton")
    expired = tuple(replace(c, state=CertificateState.EXPIRED) for c in page.model.state.certificates)
    page.model._set(certificates=expired)
    assert driver.find(f"sealState_{seal.seal_id}", StatusChip).accessibleName() == "证书已到期"
    assert "不能再用此印章盖章" in driver.find(f"sealReason_{seal.seal_id}", Label).text()
    assert not driver.is_visible(f"applyAgain_{seal.seal_id}"), "there is no certificate to apply with"


def test_void_seal_stays_in_sight_and_cannot_be_claimed(
    driver: WindowDriver, page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    enrol(world, phone)
    seal = approved(world, imprint_png)
    page.model.load()
    driver.find("claimButton")
    world.operator().revoke_certificate(world.workspace.api.certificates()[0].serial, "key_compromise")
    driver.click("sealsRefresh")
    driver.wait_gone("claimButton")
    assert driver.find(f"sealState_{seal.seal_id}", StatusChip).accessibleName() == "作废"
    assert not any(page.model.state.may_be_claimed(s) for s in page.model.state.seals)
    assert driver.find(f"sealReason_{seal.seal_id}", Label).text() == "作废原因: 关联证书已吊销"
    assert not driver.is_visible(f"applyAgain_{seal.seal_id}"), "first a new certificate"


def test_void_seal_is_applied_for_again_with_the_next_certificate(
    driver: WindowDriver, page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    seal = approved(world, imprint_png, name="老公章")
    old = world.workspace.api.certificates()[0].serial
    world.operator().revoke_certificate(old, "单位名称已变更")
    world.certify()
    page.model.load()
    driver.click(f"applyAgain_{seal.seal_id}")
    wait_until(lambda: not page.model.state.is_cutting, "the scan again")
    assert page.model.state.chosen is not None
    assert page.model.state.chosen.serial != old
    assert (page.application.name.value, page.model.state.kind) == ("老公章", SealKind.OFFICIAL)
    driver.click("sealBack")
    assert driver.find(f"sealState_{seal.seal_id}", StatusChip).accessibleName() == "作废"


def test_picture_that_is_not_the_one_reviewed_is_not_shown(
    page: SealsPage, world: World, phone: Phone, imprint_png: bytes
):
    seal = applied(world, imprint_png)
    page.model._set(seals=(replace(seal, imprint_sha256=b"\0" * 32),))
    page.model._fetch_pictures()
    handle = page.model._held[-1]
    wait_until(lambda: not handle.is_running, "the pictures")
    assert page.model.state.imprints == ()


# -- faults, people, words ---------------------------------------------------------------------------------------------


def test_list_stays_in_sight_when_the_platform_goes_away(
    driver: WindowDriver, page: SealsPage, world: World, imprint_png: bytes
):
    seal = applied(world, imprint_png)
    page.model.load()
    driver.find(f"sealState_{seal.seal_id}")
    world.platform.stop()
    driver.click("sealsRefresh")
    assert driver.find("sealsBanner", Banner).accessibleName().startswith("无法连接平台")
    assert driver.is_visible(f"sealState_{seal.seal_id}")


def test_platform_that_is_away_from_the_start_shows_the_offline_face(qtbot: QtBot, page: SealsPage, world: World):
    world.platform.stop()
    page.show()
    qtbot.waitUntil(lambda: page.phase is Phase.OFFLINE, timeout=10_000)


def test_next_person_sees_nothing_of_the_one_before(
    driver: WindowDriver, page: SealsPage, world: World, imprint_png: bytes, stamped_sheet: bytes
):
    applied(world, imprint_png)
    page.model.load()
    wait_until(lambda: bool(page.model.state.imprints), "the list")
    driver.click("applySealButton")
    driver.type_text("sealNameField", "秘密章")
    upload(driver, page, world, stamped_sheet)
    world.sign_in("13900139000")
    wait_until(lambda: page.phase is Phase.EMPTY, "the other person's page")
    assert (page.model.state.seals, page.model.state.imprints, page.model.state.scan) == ((), (), None)
    assert page.application.name.value == ""


def test_page_looks_again_only_while_a_review_is_awaited_in_sight(
    driver: WindowDriver, page: SealsPage, world: World, imprint_png: bytes
):
    seal = applied(world, imprint_png)
    page.model.load()
    wait_until(lambda: page._again.is_looking, "the page to look again")
    page.hide()
    assert not page._again.is_looking
    page.show()
    world.operator().review_seal(seal.seal_id, approve=True)
    page._again._timer.timeout.emit()
    driver.find("claimButton")
    assert not page._again.is_looking


def test_wish_to_apply_is_fulfilled_once_the_certificates_are_known(
    qtbot: QtBot, page: SealsPage, world: World, phone: Phone
):
    page.receive("new")
    assert page.model.state.place is Place.LIST
    page.show()
    qtbot.waitUntil(lambda: page.model.state.place is Place.APPLICATION)
    assert page.application.certificate.value == world.workspace.api.certificates()[0].serial


def test_switch_of_language_keeps_what_is_typed(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    driver.type_text("sealNameField", "公章一")
    upload(driver, page, world, stamped_sheet)
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        said = driver.find("imprintVerdict", Banner).accessibleName
        wait_until(lambda: said().startswith("The imprint is clear"), "English")
        assert page.application.name.value == "公章一"
        assert driver.find("kindLegal", QAbstractButton).text() == "Legal representative's seal"
    finally:
        languages.use(Language.CHINESE)


def test_tab_visits_the_form_in_the_order_of_reading(
    driver: WindowDriver, page: SealsPage, world: World, stamped_sheet: bytes
):
    driver.click("applySealButton")
    before = ["sealBack", "certificateChoice", "kindOfficial", "kindLegal", "kindContract", "sealNameField"]
    after = ["cancelSealButton", "submitSealButton"]
    assert tab_stops(page) == [*before, "scanDropChoose", "captureScanButton", "saveScaleSheet", *after]
    upload(driver, page, world, stamped_sheet)
    assert tab_stops(page) == [*before, "scanRemove", "widthField", "heightField", *after]


def test_every_control_has_a_name_for_tests_and_for_screen_readers(
    driver: WindowDriver, page: SealsPage, world: World, imprint_png: bytes, stamped_sheet: bytes
):
    approved(world, imprint_png)
    page.model.load()
    driver.find("claimButton")
    nameless = _nameless(page)
    driver.click("applySealButton")
    upload(driver, page, world, stamped_sheet)
    assert nameless + _nameless(page) == []


def _nameless(page: SealsPage) -> list[str]:
    controls: list[QWidget] = [*page.findChildren(QLineEdit), *page.findChildren(QAbstractButton)]
    return [
        f"{type(c).__name__} {c.objectName()}"
        for c in controls
        if c.isVisible() and not (c.objectName() and c.accessibleName())
    ]


def test_large_turned_photo_is_shown_upright_and_small():
    buffer = io.BytesIO()
    photo = Image.new("RGB", (4000, 3000), (255, 255, 255))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    photo.save(buffer, format="JPEG", exif=exif)
    image, size = decode(buffer.getvalue())
    assert (size.width(), size.height()) == (3000, 4000)
    assert image.height() > image.width()
    assert image.height() <= 1600


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_not_drawn(content: bytes):
    assert decode(content)[0].isNull()


def test_model_can_be_left_while_it_loads(qtbot: QtBot, world: World):
    model = SealsModel(world.workspace)
    model.load()
    with qtbot.waitSignal(model.destroyed):
        model.deleteLater()
    world.workspace.account.sign_out()


def test_faults_of_the_platform_stand_at_the_fields_they_are_about(page: SealsPage):
    from desktop.domain.errors import RejectedError

    page.model._on_refused(RejectedError("platform.bad_field", "name"))
    page.model._on_refused(RejectedError("platform.seal_size"))
    assert {where for where, _fault in page.model.state.faults} == {Field.NAME, Field.WIDTH}
