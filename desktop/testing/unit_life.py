"""What a person does about people and certificates of a unit: grant, claim, change of name, reissue (manual 6 to 9).

Each ends when its result can be seen, as in `actors`.
"""

from dataclasses import dataclass
from pathlib import Path

from desktop.domain.operations import CertificateState, SealState
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.driver import NotAsExpectedError, wait_until
from desktop.ui.page import Phase
from desktop.views.certificates import CertificatesPage
from desktop.views.certificates.state import Place
from desktop.views.seals import SealsPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Who is granted a certificate of the unit; made up, with a right checksum."""

    name: str = "李娜"
    id_number: str = "110101199003074258"
    mobile: str = "13700000022"


def certificates_page(worker: OfficeWorker) -> CertificatesPage:
    """Turn to the overview of 数字证书, which looks anew whenever it is shown."""
    worker.screen.click("nav_home")
    worker.screen.click("nav_certificates")
    page = worker.screen.find("certificatesPage", CertificatesPage)
    for name in ("unitBack", "certificateBack", "followBack"):
        if worker.screen.is_visible(name):
            worker.screen.click(name)
    wait_until(lambda: page.phase in {Phase.NORMAL, Phase.EMPTY}, "the certificates to load")
    return page


def grant(worker: OfficeWorker, colleague: Colleague) -> None:
    """授权管理: let a colleague have a certificate of the unit, as a certificate user."""
    certificates_page(worker)
    worker.screen.click("unitButton")
    worker.screen.click("addMemberButton")
    worker.screen.type_text("grantName", colleague.name)
    worker.screen.type_text("grantIdNumber", colleague.id_number)
    worker.screen.type_text("grantMobile", colleague.mobile)
    worker.screen.click("submitGrantButton")
    worker.screen.wait_gone("submitGrantButton")
    worker.screen.find("grantsCard")


def hand_in_identity(worker: OfficeWorker, colleague: Colleague, *papers: Path) -> None:
    """待申领的证书: show that one is the person who was granted."""
    page = certificates_page(worker)
    worker.screen.click("claimButton")
    worker.screen.type_text("claimNameField", colleague.name)
    worker.screen.type_text("claimIdField", colleague.id_number)
    _attach(worker, page, papers)
    submit_application(worker)
    worker.screen.wait_gone("claimButton")


def fill_in_change(worker: OfficeWorker, new_name: str, *papers: Path) -> None:
    """证书变更: the unit has another name; the page says which seals will be void."""
    page = _open_way(worker, "changeButton")
    worker.screen.type_text("newNameField", new_name)
    _attach(worker, page, papers)


def log_in_anew(worker: OfficeWorker, mobile: str, phone: PhoneHolder) -> None:
    """Leave, and log in by SMS code."""
    worker.sign_out()
    worker.register(mobile, phone.newest_code)
    worker.screen.find("nav_home")


def fill_in_reissue(worker: OfficeWorker, *papers: Path) -> None:
    """补办: the phone is lost; the page says what its key alone could open."""
    page = _open_way(worker, "reissueButton")
    _attach(worker, page, papers)


def submit_application(worker: OfficeWorker, *, then: Place = Place.OVERVIEW) -> None:
    """Hand in what was filled in; `then` is where the page goes."""
    page = worker.screen.find("certificatesPage", CertificatesPage)
    worker.screen.click("submitFollowButton")
    wait_until(lambda: page.model.state.place is then, "the application to be placed")


def ask_for_reset(worker: OfficeWorker, *papers: Path) -> None:
    """忘记密码 · 重置密码: show that one is the holder of the certificate."""
    page = open_own(worker)
    worker.screen.click("resetPasswordButton")
    _attach(worker, page, papers)
    submit_application(worker, then=Place.DETAIL)
    wait_until(lambda: page.model.reset.state.is_pending, "the identity check to be handed in")


def set_forgotten_password(phone: PhoneHolder, serial: str, new: str) -> None:
    """Set the new certificate password on the phone, once the review desk has let it pass, and go home."""
    screen = phone.screen
    screen.click("homeCertificates")
    screen.click(f"certificate_{serial}")
    screen.click("certificateForgotten")
    for name in ("forgottenNew", "forgottenRepeated"):
        screen.type_text(name, new)
    screen.click("forgottenSet")
    screen.click("forgottenDone")
    screen.click("certificatePageBack")
    screen.click("certificatesPageBack")
    screen.find("homeScan")


def log_in_with(worker: OfficeWorker, phone: PhoneHolder, password: str) -> None:
    """Leave, and log in by QR code with a password of one's own."""
    worker.sign_out()
    worker.log_in_by_code(phone, password)


def claim_at_once(worker: OfficeWorker, phone: PhoneHolder) -> None:
    """Claim a seal that was approved before, until nothing is left to claim."""
    worker.claim_seal(phone)
    worker.screen.wait_gone("claimButton")


def download_waiting(worker: OfficeWorker, phone: PhoneHolder) -> None:
    """Download the certificate that waits, once the review has let it pass."""
    page = certificates_page(worker)
    wait_until(lambda: worker.screen.is_visible("downloadButton"), "the certificate to wait for its download")
    worker.download_certificate(phone)
    wait_until(lambda: bool(page.model.state.certificates), "the new certificate in the list")


def see_void_seals(worker: OfficeWorker) -> None:
    """Turn to 电子印章, where void seals stay in sight and none of them can be claimed."""
    worker.screen.click("nav_home")
    worker.screen.click("nav_seals")
    page = worker.screen.find("sealsPage", SealsPage)
    wait_until(lambda: any(s.state is SealState.VOID for s in page.model.state.seals), "the void seals")
    if worker.screen.is_visible("claimButton"):
        raise NotAsExpectedError("a void seal is offered for its claim")


def approve_change(desk: OfficeWorker) -> None:
    """Approve the first order for a certificate that follows another."""
    _turn_to(desk, "changes")
    desk.approve_first("changeTable")


def approve_identity(desk: OfficeWorker) -> None:
    """Approve the first identity check."""
    _turn_to(desk, "checks")
    desk.approve_first("checkTable")


# -- small parts -----------------------------------------------------------------------------------------------------


def _turn_to(desk: OfficeWorker, tab: str) -> None:
    desk.screen.click("emptyStateAction" if desk.screen.is_visible("emptyStateAction") else "reviewRefresh")
    desk.screen.click(f"reviewDesk_{tab}")


def own_serial(worker: OfficeWorker) -> str:
    """Return the serial number of one's own valid certificate, as the page lists it."""
    page = worker.screen.find("certificatesPage", CertificatesPage)
    return next(c.serial for c in page.model.state.certificates if c.mine and c.state is CertificateState.VALID)


def open_own(worker: OfficeWorker) -> CertificatesPage:
    """Open the detail of one's own valid certificate."""
    page = certificates_page(worker)
    shown = page.model.state.certificates
    row = next((n for n, c in enumerate(shown) if c.mine and c.state is CertificateState.VALID), None)
    if row is None:
        raise NotAsExpectedError("there is no valid certificate of one's own")
    worker.screen.click_row("certificateTable", row)
    return page


def _open_way(worker: OfficeWorker, button: str) -> CertificatesPage:
    page = open_own(worker)
    worker.screen.click(button)
    wait_until(lambda: page.model.follow.state.affected is not None, "what hangs on the certificate")
    return page


def _attach(worker: OfficeWorker, page: CertificatesPage, papers: tuple[Path, ...]) -> None:
    for number, paper in enumerate(papers, 1):
        worker.hand_in("followPapers", paper)
        wait_until(lambda n=number: len(page.model.follow.state.papers) == n, f"{paper.name} in the list")  # type: ignore[misc]
