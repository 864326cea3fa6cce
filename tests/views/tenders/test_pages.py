"""What a bidder sees and does with a lot, from the list to the receipt."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.domain.errors import UnavailableError
from desktop.domain.tendering import LotState, PolicyGroup, SummaryField
from desktop.services.bid_checks import FindingKind
from desktop.services.receipts import receipt_path
from desktop.services.submitting import Step
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import DraftStore
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import Label
from desktop.ui.page import Phase
from desktop.views.tenders import LotModel, LotPage, LotsPage
from desktop.views.tenders.state import Stage
from tests.bids.conftest import Bidder
from tests.submission.world import LOT_ID, Kind, SmallPlatform, World
from tests.views.tenders.people import Hand, Scanner

HAN = re.compile(r"[\u4e00-\u9fff]")
FORM = {"price": "1234567.80", "duration": "180", "quality": "合格", "manager": "李四", "bond": "20000"}


def a_pdf(folder: Path, name: str = "投标函.pdf", *, signed: bool = True) -> Path:
    path = folder / name
    path.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\n" + (b"<</ByteRange[0 1 2 3]>>" if signed else b""))
    return path


def fill(driver: WindowDriver, page: LotPage, hand: Hand, path: Path) -> None:
    for name, text in FORM.items():
        driver.type_text(f"summary_{name}", text)
    hand.files.append(path)
    driver.click("need_bid_0Choose")
    wait_until(lambda: path.as_posix() in {Path(p).as_posix() for p in page.model.state.facts}, "the file")


def test_lots_are_listed_and_one_is_chosen(lots_page: LotsPage) -> None:
    chosen: list[str] = []
    lots_page.lot_chosen.connect(chosen.append)
    wait_until(lambda: lots_page.phase is Phase.NORMAL and bool(lots_page.model.state.lots), "the lots")
    WindowDriver(lots_page).click("lotsEnter")
    assert chosen == [LOT_ID]


def test_a_bid_is_filled_in_packed_rehearsed_submitted_and_printed(  # noqa: PLR0917 - all of it is one story
    lot_page: LotPage, driver: WindowDriver, hand: Hand, scanner: Scanner, platform: SmallPlatform, bidder: Bidder
) -> None:
    model, hand.folder = lot_page.model, bidder.documents
    assert model.state.stage is Stage.FILL
    assert not lot_page.side.primary.isEnabled()
    fill(driver, lot_page, hand, a_pdf(bidder.documents))
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    price = lot_page.bid.summary.fields[SummaryField.PRICE]
    assert any("壹佰贰拾叁万" in label.text() for label in price.findChildren(Label))
    driver.click("bidPrimary")
    assert (scanner.problems, model.state.stage) == ([""], Stage.REHEARSE)
    driver.click("bidPrimary")
    wait_until(lambda: model.state.stage is Stage.SUBMIT, "the rehearsal")
    driver.click("bidPrimary")
    wait_until(lambda: model.state.stage is Stage.SUBMITTED and bool(model.state.bids), "the receipt")
    package = Path(model.state.draft.package)
    assert receipt_path(package).is_file()
    assert len(platform.receipts) == 1
    driver.click("bidPrimary")
    wait_until(lambda: bool(hand.opened), "the printed receipt")
    assert (bidder.documents / "投标回执_1.pdf").read_bytes().startswith(b"%PDF")
    driver.click("lotTab_bids")
    assert platform.receipts[0].package_id.hex() in " ".join(lot_page.bids.facts.texts())


def test_what_was_prepared_is_there_after_a_restart(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, desk: Workspace, bidder: Bidder
) -> None:
    path = a_pdf(bidder.documents, signed=False)
    fill(driver, lot_page, hand, path)
    known = lot_page.model.state.known
    assert known is not None
    store = DraftStore(known.folder, bidder.company.credit_code)
    wait_until(lambda: store.read() == lot_page.model.state.draft, "the draft to be on the disk")
    assert [file.path for file in store.read().files] == [str(path)]
    assert store.read().summary.price == FORM["price"]


def test_unsealed_documents_are_sent_to_be_sealed_together_and_come_back(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, bidder: Bidder
) -> None:
    asked: list[tuple[str, str]] = []
    lot_page.navigate.connect(lambda page, payload: asked.append((page, payload)))
    path = a_pdf(bidder.documents, signed=False)
    fill(driver, lot_page, hand, path)
    wait_until(lambda: bool(lot_page.model.state.unsealed), "what is not sealed to be seen")
    driver.click("bidSealAll")
    assert asked == [("sealing", f"open:{path}")]
    sealed = path.with_name("投标函_已签章.pdf")
    sealed.write_bytes(path.read_bytes() + b"<</ByteRange[0 1 2 3]>>")
    lot_page.model.look_at_files()
    wait_until(lambda: not lot_page.model.state.unsealed, "the sealed one to be taken")
    assert lot_page.model.state.draft.files[0].path == str(sealed)


def test_what_is_changed_while_the_bid_is_packed_is_not_called_packed(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, bidder: Bidder
) -> None:
    model = lot_page.model
    fill(driver, lot_page, hand, a_pdf(bidder.documents))
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    view, _result = bidder.scan(model.pack_action())
    # As when sealed files take the place of their sources, which a worker finds out in its own time.
    model.type_summary(replace(model.state.draft.summary, price="2"))
    model.packed(view)
    assert Path(model.state.draft.package).is_file()
    assert not model.state.draft.is_packed_as_it_is
    assert model.state.stage is Stage.PACK


def test_a_submission_that_was_interrupted_is_gone_on_with(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, platform: SmallPlatform, bidder: Bidder
) -> None:
    model = lot_page.model
    fill(driver, lot_page, hand, a_pdf(bidder.documents))
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    driver.click("bidPrimary")
    model.submit()
    model.cancel_sending()
    wait_until(lambda: model.state.sending is None, "the end")
    if model.state.stage is not Stage.SUBMITTED:
        assert (model.state.stage, model.state.failure) == (Stage.CONTINUE, "")
        driver.click("bidPrimary")
    wait_until(lambda: model.state.stage is Stage.SUBMITTED, "the receipt")
    assert len(platform.receipts) == 1


def test_a_submission_that_was_cut_off_is_gone_on_with_at_the_next_start(  # noqa: PLR0917 - all of it is one story
    lot_page: LotPage, driver: WindowDriver, hand: Hand, platform: SmallPlatform, desk: Workspace, tmp_path: Path
) -> None:
    model = lot_page.model
    fill(driver, lot_page, hand, a_pdf(tmp_path))
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    driver.click("bidPrimary")
    platform.is_down = True
    model.submit()
    wait_until(lambda: model.state.sending is not None and model.state.sending.step is Step.RETRYING, "another try")
    model.cancel_sending()
    wait_until(lambda: model.state.sending is None, "the end")
    model.finish()
    platform.is_down = False
    started = LotModel(desk, clock=desk.clock, parent=lot_page)
    started.open(LOT_ID)
    wait_until(lambda: started.state.known is not None, "the lot")
    assert started.state.stage is Stage.CONTINUE
    started.submit()
    wait_until(lambda: started.state.stage is Stage.SUBMITTED, "the receipt")
    assert len(platform.receipts) == 1


def test_an_amendment_is_told_in_words(lot_page: LotPage, world: World) -> None:
    later = world.notice.deadline + 3600
    world.amend(
        deadline=later,
        envelopes=tuple(replace(e, not_before=later) for e in world.notice.envelopes),
        documents=(),
        price_limit="",
        window_minutes=45,
    )
    lot_page.model.load()
    wait_until(lambda: bool(lot_page.notice.changes.texts()), "the amendment")
    (told,) = lot_page.notice.changes.texts()
    for words in ("投标截止时间由", "撤下招标文件 招标文件.pdf", "取消了最高投标限价", "45 分钟"):
        assert words in told


def test_a_refused_bid_says_why(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, platform: SmallPlatform, bidder: Bidder
) -> None:
    platform.refuse = "tender.package_differs"
    model = lot_page.model
    fill(driver, lot_page, hand, a_pdf(bidder.documents))
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    driver.click("bidPrimary")
    model.submit()
    wait_until(lambda: model.state.failure == "tender.package_differs", "the refusal")
    assert (model.state.draft.submitting, model.state.stage) == ("", Stage.REHEARSE)


def test_t48_exchanged_keys_take_the_place_of_the_page(lot_page: LotPage, world: World) -> None:
    from desktop.crypto.suites import generate_p256, spki_of

    world.amend(keys=tuple(spki_of(generate_p256()) for _ in world.keys))
    lot_page.model.load()
    wait_until(lambda: lot_page.phase is Phase.PROBLEM, "the refusal")
    assert lot_page.model.state.problem_code == "bid.keys_exchanged"


def test_a_tender_document_is_fetched_and_opened(lot_page: LotPage, driver: WindowDriver, hand: Hand) -> None:
    driver.click("lotTab_notice")
    driver.click("documentFetch")
    wait_until(lambda: bool(lot_page.model.state.fetched), "the document")
    driver.click("documentOpen")
    assert hand.opened[0].toLocalFile().endswith("招标文件.pdf")


def test_a_platform_that_cannot_be_reached_is_said_and_asked_again(
    lots_page: LotsPage, lot_page: LotPage, platform: SmallPlatform
) -> None:
    wait_until(lambda: lots_page.phase is Phase.NORMAL, "the lots")
    platform.stop()
    lots_page.model.load()
    wait_until(lambda: lots_page.phase is Phase.OFFLINE, "the offline face")
    lot_page.model.load()
    wait_until(lambda: bool(lot_page.model.state.failure), "the failure")
    # What is at hand of the lot stays in sight, and can be worked on.
    assert (lot_page.phase, lot_page.bid.isEnabled()) == (Phase.NORMAL, True)


def test_the_last_change_is_on_the_disk_when_the_window_closes(
    lot_page: LotPage, driver: WindowDriver, bidder: Bidder
) -> None:
    driver.type_text("summary_price", "42")
    lot_page.model.finish()
    known = lot_page.model.state.known
    assert known is not None
    assert DraftStore(known.folder, bidder.company.credit_code).read().summary.price == "42"


def test_a_change_that_cannot_be_kept_is_not_called_saved(
    lot_page: LotPage, driver: WindowDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise UnavailableError("general.disk_full", "OSError")

    with monkeypatch.context() as patched:
        patched.setattr("desktop.store.bid_drafts.write_atomic", full)
        driver.type_text("summary_price", "42")
        wait_until(lambda: lot_page.model.state.draft_problem == "general.disk_full", "the problem")
        assert lot_page.bid.saved.isHidden()
    driver.type_text("summary_price", "43")
    wait_until(lambda: not lot_page.model.state.draft_problem, "the problem to be over")


def test_the_deadline_ends_the_preparation_and_leads_to_the_opening_room(
    lot_page: LotPage, driver: WindowDriver, bidder: Bidder
) -> None:
    asked: list[tuple[str, str]] = []
    lot_page.navigate.connect(lambda page, payload: asked.append((page, payload)))
    bidder.clock.advance(86_401)
    lot_page.model.judge()
    lot_page.countdown.refresh()
    assert lot_page.model.state.stage is Stage.OVER
    assert (lot_page.chip.accessibleName(), lot_page.countdown.text()) == ("已截止", "")  # said once
    assert not lot_page.bid.isEnabled()
    driver.click("bidPrimary")
    assert asked == [("room", LOT_ID)]
    assert "签到并交付" in lot_page.side.result.accessibleName()
    known = lot_page.model.state.known
    assert known is not None
    recorded = replace(known, lot=replace(known.lot, state=LotState.RECORDED))
    lot_page.side.show_state(replace(lot_page.model.state, known=recorded), "")
    assert "开标已结束" in lot_page.side.result.accessibleName()


def test_everything_is_said_in_english_too(lot_page: LotPage, qapp: QApplication) -> None:
    languages = Languages(parent=qapp)
    languages.use(Language.ENGLISH)
    try:
        for tab in ("notice", "bid", "bids"):
            lot_page.show_tab(tab)
            wait_until(lambda: lot_page.side.title.text() == "Your bid", "the page to speak English")
            texts = [label.text() for label in lot_page.side.findChildren(Label)]
            texts += [button.text() for button in lot_page.findChildren(QPushButton)]
            assert not [text for text in texts if HAN.search(text) and "投标函" not in text]
    finally:
        languages.use(Language.CHINESE)


@pytest.mark.parametrize("world", [Kind(is_double=True)], indirect=True)
def test_each_of_two_envelopes_takes_its_own_files_and_items(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, platform: SmallPlatform, tmp_path: Path
) -> None:
    model = lot_page.model
    for name, text in FORM.items():
        driver.type_text(f"summary_{name}", text)
    hand.files += [a_pdf(tmp_path), a_pdf(tmp_path, "报价表.pdf")]
    driver.click("need_first_0Choose")
    wait_until(lambda: [f.kind for f in model.state.findings if f.blocks] == [FindingKind.NOTHING_IN_IT], "the file")
    driver.click("further_secondDropChoose")
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    driver.click("bidPrimary")
    driver.click("bidPrimary")
    wait_until(lambda: model.state.stage is Stage.SUBMIT, "both envelopes to be rehearsed")
    driver.click("bidPrimary")
    wait_until(lambda: model.state.stage is Stage.SUBMITTED, "the receipt")
    assert len(platform.receipts) == 1


@pytest.mark.parametrize("world", [Kind(groups=(PolicyGroup.OPENING_KEY, PolicyGroup.TIME))], indirect=True)
def test_t37_a_policy_without_the_bidder_is_said_and_asked_about_before_every_submission(
    lot_page: LotPage, driver: WindowDriver, hand: Hand, platform: SmallPlatform, tmp_path: Path
) -> None:
    model, early = lot_page.model, "招标代理与平台共同即可在截止前读取该投标文件"
    driver.click("lotTab_notice")
    assert any(early in label.text() for label in lot_page.notice.early.findChildren(Label))
    driver.click("lotTab_bid")
    fill(driver, lot_page, hand, a_pdf(tmp_path))
    wait_until(lambda: model.state.stage is Stage.PACK, "nothing to be missing")
    driver.click("bidPrimary")
    assert (model.state.stage, model.state.can_rehearse) == (Stage.SUBMIT, False)
    assert early in lot_page.side.flags.text()
    driver.click("bidPrimary")
    dialog = lot_page.findChild(ConfirmDialog)
    assert dialog is not None
    assert platform.uploads == {}
    dialog.accept()
    wait_until(lambda: model.state.stage is Stage.SUBMITTED, "the receipt")
