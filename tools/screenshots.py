"""Pictures of every page in its states, for eyes: light and dark, 100 % and 200 %, Chinese and English.

`tools/screenshots DIR [--scale 1|2]` plays a first job through the real windows and takes a picture wherever a
page has a state of its own: `<page>-<state>-<theme>-<scale>-<lang>.png`, and a contact sheet for each page. Proves
nothing; a person looks. Qt takes its scale at start, so without `--scale` it runs itself once for each.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

SCALES = {"1": "100", "2": "200"}
LOOKS = (("light", "zh"), ("light", "en"), ("dark", "zh"), ("dark", "en"))
_SHEET_COLUMNS = 4
_THUMB_PX = 620


class Album:
    """Takes the same moment in every look."""

    def __init__(self, folder: Path, scale: str, languages: object) -> None:
        self.folder, self.scale = folder, SCALES[scale]
        self._languages = languages
        self.taken = 0

    def take(self, page: str, state: str, save: Callable[[Path], object]) -> None:
        """Save what `save` saves once for each theme and language; missing or unsaved pictures are errors."""
        from PySide6.QtTest import QTest

        from desktop.app import apply_theme
        from desktop.ui.i18n import Language

        for theme, language in (*LOOKS, LOOKS[0]):
            apply_theme(theme)
            self._languages.use(Language(language))  # type: ignore[attr-defined]
            for _ in range(6):  # several passes: what is rebuilt by one is laid out by the next
                QTest.qWait(40)
            target = self.folder / f"{page}-{state}-{theme}-{self.scale}-{language}.png"
            save(target)
        self.taken += len(LOOKS)
        print(f"{page}-{state}", flush=True)


class Tour:
    """The way through all pages."""

    def __init__(self, state: Path, folder: Path, scale: str) -> None:
        from desktop.testing.stage import Stage

        self.stage = Stage(state, folder)
        self.stage.start_platform()
        self.album = Album(folder, scale, self.stage.languages)
        self.bidder = self.stage.open_client("bidder")
        self.phone = self.stage.open_phone()

    def desk(self, page: str, state: str) -> None:
        """Take the client's window."""
        self.album.take(page, state, self.bidder.picture)

    def hand(self, state: str) -> None:
        """Take the phone."""
        self.album.take("phone", state, lambda path: self.phone.window.grab().save(str(path)))

    def run(self) -> None:
        """Go."""
        self._register()
        self._order()
        self._download_and_enrol()
        self._seals()
        self._log_in_again()
        self._sealing()
        self._verify()
        self._bids()
        self._records()
        self._trouble()

    def _register(self) -> None:
        screen, company = self.bidder.screen, self.stage.company
        screen.find("mobileField")
        self.desk("login", "sms")
        screen.type_text("mobileField", "123")
        self.desk("login", "sms-short-number")
        self.hand("login")
        screen.click("qrLoginTab")
        screen.find("qrCode")
        self.desk("login", "qr-unenrolled")
        screen.click("smsLoginTab")
        self.phone.log_in(company.mobile)
        self.hand("home-new")
        self.bidder.register(company.mobile, self.phone.newest_code)
        screen.find("nav_home")
        self.desk("home", "new-company")
        for page in ("projects", "sealing", "verify", "certificates", "seals", "records", "me"):
            screen.click(f"nav_{page}")
            self.desk(page, "empty")

    def _order(self) -> None:
        screen = self.bidder.screen
        screen.click("nav_certificates")
        screen.click("newOrderButton")
        self.desk("certificates", "order-form")
        screen.type_text("creditCodeField", "91360000MA35XA7120")
        screen.type_text("idNumberField", "360102199003077710")
        screen.click("submitOrderButton")
        self.desk("certificates", "order-form-errors")
        screen.click("cancelOrderButton")
        if screen.is_visible("confirmDialogConfirm"):
            screen.click("confirmDialogConfirm")
        self.bidder.order_certificate(self.stage.company, self.stage.files)
        self.desk("certificates", "order-pending")
        self.operator = self.stage.open_client("operator")
        from desktop.testing.story import OPERATOR_MOBILE

        self.operator.register(OPERATOR_MOBILE, lambda: self.stage.sms_code(OPERATOR_MOBILE))
        self.operator.screen.click_row("orderTable", 0)
        self.operator.screen.find("approveButton")
        self.album.take("review", "orders", self.operator.picture)
        self.operator.approve_order()
        self.album.take("review", "empty", self.operator.picture)

    def _scan(self, prefix: str, *, is_new: bool = False) -> None:
        """Take a scan's dialog and the phone through its stages."""
        self.bidder.screen.find("qrCode")
        self.desk("scan", f"{prefix}-showing")
        self.phone.scan(self.bidder.screen)
        self.desk("scan", f"{prefix}-claimed")
        self.hand(f"consent-{prefix}")
        self.phone.approve(
            is_new=is_new,
            typed_code=self.bidder.screen.text_of("qrCardCheckCode")
            if self.phone.screen.is_visible("consentTypedCode")
            else "",
        )
        self.desk("scan", f"{prefix}-done")
        self.hand(f"result-{prefix}")
        self.bidder.finish_scan()
        self.phone.put_away()

    def _download_and_enrol(self) -> None:
        screen = self.bidder.screen
        screen.click("nav_home")
        self.desk("home", "order-approved")
        screen.click("nav_certificates")
        if screen.is_visible("certificatesRefresh"):
            screen.click("certificatesRefresh")
        screen.find("downloadButton")
        self.desk("certificates", "order-approved")
        screen.click("downloadButton")
        self._scan("download", is_new=True)
        self.desk("certificates", "list")
        screen.click("nav_me")
        screen.click("meSection_workstations")
        screen.click("enrolButton")
        self._scan("enrol")
        self.desk("me", "enrolled")

    def _seals(self) -> None:
        screen = self.bidder.screen
        screen.click("nav_seals")
        screen.click("applySealButton")
        self.desk("seals", "form")
        self.bidder.fill_seal_form(self.stage.files)
        from desktop.testing.driver import wait_until

        wait_until(lambda: screen.find("submitSealButton").isEnabled(), "the imprint to be cut out")
        self.desk("seals", "form-cut-out")
        screen.click("submitSealButton")
        screen.wait_gone("submitSealButton")
        self.desk("seals", "pending")
        click = "emptyStateAction" if self.operator.screen.is_visible("emptyStateAction") else "reviewRefresh"
        self.operator.screen.click(click)
        self.operator.screen.click("reviewDesk_seals")
        self.operator.screen.click_row("sealTable", 0)
        self.operator.screen.find("approveButton")
        self.album.take("review", "seals", self.operator.picture)
        self.operator.approve_first("sealTable")
        screen.click("nav_home")
        screen.click("nav_seals")
        screen.find("claimButton")
        self.desk("seals", "approved")
        screen.click("claimButton")
        self._scan("claim")
        self.desk("seals", "list")
        screen.click("nav_home")
        self.desk("home", "ready-company")

    def _log_in_again(self) -> None:
        self.bidder.sign_out()
        self.bidder.screen.click("qrLoginTab")
        self.bidder.screen.find("qrCode")
        self.desk("login", "qr-enrolled")
        self.bidder.log_in_by_code(self.phone)

    def _sealing(self) -> None:
        screen, files = self.bidder.screen, self.stage.files
        screen.click("nav_sealing")
        screen.find("sealDrop")
        self.desk("sealing", "drop")
        self.bidder.open_document(files.bid_document)
        self.desk("sealing", "document")
        self.bidder.place_seal(150.0, 235.0)
        self.desk("sealing", "document-with-seal")
        screen.click("sealButton")
        self._scan("seal")
        self.desk("sealing", "sealed")
        broken = files.bid_document.with_name("损坏的文件.pdf")
        broken.write_bytes(files.bid_document.read_bytes()[:400])
        screen.click("nav_verify")
        screen.click("nav_sealing")
        self.bidder.hand.hold(broken)
        screen.click("openMoreButton")
        screen.find("sealingRefused")
        self.desk("sealing", "refused")

    def _verify(self) -> None:
        files, folder = self.stage.files, self.stage.files.bid_document.parent
        sealed = folder / f"{files.bid_document.stem}_已签章.pdf"
        changed = folder / "被改动.pdf"
        data = bytearray(sealed.read_bytes())
        data[len(files.bid_document.read_bytes()) // 2] ^= 1
        changed.write_bytes(data)
        self.bidder.screen.click("nav_verify")
        for path, state in ((sealed, "valid"), (changed, "invalid"), (files.bid_document, "unsigned")):
            self.bidder.hand_in("verifyDrop", path)
            self.bidder.screen.find("verdict_0")
            self.desk("verify", state)

    def _bids(self) -> None:
        from PySide6.QtWidgets import QAbstractScrollArea

        screen, files, hand = self.bidder.screen, self.stage.files, self.bidder.hand
        screen.click("nav_projects")
        screen.find("packTender")
        self.desk("projects", "pack-form")
        screen.click("packButton")
        self.desk("projects", "pack-faults")
        fields = ("packTender", "packLot", "packDeadline", "packPrice", "packBond", "packDuration", "packManager")
        texts = ("JXJT-2026-118", "1", "2036-12-01 09:30", "1234567.80", "20000", "180", "李四")
        for name, text in zip(fields, texts, strict=True):
            screen.type_text(name, text)
        for button in ("firstFilesDropChoose", "firstFilesMore"):  # the second time it clashes with itself
            hand.hold(files.bid_document)
            screen.click(button)
            screen.find("firstFilesTable")
        screen.find("firstFilesRefused")
        self.desk("projects", "pack-clash")
        screen.click("envelopeChoice_double")
        self.desk("projects", "pack-two-envelopes")
        screen.click("envelopeChoice_single")
        screen.click("packAdvancedButton")
        bar = screen.find("packArea", QAbstractScrollArea).verticalScrollBar()
        bar.setValue(bar.maximum())
        self.desk("projects", "pack-openers")
        screen.click("packButton")
        self._scan("pack")
        self.desk("projects", "pack-done")
        screen.click("packRehearseButton")
        screen.find("rehearseTable")
        self.desk("projects", "rehearse-ready")
        screen.click("rehearseButton")
        self._scan("rehearse")
        self.desk("projects", "rehearse-done")
        self._open_bids()

    def _open_bids(self) -> None:
        screen = self.bidder.screen
        folder = self.stage.files.bid_document.parent
        bid = next(folder.glob("*.bid"))
        changed = folder / "被改动.bid"
        data = bytearray(bid.read_bytes())
        data[len(data) // 2] ^= 1
        changed.write_bytes(data)
        screen.click("packageJob_open")
        self.desk("projects", "open-drop")
        self.bidder.hand.hold(bid, changed)
        screen.click("openDropChoose")
        screen.find("openTable")
        self.desk("projects", "open-ready")
        screen.click_row("openTable", 1)
        self.desk("projects", "open-changed")
        screen.click_row("openTable", 0)
        screen.click("openButton")
        self._scan("open")
        self.desk("projects", "open-done")
        screen.click("nav_verify")
        self.bidder.hand_in("verifyDrop", bid)
        screen.find("packageFacts_0")
        self.desk("verify", "package")

    def _records(self) -> None:
        from desktop.testing.driver import wait_until

        screen = self.bidder.screen
        screen.click("nav_records")
        screen.find("recordsTable")
        self.desk("records", "list")
        screen.click_row("recordsTable", 0)
        screen.find("recordDetail")
        self.desk("records", "detail")
        screen.click("recordDetailClose")
        screen.type_text("recordsSince", "2026-02-30")
        screen.click("recordsSearch")
        self.desk("records", "wrong-day")
        screen.type_text("recordsSince", "2036-01-01")
        screen.click("recordsSearch")
        wait_until(lambda: screen.is_visible("recordsNothing"), "no record")
        self.desk("records", "nothing-matches")
        screen.click("recordsReset")

    def _trouble(self) -> None:
        screen = self.bidder.screen
        self.hand("home-ready")
        self.stage.platform.stop()
        screen.click("nav_home")
        screen.click("nav_certificates")
        self.desk("offline", "certificates")
        screen.click("nav_records")
        self.desk("offline", "records")
        screen.click("nav_me")
        self.desk("offline", "me")
        screen.click("nav_home")
        self.desk("offline", "home")

    def close(self) -> None:
        """End everything."""
        self.stage.close()


def contact_sheets(folder: Path) -> None:
    """Put all pictures of a page side by side."""
    from PIL import Image, ImageDraw

    for page in sorted({p.name.split("-")[0] for p in folder.glob("*-*-*-*-*.png")}):
        pictures = sorted(folder.glob(f"{page}-*-*-*-*.png"), key=lambda p: p.name.rsplit("-", 3))
        thumbs = []
        for path in pictures:
            with Image.open(path) as picture:
                thumb = picture.convert("RGB")
                thumb.thumbnail((_THUMB_PX, _THUMB_PX))
                thumbs.append((path.stem, thumb))
        high = max(t.height for _, t in thumbs) + 24
        rows = -(-len(thumbs) // _SHEET_COLUMNS)
        sheet = Image.new("RGB", (_SHEET_COLUMNS * (_THUMB_PX + 8), rows * high), (110, 110, 110))
        draw = ImageDraw.Draw(sheet)
        for number, (name, thumb) in enumerate(thumbs):
            x, y = number % _SHEET_COLUMNS * (_THUMB_PX + 8), number // _SHEET_COLUMNS * high
            draw.text((x + 4, y + 5), name, fill=(255, 255, 255))
            sheet.paste(thumb, (x, y + 22))
        sheet.save(folder / f"sheet-{page}.png")


def main(arguments: list[str]) -> int:
    """Take the pictures; 0 when all were taken."""
    parser = argparse.ArgumentParser(prog="tools/screenshots")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", choices=sorted(SCALES))
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.scale is None:
        runs = [
            subprocess.run(
                [sys.executable, __file__, *arguments, "--scale", scale],
                env={**os.environ, "QT_SCALE_FACTOR": scale},
                check=False,
            ).returncode
            for scale in SCALES
        ]
        contact_sheets(chosen.folder)
        return max(runs)
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    with tempfile.TemporaryDirectory(prefix="bidseal-screenshots-", ignore_cleanup_errors=True) as state:
        tour = Tour(Path(state), chosen.folder, chosen.scale)
        try:
            tour.run()
        except AssertionError as error:
            sys.stderr.write(f"screenshots: {error}\n")
            tour.bidder.picture(chosen.folder / f"failed-{chosen.scale}.png")
            return 1
        finally:
            tour.close()
    print(f"{tour.album.taken} pictures at {SCALES[chosen.scale]} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
