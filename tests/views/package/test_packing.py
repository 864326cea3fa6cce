"""Making a bid package as a person does: form, files, who can open it, one scan, and what comes of it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QCheckBox, QComboBox, QLineEdit, QTableView

from desktop.crypto.suites import spki_of
from desktop.domain.operations import Verdict
from desktop.formats.package import PackageVerdict, verify_package
from desktop.services.download import DownloadAction
from desktop.testing import OfficeWorker, PhoneHolder, Platform, PreparedCompany, wait_until
from desktop.testing.rig import order_form, scan_headless
from tests.app.words import focus_name, words_on
from tests.pdf.pki import ec_key
from tests.views.certificates.world import tab_stops
from tests.views.package.desk import add_files, fill_in, make_bid, pack_page, scan_pack, write_files


def judged(worker: OfficeWorker, bid: Path) -> PackageVerdict:
    workspace = worker.client.workspace
    workspace.trust.refresh()
    return verify_package(
        bid,
        anchors=workspace.trust.anchors,
        revocation=workspace.trust.revocation(),
        now=workspace.clock.now(),
    )


@pytest.fixture
def desk(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> OfficeWorker:
    """The empty form."""
    bidseal_window.screen.click("nav_projects")
    bidseal_window.screen.click("packageJob_pack")
    bidseal_window.screen.find("packTender")
    wait_until(lambda: bool(pack_page(bidseal_window).model.state.own), "the certificates")
    return bidseal_window


def test_a_bid_is_packed_signed_by_phone_and_valid(
    desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    bid = make_bid(desk, bidseal_phone, bidseal_company)
    assert bid == bidseal_company.documents / "投标文件_JXJT-2026-118_1.bid"
    verdict = judged(desk, bid)
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    assert verdict.package is not None
    header = verdict.package.header
    assert (header.tender, header.lot, header.bidder.credit_code) == ("JXJT-2026-118", "1", bidseal_company.credit_code)
    (envelope,) = header.envelopes
    assert [group.kind.value for group in envelope.groups] == ["bidder"]
    assert header.deadline == envelope.not_before
    assert "已生成" in words_on(desk.screen)
    desk.screen.click("nav_home")
    desk.screen.find("needLeft_0")
    assert any("JXJT-2026-118 · 1" in line for line in words_on(desk.screen).splitlines())


def test_the_result_can_be_verified_and_another_made_without_typing_all_again(
    desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    first = make_bid(desk, bidseal_phone, bidseal_company)
    desk.screen.click("packVerifyButton")
    desk.screen.find("verdict_0")
    wait_until(lambda: "投标文件包完整" in words_on(desk.screen), "the verdict in words")
    desk.screen.click("nav_projects")
    desk.screen.click("packAnewButton")
    desk.screen.find("firstFilesDrop")
    page = pack_page(desk)
    assert (page.form.typed.tender, page.form.typed.lot) == ("JXJT-2026-118", "")
    desk.screen.type_text("packLot", "1")
    add_files(desk, "firstFiles", *write_files(bidseal_company))
    second = scan_pack(desk, bidseal_phone)
    assert (first.name, second.name) == ("投标文件_JXJT-2026-118_1.bid", "投标文件_JXJT-2026-118_1(2).bid")


def test_two_envelopes_keep_the_price_out_of_the_first(
    desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    fill_in(desk)
    desk.screen.click("envelopeChoice_double")
    add_files(desk, "firstFiles", *write_files(bidseal_company, ("技术标.pdf",)))
    add_files(desk, "secondFiles", *write_files(bidseal_company, ("报价.pdf",)))
    verdict = judged(desk, scan_pack(desk, bidseal_phone))
    assert verdict.package is not None
    assert [each.title for each in verdict.package.header.envelopes] == ["商务技术文件", "报价文件"]


def test_an_empty_form_is_refused_field_by_field_and_the_cursor_goes_to_the_first(desk: OfficeWorker) -> None:
    desk.screen.click("packButton")
    words = words_on(desk.screen)
    for said in ("请填写项目编号", "请填写标段", "请填写投标截止时间", "请添加要装入的文件"):
        assert said in words
    assert focus_name() == "packTender"
    assert not desk.screen.is_visible("scanDialog")
    desk.screen.type_text("packTender", "T")
    assert "请填写项目编号" not in words_on(desk.screen)
    assert "请填写标段" in words_on(desk.screen)


def test_figures_are_said_in_capital_characters_and_the_deadline_with_weekday_and_time_left(desk: OfficeWorker) -> None:
    fill_in(desk)
    words = words_on(desk.screen)
    assert "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整" in words
    assert "贰万元整" in words
    assert "星期二, 还有 6 天 23 小时 30 分" in words


def names_in(worker: OfficeWorker, table: str = "firstFilesTable") -> list[str]:
    model = worker.screen.find(table, QAbstractItemView).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_a_duplicate_and_an_impossible_name_are_said_at_once_and_the_rest_is_taken(
    desk: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    good, other = write_files(bidseal_company)
    add_files(desk, "firstFiles", good)
    elsewhere = bidseal_company.documents / "另"
    elsewhere.mkdir()
    clash, bad = elsewhere / "投标函.PDF", elsewhere / "con.txt"
    for path in (clash, bad):
        path.write_bytes(b"x")
    add_files(desk, "firstFiles", clash, other, bad, bidseal_company.documents / "没有.pdf")
    assert names_in(desk) == ["投标函.pdf", "清单.xml"]
    words = words_on(desk.screen)
    assert "投标函.PDF 与已添加的文件重名" in words
    assert "con.txt" in words
    assert "没有.pdf" in words


def test_keys_and_buttons_put_files_in_order_and_take_them_out(
    desk: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    add_files(desk, "firstFiles", *write_files(bidseal_company, ("甲.pdf", "乙.pdf", "丙.pdf")))
    up, down = desk.screen.find("firstFilesUp"), desk.screen.find("firstFilesDown")
    desk.screen.click_row("firstFilesTable", 0)
    assert (up.isEnabled(), down.isEnabled()) == (False, True)
    desk.screen.click_row("firstFilesTable", 2)
    assert (up.isEnabled(), down.isEnabled()) == (True, False)
    desk.screen.click("firstFilesUp")
    assert names_in(desk) == ["甲.pdf", "丙.pdf", "乙.pdf"]
    table = desk.screen.find("firstFilesTable")
    table.setFocus()
    desk.screen.press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names_in(desk) == ["丙.pdf", "甲.pdf", "乙.pdf"]
    desk.screen.press(Qt.Key.Key_Delete)
    assert names_in(desk) == ["甲.pdf", "乙.pdf"]
    desk.screen.click_row("firstFilesTable", 0)
    desk.screen.click("firstFilesRemove")
    assert names_in(desk) == ["乙.pdf"]
    assert all((bidseal_company.documents / name).is_file() for name in ("甲.pdf", "乙.pdf", "丙.pdf"))


def test_files_dropped_on_an_envelope_are_added_to_it(desk: OfficeWorker, bidseal_company: PreparedCompany) -> None:
    first, second = write_files(bidseal_company)
    for path in (first, second):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        event = QDropEvent(QPointF(9, 9), action, data, buttons, Qt.KeyboardModifier.NoModifier)
        pack_page(desk).boxes[0].dropEvent(event)
    wait_until(lambda: names_in(desk) == [first.name, second.name], "both files")


def test_the_opening_key_and_the_time_key_join_the_policy_and_it_is_said_who_is_needed(
    desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    fill_in(desk)
    add_files(desk, "firstFiles", *write_files(bidseal_company))
    desk.screen.click("packAdvancedButton")
    for kind in ("opening_key", "time"):
        path = bidseal_company.documents / f"{kind}.der"
        path.write_bytes(spki_of(ec_key()))
        desk.hand.hold(path)
        desk.screen.click(f"loadGroup_{kind}")
        desk.screen.find(f"dropGroup_{kind}")
    assert "并且还需要: 开标密钥、平台时间密钥" in words_on(desk.screen)
    verdict = judged(desk, scan_pack(desk, bidseal_phone))
    assert verdict.package is not None
    groups = verdict.package.header.envelopes[0].groups
    assert [group.kind.value for group in groups] == ["bidder", "opening_key", "time"]


def test_a_key_file_that_is_none_is_refused_in_words(desk: OfficeWorker, bidseal_company: PreparedCompany) -> None:
    desk.screen.click("packAdvancedButton")
    path = bidseal_company.documents / "key.pem"
    path.write_text("no key", encoding="utf-8")
    desk.hand.hold(path)
    desk.screen.click("loadGroup_time")
    desk.screen.find("groupProblem")
    assert not desk.screen.is_visible("dropGroup_time")


@pytest.fixture
def second_certificate(
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
    bidseal_window: OfficeWorker,
    bidseal_phone: PhoneHolder,
) -> str:
    """Another certificate of the unit, which no phone has confirmed for this workstation; returns its serial number."""
    workspace = bidseal_window.client.workspace
    order = workspace.api.place_order(order_form(bidseal_company.company))
    bidseal_platform.approve_all()
    approved = next(o for o in workspace.api.orders() if o.order_id == order.order_id)
    before = {c.serial for c in workspace.api.certificates()}
    scan_headless(
        workspace, bidseal_phone.phone, DownloadAction(workspace, approved), credit_code=bidseal_company.credit_code
    )
    new = next(c for c in workspace.api.certificates() if c.serial not in before)
    for pin in workspace.pins.all():
        if pin.certificate.serial == new.enc_serial:
            workspace.pins.remove(pin.certificate.sha256)
    return str(new.serial)


def test_a_second_phone_is_advised_confirmed_by_a_scan_and_can_then_open_the_bid(
    second_certificate: str, desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    page = pack_page(desk)
    page.model.load()
    first = next(h.key for h in page.model.state.own if h.key != second_certificate)
    page.model.choose_certificate(first)
    wait_until(lambda: bool(page.model.state.unconfirmed), "the second certificate to be offered")
    assert "建议加入第二部手机" in words_on(desk.screen)
    assert page.openers.certificate.value == first
    desk.screen.click("confirm_0")
    bidseal_phone.scan(desk.screen)
    bidseal_phone.approve(typed_code=desk.code_to_type(bidseal_phone))
    page.model.load()  # as the event of the new confirmation does, which may come before the dialog has ended
    wait_until(lambda: bool(page.model.state.confirmed), "the confirmation to be known")
    desk.finish_scan()
    bidseal_phone.put_away()
    box = desk.screen.find("second_0", QCheckBox)
    assert box.isChecked()
    assert "建议加入第二部手机" not in words_on(desk.screen)
    fill_in(desk)
    add_files(desk, "firstFiles", *write_files(bidseal_company))
    verdict = judged(desk, scan_pack(desk, bidseal_phone))
    assert verdict.package is not None
    (group,) = verdict.package.header.envelopes[0].groups
    assert len(group.recipients) == 2


def test_declined_on_the_phone_leaves_no_package_and_the_form_as_it_was(
    desk: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    fill_in(desk)
    add_files(desk, "firstFiles", *write_files(bidseal_company))
    desk.screen.click("packButton")
    bidseal_phone.scan(desk.screen)
    bidseal_phone.decline()
    desk.screen.find("qrCardProblem")
    desk.screen.press(Qt.Key.Key_Escape)
    desk.screen.wait_gone("scanDialog")
    assert list(bidseal_company.documents.glob("*.bid")) == []
    assert list(bidseal_company.documents.glob(".*")) == []
    assert pack_page(desk).form.typed.tender == "JXJT-2026-118"
    assert desk.screen.is_visible("packResult")
    assert desk.screen.find("packButton").isEnabled()


def test_without_platform_the_page_says_so_and_recovers(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    bidseal_platform.stop()
    bidseal_window.screen.click("nav_projects")
    bidseal_window.screen.click("packageJob_pack")
    bidseal_window.screen.find("offlineView")
    bidseal_platform.start()
    bidseal_window.screen.click("offlineViewRetry")
    bidseal_window.screen.find("packTender")


def test_without_a_certificate_the_page_leads_to_the_order(
    bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    bidseal_window.register("13512345678", lambda: bidseal_platform.sms_code("13512345678"))
    bidseal_window.screen.click("nav_projects")
    bidseal_window.screen.click("packageJob_pack")
    bidseal_window.screen.find("emptyState")
    assert "还没有可用的证书" in words_on(bidseal_window.screen)
    bidseal_window.screen.click("emptyStateAction")
    bidseal_window.screen.find("certificatesPage")


def test_tab_visits_every_control_in_the_order_of_the_form(
    desk: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    add_files(desk, "firstFiles", *write_files(bidseal_company))
    stops = tab_stops(pack_page(desk))
    wanted = [
        "packTender",
        "packLot",
        "packDeadline",
        "firstFilesTable",
        "firstFilesMore",
        "packPrice",
        "packBond",
        "packDuration",
        "packManager",
        "packQuality",
        "packCertificate",
        "packAdvancedButton",
        "packTargetButton",
        "packButton",
    ]
    assert [name for name in stops if name in wanted] == wanted


def test_in_english_nothing_of_the_form_stays_chinese(desk: OfficeWorker) -> None:
    desk.screen.click("nav_me")
    desk.screen.click("meSection_settings")
    desk.screen.click("languageSwitch_en")
    desk.screen.click("nav_projects")
    wait_until(lambda: desk.screen.text_of("packButton") == "Encrypt and sign", "the button to speak English")
    left = words_on(desk.screen)
    company = desk.client.workspace.account.organization
    assert company is not None
    for name in ("江西交投集团招标采购交易平台", company.name, "张伟"):
        left = left.replace(name, "")
    assert [c for c in left if "\u4e00" <= c <= "\u9fff"] == []


def test_every_control_of_the_three_jobs_has_a_name_for_tests_and_screen_readers(
    desk: OfficeWorker, bidseal_company: PreparedCompany
) -> None:
    add_files(desk, "firstFiles", *write_files(bidseal_company))
    desk.screen.click("packAdvancedButton")
    page = desk.screen.find("projectsPage")
    for job in ("pack", "open", "rehearse"):
        desk.screen.click(f"packageJob_{job}")
        for kind in (QAbstractButton, QLineEdit, QComboBox, QTableView):
            for control in page.findChildren(kind):
                if control.isVisible() and not control.objectName().startswith("qt_"):
                    assert control.objectName(), (job, control)
                    name = control.accessibleName() or (control.text() if isinstance(control, QAbstractButton) else "")
                    assert name, control.objectName()
