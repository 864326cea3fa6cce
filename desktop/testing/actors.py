"""The people of a test: an office worker at the client's window, a phone holder at the phone's.

Each method is a thing a person does and ends when its result can be seen. Reads and clicks only what is on screen.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.app import Client
from desktop.crypto.primitives import PasswordCost
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.ids import PlatformId
from desktop.domain.operations import SealKind, Verdict
from desktop.domain.secret import SecretBytes
from desktop.phone.core import Phone, PlatformProfile, RequestsHttp
from desktop.phone.window.application import build_phone, build_window
from desktop.phone.window.grabbing import Grab
from desktop.phone.window.seals_model import Cutter
from desktop.phone.window.window import PhoneWindow
from desktop.testing.demo_files import Company, DemoFiles
from desktop.testing.driver import TIMEOUT_S, NotAsExpectedError, WindowDriver, let_go, wait_until
from desktop.testing.hand import FileHand
from desktop.ui.i18n import Languages
from desktop.ui.kit import VerdictBadge
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.ui.page import Page, Phase

PASSWORD = "Jxjt-2026-Pass"  # noqa: S105 - of certificates that live for one test
_GAP_PX = 32
#: The platform sends a number one code a minute; how often an impatient holder presses the button.
_CODE_EVERY_S = 60
_ASK_AGAIN_S = 3.0


class PlatformAddress(Protocol):
    """Where a platform is and how its SMS outbox is read; embedded and threaded platforms both are one."""

    @property
    def base_url(self) -> str:
        """The address."""
        ...

    @property
    def control_token(self) -> str:
        """The token of its control calls."""
        ...

    @property
    def platform_id(self) -> str:
        """Its id."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def root(self) -> bytes:
        """Its root certificate, DER."""
        ...

    @property
    def issuing(self) -> tuple[bytes, ...]:
        """Its issuing certificates, DER."""
        ...


class PhoneHolder:
    """Somebody with the virtual phone in hand, pointing it at whatever window is named."""

    def __init__(self, phone: Phone, window: PhoneWindow) -> None:
        self.phone = phone
        self.window = window
        self.screen = WindowDriver(window)
        self._looks_at: WindowDriver | None = None

    @classmethod
    def with_new_phone(
        cls,
        folder: Path,
        address: PlatformAddress,
        *,
        mobile: str,
        languages: Languages,
        clock: Clock | None = None,
        cost: PasswordCost | None = None,
        pick: FilePicker = pick_files,
        cut: Cutter | None = None,
    ) -> "PhoneHolder":
        """Take a phone whose keys are below `folder`, and show it; `pick`, `cut` as of `build_window`."""
        clock = clock or SystemClock()
        http = RequestsHttp(address.base_url, clock)
        profile = PlatformProfile(
            platform_id=PlatformId(address.platform_id),
            name=address.name,
            base_url=address.base_url,
            root=address.root,
            issuing=address.issuing,
        )
        folder.mkdir(parents=True, exist_ok=True)
        phone = build_phone(
            folder=folder, profile=profile, clock=clock, http=http, name="张伟的手机", random=os.urandom, cost=cost
        )
        eye: list[PhoneHolder] = []
        window = build_window(
            phone,
            clock=clock,
            http=http,
            languages=languages,
            control=SecretBytes(address.control_token.encode()),
            mobile=mobile,
            grab=lambda: eye[0].see(),  # noqa: PLW0108 - the holder does not exist yet
            pick=pick,
            cut=cut,
        )
        holder = cls(phone, window)
        eye.append(holder)
        window.show()
        return holder

    def see(self) -> tuple[Grab, ...]:
        """Return what the phone's camera sees: the pixels of the code on the window it is pointed at."""
        if self._looks_at is None or not self._looks_at.is_visible("qrCode"):
            return ()
        width, height, stride, data = self._looks_at.pixels("qrCode")
        return (Grab(width=width, height=height, stride=stride, data=data),)

    def log_in(self, mobile: str) -> None:
        """Log in to the app by SMS code; where the last one was sent a moment ago, ask until there is another."""
        self.screen.type_text("loginMobile", mobile)
        asked = -_ASK_AGAIN_S

        def has_code() -> bool:
            nonlocal asked
            button: QWidget = self.screen.find("loginCodeSend")
            may_ask = button.isEnabled() and time.monotonic() - asked >= _ASK_AGAIN_S
            if may_ask and not self.screen.is_visible("smsBannerCopy"):
                asked = time.monotonic()
                self.screen.click("loginCodeSend")
            return self.screen.is_visible("smsBannerCopy")

        wait_until(has_code, f"a code sent to {mobile}", timeout_s=_CODE_EVERY_S + TIMEOUT_S)
        self.screen.click("smsBannerCopy")
        self.screen.click("loginSubmit")
        self.screen.find("homeScan")

    def newest_code(self) -> str:
        """Read the code out of the newest message on the screen."""
        self.screen.find("smsBannerText")
        digits = "".join(c for c in self.screen.text_of("smsBannerText").split("码")[-1] if c.isdigit())
        self.screen.click("smsBannerDismiss")
        return digits[:6]

    def scan(self, window: WindowDriver) -> None:
        """Point at a window and scan until the consent page is there."""
        self._looks_at = window
        window.find("qrCode")
        self.screen.click("homeScan")
        self.screen.find("consentTitle")

    def approve(self, password: str = PASSWORD, *, is_new: bool = False, typed_code: str = "") -> None:
        """Read, type the password (a new one twice), agree, and wait for the receipt."""
        if typed_code:
            self.screen.type_text("consentTypedCode", typed_code)
        self.screen.type_text("consentPassword", password)
        if is_new:
            self.screen.type_text("consentRepeated", password)
        self.screen.click("consentApprove")
        self.screen.find("resultTitle")

    def approve_by_camera(self, password: str = PASSWORD) -> None:
        """Read, type the password, agree, and hold the codes of the answer to the computer's camera."""
        self.screen.type_text("consentPassword", password)
        self.screen.click("consentApprove")
        self.screen.find("codesTitle")

    def scan_receipt(self) -> None:
        """Point at the computer once more and read its receipt."""
        self.screen.click("codesLookBack")
        self.screen.find("resultTitle")

    def held_code(self, _at_s: float = 0.0) -> str:
        """Return the code on the phone's screen at this moment; empty when it shows none. From any thread."""
        return self.window.codes.cycle.text

    def decline(self) -> None:
        """Say no."""
        self.screen.click("consentDecline")
        self.screen.find("resultTitle")

    def put_away(self) -> None:
        """Close the result and be at the home page again."""
        self.screen.click("resultClose")
        self.screen.find("homeScan")

    def close(self) -> None:
        """Switch it off."""
        self.window.close()
        self.window.deleteLater()
        let_go()


class OfficeWorker:
    """Somebody at the client's window."""

    def __init__(self, client: Client, hand: FileHand) -> None:
        self.client = client
        self.hand = hand
        self.screen = WindowDriver(client.window)
        #: Called when the phone shows what is to be confirmed: the moment worth a picture.
        self.at_consent: Callable[[], None] = lambda: None

    # -- getting in ------------------------------------------------------------------------------------------------

    def register(self, mobile: str, read_code: Callable[[], str]) -> None:
        """Log in by the SMS code that is read somewhere; an unknown number is registered."""
        self.type_sms_code(mobile, read_code)
        self.screen.wait_gone("mobileField")

    def type_sms_code(self, mobile: str, read_code: Callable[[], str]) -> None:
        """Have a code sent, type what is read somewhere, and try to get in with it."""
        self.screen.type_text("mobileField", mobile)
        self.screen.click("sendCodeButton")
        # Its countdown begins when the platform has sent the message.
        wait_until(
            lambda: any(c.isdigit() for c in self.screen.text_of("sendCodeButton")), "the message to have been sent"
        )
        self.screen.type_text("codeField", read_code())
        if self.screen.is_visible("signInButton"):
            self.screen.click("signInButton")

    def log_in_by_code(self, phone: PhoneHolder, password: str = PASSWORD) -> None:
        """Log in by QR code; on a workstation that nobody enrolled the check code is typed on the phone."""
        self.screen.click("qrLoginTab")
        phone.scan(self.screen)
        phone.approve(password, typed_code=self.code_to_type(phone))
        self.screen.find("nav_home")
        phone.put_away()

    def sign_out(self) -> None:
        """End the session by the button on 我的."""
        self.screen.click("nav_me")
        self.screen.click("meSection_account")
        self.screen.click("signOutButton")
        if self.screen.is_visible("confirmDialogConfirm"):
            self.screen.click("confirmDialogConfirm")
        self.screen.find("mobileField")

    # -- certificate and workstation -------------------------------------------------------------------------------

    def order_certificate(self, company: Company, files: DemoFiles) -> None:
        """Fill in the order, hand in the papers, submit."""
        self.screen.click("nav_certificates")
        self.screen.click("newOrderButton")
        for name, text in (
            ("orgNameField", company.name),
            ("creditCodeField", company.credit_code),
            ("legalRepField", company.legal_representative),
            ("holderField", company.holder),
            ("idNumberField", company.id_number),
        ):
            self.screen.type_text(name, text)
        for zone, paper in (("licenceDrop", files.licence), ("letterDrop", files.letter)):
            self.hand_in(zone, paper)
            self.screen.find(f"{zone}Name")
        self.screen.click("submitOrderButton")
        self.screen.wait_gone("submitOrderButton")

    def download_certificate(self, phone: PhoneHolder) -> None:
        """Download the approved certificate to the phone, where its password is set."""
        self.screen.click("nav_certificates")
        if self.screen.is_visible("certificatesRefresh"):
            self.screen.click("certificatesRefresh")
        self.screen.click("downloadButton")
        phone.scan(self.screen)
        phone.approve(is_new=True, typed_code=self.code_to_type(phone))
        self.finish_scan()
        phone.put_away()

    def enrol(self, phone: PhoneHolder) -> None:
        """Have this workstation enrolled by the phone's certificate."""
        self.screen.click("nav_me")
        self.screen.click("meSection_workstations")
        self.screen.click("enrolButton")
        phone.scan(self.screen)
        phone.approve(typed_code=self.code_to_type(phone))
        self.finish_scan()
        phone.put_away()

    # -- seals -----------------------------------------------------------------------------------------------------

    def apply_for_seal(self, files: DemoFiles, *, kind: SealKind = SealKind.OFFICIAL) -> None:
        """Apply for a seal with the scan of a stamped sheet."""
        self.screen.click("nav_seals")
        self.screen.click("applySealButton")
        self.fill_seal_form(files, kind=kind)
        self.screen.click("submitSealButton")
        self.screen.wait_gone("submitSealButton")

    def fill_seal_form(self, files: DemoFiles, *, kind: SealKind = SealKind.OFFICIAL) -> None:
        """Go through the steps of the application up to its button."""
        is_legal = kind is SealKind.LEGAL_REPRESENTATIVE
        self.screen.click("kindLegal" if is_legal else "kindOfficial")
        self.hand_in("scanDrop", files.legal_sheet if is_legal else files.stamped_sheet)

    def claim_seal(self, phone: PhoneHolder) -> None:
        """Claim the approved seal."""
        self.screen.click("nav_home")
        self.screen.click("nav_seals")
        self.screen.click("claimButton")
        phone.scan(self.screen)
        phone.approve(typed_code=self.code_to_type(phone))
        self.finish_scan()
        phone.put_away()

    # -- documents -------------------------------------------------------------------------------------------------

    def open_document(self, path: Path) -> None:
        """Open a PDF on the sealing page."""
        self.screen.click("nav_sealing")
        self.hand_in("sealDrop", path)
        self.screen.find("pageCanvas")

    def place_seal(self, x_mm: float, y_mm: float) -> None:
        """Click on the page where the seal's centre is to be."""
        from desktop.views.sealing.canvas import PageCanvas

        canvas = self.screen.find("pageCanvas", PageCanvas)
        point = canvas.point_at(x_mm, y_mm).toPoint()
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)

    def place_all_seals(self) -> None:
        """公章 and 法人章 over each other on the first page, and a 骑缝章 across all pages."""
        from PySide6.QtWidgets import QComboBox

        self.choose_seal("企业公章")
        self.place_seal(130.0, 235.0)
        way = self.screen.find("placingWay", QComboBox)
        way.setCurrentIndex(way.findData("across"))
        way.activated.emit(way.currentIndex())
        self.screen.click("acrossButton")
        way.setCurrentIndex(0)
        way.activated.emit(0)
        self.choose_seal("法人章")
        self.place_seal(155.0, 240.0)

    def choose_seal(self, kind: str) -> None:
        """Choose the first seal of a kind, named by the kind's word."""
        from PySide6.QtWidgets import QListWidget

        seals = self.screen.find("sealChoice", QListWidget)
        rows = [n for n in range(seals.count()) if f"\n{kind} · " in seals.item(n).text()]
        if not rows:
            raise NotAsExpectedError(f"no {kind} to choose")
        self.screen.click_row("sealChoice", rows[0])

    def seal(self, path: Path, phone: PhoneHolder, *, at: tuple[float, float] = (150.0, 235.0)) -> Path:
        """Seal a document with everything there is and return the sealed file; a single seal is put `at` (mm)."""
        before = path.read_bytes()
        self.open_document(path)
        if self.rows("sealChoice") > 1:
            self.place_all_seals()
        else:
            self.place_seal(*at)
        self.screen.click("sealButton")
        phone.scan(self.screen)
        phone.approve(typed_code=self.code_to_type(phone))
        self.finish_scan()
        phone.put_away()
        if path.read_bytes() != before:
            raise NotAsExpectedError("the opened document was changed")
        sealed = path.with_name(f"{path.stem}_已签章.pdf")
        wait_until(sealed.is_file, f"{sealed.name} to be there")
        return sealed

    def seal_by_camera(self, path: Path, phone: PhoneHolder) -> Path:
        """Seal a document by camera: codes on the window, codes on the phone, the receipt; return the sealed file."""
        self.screen.click("nav_sealing")
        if self.screen.is_visible("closePaperButton"):
            self.screen.click("closePaperButton")
        self.open_document(path)
        self.place_seal(150.0, 235.0)
        self.screen.click("sealButton")
        self.screen.click("scanSwitch")
        phone.scan(self.screen)
        self.at_consent()
        phone.approve_by_camera()
        self.screen.find("scanCloseButton")
        self.at_consent()
        phone.scan_receipt()
        self.finish_scan()
        phone.put_away()
        sealed = path.with_name(f"{path.stem}_已签章.pdf")
        wait_until(sealed.is_file, f"{sealed.name} to be there")
        return sealed

    def verify(self, path: Path) -> None:
        """Verify a file and read the verdict."""
        self.screen.click("nav_verify")
        self.hand_in("verifyDrop", path)
        badge = self.screen.find("verdict_0", VerdictBadge)
        wait_until(lambda: badge.verdict is Verdict.VALID, "the verdict 有效")

    # -- the review desk -------------------------------------------------------------------------------------------

    def approve_order(self) -> None:
        """Approve the first certificate order."""
        self.approve_first("orderTable")

    def approve_seal(self) -> None:
        """Approve the first seal application."""
        self.screen.click("emptyStateAction" if self.screen.is_visible("emptyStateAction") else "reviewRefresh")
        self.screen.click("reviewDesk_seals")
        self.approve_first("sealTable")

    def approve_first(self, table: str) -> None:
        """Select the first row and approve it."""
        self.screen.click_row(table, 0)
        button: QWidget = self.screen.find("approveButton")
        wait_until(button.isEnabled, "the papers to be on the desk")
        self.at_consent()
        self.screen.click("approveButton")
        wait_until(lambda: not self.screen.is_visible(table) or not self.rows(table), f"{table} to be empty")

    def rows(self, table: str) -> int:
        """Return how many rows a table shows."""
        from PySide6.QtWidgets import QAbstractItemView

        model = self.screen.find(table, QAbstractItemView).model()
        return 0 if model is None else int(model.rowCount())

    # -- end -------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the window; nothing of it lives on."""
        self.client.quit()
        self.client.window.deleteLater()
        self.client.deleteLater()
        let_go()

    # -- small parts -----------------------------------------------------------------------------------------------

    def hand_in(self, zone: str, path: Path) -> None:
        """Choose a file by the button of a drop zone."""
        self.hand.hold(path)
        self.screen.click(f"{zone}Choose")

    def code_to_type(self, phone: PhoneHolder) -> str:
        """Read the check code off the window where the phone asks for it; "" where it does not."""
        self.at_consent()
        return self.screen.text_of("qrCardCheckCode") if phone.screen.is_visible("consentTypedCode") else ""

    def finish_scan(self) -> None:
        """Wait for the good end of a scan and close its dialog."""
        self.screen.click("scanCloseButton")
        self.screen.wait_gone("scanDialog")

    def settle(self) -> None:
        """Wait until the page in front, and the pages on it, have loaded what they show."""
        shell = self.client.window
        front = shell.page(shell.current_id)
        for page in (front, *front.findChildren(Page)):
            if isinstance(page, Page) and page.isVisible():
                wait_until(lambda p=page: p.phase is not Phase.LOADING, f"{page.objectName()} to load")  # type: ignore[misc]

    def picture(self, path: Path) -> None:
        """Save what the window shows."""
        self.settle()
        self.screen.picture(path)

    def picture_with(self, phone: PhoneHolder, path: Path) -> None:
        """Save window and phone side by side."""
        self.settle()
        left, right = self.screen.shot(), phone.window.grab()
        height = max(left.height(), right.height()) + 2 * _GAP_PX
        table = QPixmap(left.width() + right.width() + 3 * _GAP_PX, height)
        table.fill(QColor("#3b4048"))
        painter = QPainter(table)
        painter.drawPixmap(QPoint(_GAP_PX, (height - left.height()) // 2), left)
        painter.drawPixmap(QPoint(left.width() + 2 * _GAP_PX, (height - right.height()) // 2), right)
        painter.end()
        if not table.save(str(path)):
            raise NotAsExpectedError(f"{path.name} could not be saved")
