"""The first chapters of the tour: from registration to a sealed document, opened bids and the records of it all."""

from PySide6.QtWidgets import QAbstractScrollArea

from desktop.testing.driver import wait_until
from desktop.testing.story import OPERATOR_MOBILE
from tools.tour import Guide


def register(guide: Guide) -> None:
    """Register by phone and at the desktop."""
    screen, company = guide.bidder.screen, guide.stage.company
    screen.find("mobileField")
    guide.desk("login", "sms")
    screen.type_text("mobileField", "123")
    guide.desk("login", "sms-short-number")
    guide.hand("login")
    screen.click("qrLoginTab")
    guide.desk("login", "qr-unenrolled", showing="qrCode")
    screen.click("smsLoginTab")
    guide.phone.log_in(company.mobile)
    guide.hand("home-new")
    guide.bidder.register(company.mobile, guide.phone.newest_code)
    screen.find("nav_home")
    guide.desk("home", "new-company")
    for page in ("projects", "sealing", "verify", "certificates", "seals", "records", "me"):
        screen.click(f"nav_{page}")
        guide.desk(page, "empty")


def order(guide: Guide) -> None:
    """Order a certificate; the operator approves it."""
    screen = guide.bidder.screen
    screen.click("nav_certificates")
    screen.click("newOrderButton")
    guide.desk("certificates", "order-form")
    screen.type_text("creditCodeField", "91360000MA35XA7120")
    screen.type_text("idNumberField", "360102199003077710")
    screen.click("submitOrderButton")
    guide.desk("certificates", "order-form-errors")
    screen.click("cancelOrderButton")
    if screen.is_visible("confirmDialogConfirm"):
        screen.click("confirmDialogConfirm")
    guide.bidder.order_certificate(guide.stage.company, guide.stage.files)
    guide.desk("certificates", "order-pending")
    guide.operator = guide.stage.open_client("operator", "审核台")
    guide.operator.register(OPERATOR_MOBILE, lambda: guide.stage.sms_code(OPERATOR_MOBILE))
    guide.operator.screen.click_row("orderTable", 0)
    guide.operator.screen.find("approveButton")
    guide.reviewed("orders")
    guide.operator.approve_order()
    guide.reviewed("empty")


def download_and_enrol(guide: Guide) -> None:
    """Take the certificate to the phone, enrol the workstation."""
    screen = guide.bidder.screen
    screen.click("nav_home")
    screen.find("need_download_0")
    guide.desk("home", "order-approved")
    screen.click("nav_certificates")
    if screen.is_visible("certificatesRefresh"):
        screen.click("certificatesRefresh")
    screen.find("downloadButton")
    guide.desk("certificates", "order-approved")
    screen.click("downloadButton")
    guide.scan("download", is_new=True)
    guide.desk("certificates", "list")
    screen.click("nav_me")
    screen.click("meSection_workstations")
    screen.click("enrolButton")
    guide.scan("enrol")
    guide.desk("me", "enrolled")


def seals(guide: Guide) -> None:
    """Apply for a seal, have it reviewed, claim it."""
    screen = guide.bidder.screen
    screen.click("nav_seals")
    screen.click("applySealButton")
    guide.desk("seals", "form")
    screen.click("captureScanButton")
    screen.find("captureDialog")
    screen.find("captureCameraView")
    guide.desk("seals", "camera")
    screen.click("captureCancel")
    guide.bidder.fill_seal_form(guide.stage.files)
    wait_until(lambda: screen.find("submitSealButton").isEnabled(), "the imprint to be cut out")
    guide.desk("seals", "form-cut-out")
    screen.click("submitSealButton")
    screen.wait_gone("submitSealButton")
    guide.desk("seals", "pending")
    click = "emptyStateAction" if guide.operator.screen.is_visible("emptyStateAction") else "reviewRefresh"
    guide.operator.screen.click(click)
    guide.operator.screen.click("reviewDesk_seals")
    guide.operator.screen.click_row("sealTable", 0)
    guide.operator.screen.find("approveButton")
    wait_until(lambda: guide.operator.screen.find("approveButton").isEnabled(), "the papers to be on the desk")
    guide.reviewed("seals")
    for look in ("blink", "imprint", "overlay"):
        if guide.operator.screen.is_visible(f"compareLook_{look}"):
            guide.operator.screen.click(f"compareLook_{look}")
            guide.reviewed(f"seals-compare-{look}")
    guide.operator.approve_first("sealTable")
    screen.click("nav_home")
    screen.click("nav_seals")
    screen.find("claimButton")
    guide.desk("seals", "approved")
    screen.click("claimButton")
    guide.scan("claim")
    guide.desk("seals", "list")
    screen.click("nav_home")
    guide.desk("home", "ready-company")


def log_in_again(guide: Guide) -> None:
    """Log in by QR code."""
    guide.bidder.sign_out()
    guide.bidder.screen.click("qrLoginTab")
    guide.desk("login", "qr-enrolled", showing="qrCode")
    guide.bidder.log_in_by_code(guide.phone)


def sealing(guide: Guide) -> None:
    """Seal a document."""
    screen, files = guide.bidder.screen, guide.stage.files
    screen.click("nav_sealing")
    screen.find("sealDrop")
    guide.desk("sealing", "drop")
    guide.bidder.open_document(files.bid_document)
    guide.desk("sealing", "document")
    guide.bidder.place_seal(150.0, 235.0)
    guide.desk("sealing", "document-with-seal")
    screen.click("sealButton")
    guide.scan("seal")
    guide.desk("sealing", "sealed")
    broken = files.bid_document.with_name("损坏的文件.pdf")
    broken.write_bytes(files.bid_document.read_bytes()[:400])
    screen.click("nav_verify")
    screen.click("nav_sealing")
    guide.bidder.hand.hold(broken)
    screen.click("openMoreButton")
    screen.find("sealingRefused")
    guide.desk("sealing", "refused")


def verify(guide: Guide) -> None:
    """Verify a good, a changed and an unsigned document."""
    files, folder = guide.stage.files, guide.stage.files.bid_document.parent
    sealed = folder / f"{files.bid_document.stem}_已签章.pdf"
    changed = folder / "被改动.pdf"
    data = bytearray(sealed.read_bytes())
    data[len(files.bid_document.read_bytes()) // 2] ^= 1
    changed.write_bytes(data)
    guide.bidder.screen.click("nav_verify")
    for path, state in ((sealed, "valid"), (changed, "invalid"), (files.bid_document, "unsigned")):
        guide.bidder.hand_in("verifyDrop", path)
        guide.bidder.screen.find("verdict_0")
        guide.desk("verify", state)


def bids(guide: Guide) -> None:
    """Pack, rehearse and open a bid."""
    screen, files, hand = guide.bidder.screen, guide.stage.files, guide.bidder.hand
    screen.click("nav_projects")
    screen.click("packageJob_pack")
    screen.find("packTender")
    guide.desk("projects", "pack-form")
    screen.click("packButton")
    guide.desk("projects", "pack-faults")
    fields = ("packTender", "packLot", "packDeadline", "packPrice", "packBond", "packDuration", "packManager")
    texts = ("JXJT-2026-118", "1", "2036-12-01 09:30", "1234567.80", "20000", "180", "李四")
    for name, text in zip(fields, texts, strict=True):
        screen.type_text(name, text)
    for button in ("firstFilesDropChoose", "firstFilesMore"):  # the second time it clashes with itself
        hand.hold(files.bid_document)
        screen.click(button)
        screen.find("firstFilesTable")
    screen.find("firstFilesRefused")
    guide.desk("projects", "pack-clash")
    screen.click("envelopeChoice_double")
    guide.desk("projects", "pack-two-envelopes")
    screen.click("envelopeChoice_single")
    screen.click("packAdvancedButton")
    bar = screen.find("packArea", QAbstractScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    guide.desk("projects", "pack-openers")
    screen.click("packButton")
    guide.scan("pack")
    guide.desk("projects", "pack-done")
    screen.click("packRehearseButton")
    wait_until(lambda: not screen.is_visible("rehearseProgress"), "the bid to be checked")
    guide.desk("projects", "rehearse-ready")
    screen.click("rehearseButton")
    guide.scan("rehearse")
    guide.desk("projects", "rehearse-done")
    open_bids(guide)


def open_bids(guide: Guide) -> None:
    """Open the bid, and one that was changed."""
    screen = guide.bidder.screen
    folder = guide.stage.files.bid_document.parent
    bid = next(folder.glob("*.bid"))
    changed = folder / "被改动.bid"
    data = bytearray(bid.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    screen.click("packageJob_open")
    guide.desk("projects", "open-drop")
    guide.bidder.hand.hold(bid, changed)
    screen.click("openDropChoose")
    wait_until(lambda: not screen.is_visible("openProgress"), "the bids to be checked")
    guide.desk("projects", "open-ready")
    screen.click_row("openTable", 1)
    guide.desk("projects", "open-changed")
    screen.click_row("openTable", 0)
    screen.click("openButton")
    guide.scan("open")
    guide.desk("projects", "open-done")
    screen.click("nav_verify")
    guide.bidder.hand_in("verifyDrop", bid)
    screen.find("packageFacts_0")
    guide.desk("verify", "package")


def records(guide: Guide) -> None:
    """Look into the usage records."""
    screen = guide.bidder.screen
    screen.click("nav_records")
    screen.find("recordsTable")
    guide.desk("records", "list")
    screen.click_row("recordsTable", 0)
    screen.find("recordDetail")
    guide.desk("records", "detail")
    screen.click("recordDetailClose")
    screen.type_text("recordsSince", "2026-02-30")
    screen.click("recordsSearch")
    guide.desk("records", "wrong-day")
    screen.type_text("recordsSince", "2036-01-01")
    screen.click("recordsSearch")
    wait_until(lambda: screen.is_visible("recordsNothing"), "no record")
    guide.desk("records", "nothing-matches")
    screen.click("recordsReset")


def trouble(guide: Guide) -> None:
    """Be without the platform."""
    screen = guide.bidder.screen
    guide.hand("home-ready")
    guide.stage.platform.stop()
    screen.click("nav_home")
    screen.click("nav_certificates")
    guide.desk("offline", "certificates")
    screen.click("nav_records")
    guide.desk("offline", "records")
    screen.click("nav_me")
    guide.desk("offline", "me")
    screen.click("nav_home")
    guide.desk("offline", "home")


CHAPTERS = (register, order, download_and_enrol, seals, log_in_again, sealing, verify, bids, records)
