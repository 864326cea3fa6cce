"""Opening bids and rehearsing it as a person does: verified first, one scan for all, each bid for itself."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractItemView, QApplication

from desktop.crypto.suites import PrivateKey, spki_of
from desktop.domain.operations import Verdict
from desktop.formats.package import verify_package
from desktop.services.share_file import ExportedShare, write_shares
from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany, wait_until
from tests.app.words import words_on
from tests.package.world import World, pack, plan_of, share_of, write_documents
from tests.pdf.pki import ec_key
from tests.views.certificates.world import tab_stops
from tests.views.package.desk import (
    add_files,
    fill_in,
    make_bid,
    open_page,
    pack_page,
    scan_bids,
    scan_pack,
    take_in,
    write_files,
)


@pytest.fixture
def bid(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder) -> Path:
    """A bid that this unit has just made."""
    return make_bid(bidseal_window, bidseal_phone, bidseal_company)


def row(worker: OfficeWorker, number: int, table: str = "openTable") -> list[str]:
    model = worker.screen.find(table, QAbstractItemView).model()
    return [str(model.index(number, column).data()) for column in range(model.columnCount())]


def test_right_after_packing_the_opening_is_rehearsed_and_opens_nothing(
    bid: Path, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    before = sorted(bid.parent.iterdir())
    bidseal_window.screen.click("packRehearseButton")
    bidseal_window.screen.find("rehearseTable")
    wait_until(lambda: row(bidseal_window, 0, "rehearseTable")[4] == "可以演练", "the bid to be verified")
    scan_bids(bidseal_window, bidseal_phone, "rehearse")
    assert row(bidseal_window, 0, "rehearseTable")[3:] == ["验证通过", "打得开"]
    assert sorted(bid.parent.iterdir()) == before


def test_a_bid_is_opened_into_a_new_folder_and_everything_in_it_is_listed(
    bid: Path, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    take_in(bidseal_window, bid)
    assert row(bidseal_window, 0)[1:] == [bidseal_company.name, "JXJT-2026-118 · 1", "验证通过", "可以解密"]
    scan_bids(bidseal_window, bidseal_phone)
    assert row(bidseal_window, 0)[4] == "已解密"
    target = bid.with_name(f"{bid.stem}_已解密")
    for name in ("投标函.pdf", "清单.xml"):
        assert (target / name).read_bytes() == (bidseal_company.documents / name).read_bytes()
    words = words_on(bidseal_window.screen)
    for said in ("¥ 1,234,567.80", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整", "180 日历天", "合格", "李四", "贰万元整"):
        assert said in words
    listed = [row(bidseal_window, n, "openFiles") for n in range(3)]
    assert [name for name, _size, _sha256 in listed] == ["bid_summary.json", "投标函.pdf", "清单.xml"]
    bidseal_window.screen.click("openCopyList")
    assert listed[1][2] in QApplication.clipboard().text()


def test_of_many_bids_a_changed_one_is_set_aside_and_the_others_are_opened_by_one_scan(
    bid: Path, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    copies = [bid.with_name(f"投标{number}.bid") for number in range(3)]
    for copy in copies:
        copy.write_bytes(bid.read_bytes())
    changed = bytearray(bid.read_bytes())
    changed[len(changed) // 2] ^= 1
    copies[1].write_bytes(changed)
    take_in(bidseal_window, *copies)
    assert [row(bidseal_window, n)[4] for n in range(3)] == ["可以解密", "已排除", "可以解密"]
    assert bidseal_window.screen.text_of("openButton") == "扫码解密 (2 份)"
    bidseal_window.screen.click_row("openTable", 1)
    wait_until(lambda: "请勿使用此投标文件包" in words_on(bidseal_window.screen), "the words on the changed one")
    scan_bids(bidseal_window, bidseal_phone)
    assert [row(bidseal_window, n)[4] for n in range(3)] == ["已解密", "已排除", "已解密"]
    assert (bid.parent / "投标0_已解密").is_dir()
    assert (bid.parent / "投标2_已解密").is_dir()
    assert not (bid.parent / "投标1_已解密").exists()


def test_a_bid_exchanged_after_it_was_verified_fails_by_itself_and_can_be_tried_again(
    bid: Path, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    good, exchanged = bid.with_name("好.bid"), bid.with_name("换.bid")
    for path in (good, exchanged):
        path.write_bytes(bid.read_bytes())
    take_in(bidseal_window, good, exchanged)
    verdict = open_page(bidseal_window).model.state.bids[1].verdict
    assert verdict is not None
    assert verdict.package is not None
    payload = verdict.package.payloads["bid"]
    data = bytearray(bid.read_bytes())
    data[payload.offset + payload.size // 2] ^= 1
    exchanged.write_bytes(data)
    scan_bids(bidseal_window, bidseal_phone)
    assert row(bidseal_window, 0)[4] == "已解密"
    assert row(bidseal_window, 1)[4] not in {"已解密", "可以解密"}
    assert not exchanged.with_name("换_已解密").exists()
    exchanged.write_bytes(bid.read_bytes())
    scan_bids(bidseal_window, bidseal_phone)
    assert row(bidseal_window, 1)[4] == "已解密"


def test_somebody_elses_bid_is_shown_but_not_asked_for(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, tmp_path: Path
) -> None:
    world = World()
    foreign = pack(world, plan_of(world, write_documents(tmp_path / "files")), tmp_path / "别人的.bid")
    take_in(bidseal_window, foreign)
    assert row(bidseal_window, 0)[3:] == ["无法判定", "不是为该证书加密的"]
    assert not bidseal_window.screen.find("openButton").isEnabled()


def test_something_that_is_no_package_is_said_and_can_be_taken_off_the_list(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, tmp_path: Path
) -> None:
    path = tmp_path / "假的.bid"
    path.write_bytes(b"hello")
    take_in(bidseal_window, path)
    assert row(bidseal_window, 0)[3:] == ["验证不通过", "已排除"]
    bidseal_window.screen.click("openRemoveBid")
    bidseal_window.screen.find("openDrop")


def test_the_second_envelope_is_opened_by_its_own_scan(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    bidseal_window.screen.click("nav_projects")
    bidseal_window.screen.click("packageJob_pack")
    fill_in(bidseal_window)
    bidseal_window.screen.click("envelopeChoice_double")
    technical, price = write_files(bidseal_company, ("技术标.pdf", "报价.pdf"))
    add_files(bidseal_window, "firstFiles", technical)
    add_files(bidseal_window, "secondFiles", price)
    bid = scan_pack(bidseal_window, bidseal_phone)
    take_in(bidseal_window, bid)
    scan_bids(bidseal_window, bidseal_phone)
    words = words_on(bidseal_window.screen)
    assert "180 日历天" in words
    assert "1,234,567.80" not in words
    open_page(bidseal_window).model.choose_envelope("second")
    assert row(bidseal_window, 0)[4] == "可以解密"
    scan_bids(bidseal_window, bidseal_phone)
    assert "¥ 1,234,567.80" in words_on(bidseal_window.screen)
    assert (bid.with_name(f"{bid.stem}_second_已解密") / "报价.pdf").read_bytes() == price.read_bytes()
    assert (bid.with_name(f"{bid.stem}_first_已解密") / "技术标.pdf").read_bytes() == technical.read_bytes()


def share_file(worker: OfficeWorker, bid: Path, key: PrivateKey, group_id: str, path: Path) -> Path:
    """Write the share file that the holder of another group's key would give."""
    trust = worker.client.workspace.trust
    verdict = verify_package(
        bid, anchors=trust.anchors, revocation=trust.revocation(), now=worker.client.workspace.clock.now()
    )
    assert verdict.verdict is Verdict.VALID
    assert verdict.package is not None
    share = share_of(verdict.package, "bid", group_id, key)
    path.write_bytes(
        write_shares(
            (
                ExportedShare(
                    package_id=verdict.package.header.package_id, envelope_id="bid", group_id=group_id, share=share
                ),
            )
        )
    )
    return path


def test_a_bid_that_needs_another_key_waits_for_its_share_file_and_then_opens(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    key = ec_key()
    bidseal_window.screen.click("nav_projects")
    bidseal_window.screen.click("packageJob_pack")
    fill_in(bidseal_window)
    add_files(bidseal_window, "firstFiles", *write_files(bidseal_company))
    key_file = bidseal_company.documents / "开标密钥.der"
    key_file.write_bytes(spki_of(key))
    bidseal_window.screen.click("packAdvancedButton")
    bidseal_window.hand.hold(key_file)
    bidseal_window.screen.click("loadGroup_opening_key")
    bidseal_window.screen.find("dropGroup_opening_key")
    bid = scan_pack(bidseal_window, bidseal_phone)
    assert pack_page(bidseal_window).model.state.failure == ""
    take_in(bidseal_window, bid)
    assert row(bidseal_window, 0)[4] == "还缺份额"
    assert not bidseal_window.screen.find("openButton").isEnabled()
    wrong = bidseal_company.documents / "错.json"
    wrong.write_text("{}", encoding="utf-8")
    bidseal_window.hand.hold(wrong)
    bidseal_window.screen.click("openMissingAction")
    wait_until(lambda: bool(open_page(bidseal_window).model.state.share_problem), "a word about the wrong file")
    right = share_file(bidseal_window, bid, key, "opening", bidseal_company.documents / "份额.json")
    bidseal_window.hand.hold(right)
    bidseal_window.screen.click("openMissingAction")
    wait_until(lambda: row(bidseal_window, 0)[4] == "可以解密", "the share to be taken")
    scan_bids(bidseal_window, bidseal_phone)
    assert row(bidseal_window, 0)[4] == "已解密"
    take_in(bidseal_window, bid, job="rehearse")
    assert row(bidseal_window, 0, "rehearseTable")[4] == "可以演练"


def test_declined_on_the_phone_opens_nothing_and_leaves_nothing_behind(
    bid: Path, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    before = sorted(bid.parent.iterdir())
    take_in(bidseal_window, bid)
    bidseal_window.screen.click("openButton")
    bidseal_phone.scan(bidseal_window.screen)
    bidseal_phone.decline()
    bidseal_window.screen.find("qrCardProblem")
    bidseal_window.screen.find("scanDialog").close()
    bidseal_window.screen.wait_gone("scanDialog")
    assert row(bidseal_window, 0)[4] == "可以解密"
    assert sorted(bid.parent.iterdir()) == before


def test_looking_at_bids_can_be_cancelled_and_none_looks_as_if_it_were_being_worked_on(
    bid: Path, bidseal_window: OfficeWorker
) -> None:
    bidseal_window.screen.click("packageJob_open")
    page = open_page(bidseal_window)
    wait_until(lambda: bool(page.model.state.own), "the certificates")
    page.model.add_bids([bid])
    page.model.cancel()
    wait_until(lambda: page.model.state.checking[1] == 0, "the end of the work")
    assert all(each.verdict or each.problem for each in page.model.state.bids)


def test_in_english_nothing_of_an_opened_bid_stays_chinese(
    bid: Path, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder, bidseal_company: PreparedCompany
) -> None:
    take_in(bidseal_window, bid)
    scan_bids(bidseal_window, bidseal_phone)
    bidseal_window.screen.click("nav_me")
    bidseal_window.screen.click("meSection_settings")
    bidseal_window.screen.click("languageSwitch_en")
    bidseal_window.screen.click("nav_projects")
    wait_until(lambda: bidseal_window.screen.text_of("openButton") == "Scan to open", "the button to speak English")
    left = words_on(bidseal_window.screen)
    own = ("投标文件", "合格", "李四", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整", "贰万元整", "_已解密")
    for name in (bid.name, bidseal_company.name, bidseal_company.company.holder, *own):
        left = left.replace(name, "")
    assert [c for c in left if "\u4e00" <= c <= "\u9fff"] == []


def test_tab_visits_list_and_choices_and_ends_at_the_button(bid: Path, bidseal_window: OfficeWorker) -> None:
    take_in(bidseal_window, bid)
    stops = tab_stops(open_page(bidseal_window))
    wanted = ["openTable", "openMore", "openRemoveBid", "openCertificate", "openPlaceButton", "openButton"]
    assert [name for name in stops if name in wanted] == wanted
