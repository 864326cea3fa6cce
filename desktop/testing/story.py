"""The story: a new company's first job and what comes after it, played unattended through the real windows.

Clicks and keys on the real widgets, codes read from the pixels of the shown QR, a phone that is a window of its own, a
platform in its own process. Prints one line a step with its time; ends at the first thing that is not as it should be.
The folder then holds the sealed PDFs and a picture of each step, nothing else that ends in .pdf.
"""

import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import SealKind, Verdict
from desktop.formats.evidence import judge_evidence
from desktop.formats.statements import Basis
from desktop.services.trust import TrustKeeper
from desktop.signing.pdf import verify_pdf
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.bidding import open_bid, open_bid_by_camera, pack_bid, scan_bids, take_in
from desktop.testing.driver import NotAsExpectedError, WindowDriver
from desktop.testing.stage import Cast, Narrator, Stage
from desktop.testing.story_tender import play_tender
from desktop.testing.story_unit import play_unit

OPERATOR_MOBILE = "13900000000"
_FAILED = 1
#: Says that a folder is the story's own; without it nothing in a folder is removed.
_MARKER = ".bidseal-story"
_OURS = re.compile(r"\d\d-.*\.png|failed-.*\.png|.*_已签章(\(\d+\))?\.pdf|投标文件_.*\.bid|开标记录\.bidrecord")


Watch = Callable[[Stage, str], None]


def play(
    out: Path,
    *,
    trust_folder: Path | None = None,
    watch: Watch = lambda _stage, _what: None,
    is_short: bool = False,
) -> int:
    """Play the story into `out`; returns 0 when everything was as it should be.

    `trust_folder` also receives the platform's certificates and revocation lists, so that `bidseal verify` can judge
    the sealed files afterwards; without it only `out`/trust does. `watch` looks at the stage beside each picture, with
    the name of the step, and a last time, with none, before everything is taken down. `is_short` leaves out what
    happens to members, certificates and passwords of the unit.
    """
    before = qInstallMessageHandler(_tell)
    _claim(out)
    with tempfile.TemporaryDirectory(prefix="bidseal-story-", ignore_cleanup_errors=True) as state:
        stage = Stage(Path(state), out)
        try:
            _play(stage, out, trust_folder, watch, is_short=is_short)
            watch(stage, "")
        except (NotAsExpectedError, UnavailableError) as error:
            sys.stderr.write(f"story: {error}\n")
            for number, client in enumerate(stage.clients):
                WindowDriver(client.window).shot().save(str(out / f"failed-{number}.png"))
            for number, phone in enumerate(stage.phones):
                phone.window.grab().save(str(out / f"failed-phone-{number}.png"))
            return _FAILED
        finally:
            stage.close()
            qInstallMessageHandler(before)
    return 0


def _play(stage: Stage, out: Path, trust_folder: Path | None, watch: Watch, *, is_short: bool) -> None:
    narrator = Narrator(out, lambda what: watch(stage, what))
    began = time.monotonic()
    stage.start_platform()
    cast = Cast(stage, narrator)
    sealed: list[Path] = []
    bids: list[Path] = []
    _first_job(cast, sealed, bids)
    record = None
    if not is_short:
        play_unit(cast)
        record = play_tender(cast)
    keeper = _keep_trust(stage, out, trust_folder)
    _without_network(cast, sealed, bids)
    for path in sealed:
        _hand_over(stage, keeper, path, out)
    shutil.copyfile(bids[0], out / bids[0].name)
    if record is not None:
        _hand_over(stage, keeper, record, out, name="开标记录_已签章.pdf")
        _hand_over_bundle(stage, keeper, record.with_suffix(".bidrecord"), out)
    print(f"    {time.monotonic() - began:6.2f} s  全部完成: {out}", flush=True)  # noqa: T201 - as above


def _first_job(cast: Cast, sealed: list[Path], bids: list[Path]) -> None:
    """From registration to a sealed document and an opened bid."""
    company, files, bidder, phone, step = cast.company, cast.files, cast.bidder, cast.phone, cast.step
    step("手机登录", lambda: phone.log_in(company.mobile))
    step("短信注册", lambda: bidder.register(company.mobile, phone.newest_code))
    step("申请证书", lambda: bidder.order_certificate(company, files))
    cast.call_operator(OPERATOR_MOBILE)
    desk, at_desk = cast.desk, cast.at_desk
    at_desk("审核证书订单", desk.approve_order)
    step("扫码下载证书", lambda: bidder.download_certificate(phone))
    step("扫码登记工位", lambda: bidder.enrol(phone))
    step("申请印章", lambda: bidder.apply_for_seal(files))
    at_desk("审核印章", desk.approve_seal)
    step("扫码申领印章", lambda: bidder.claim_seal(phone))
    step("申请法人章", lambda: bidder.apply_for_seal(files, kind=SealKind.LEGAL_REPRESENTATIVE))
    at_desk("审核法人章", desk.approve_seal)
    step("扫码申领法人章", lambda: bidder.claim_seal(phone))
    step("扫码签章", lambda: sealed.append(bidder.seal(files.bid_document, phone)))
    step("验签", lambda: bidder.verify(sealed[0]))
    step("加密投标文件并签名", lambda: bids.append(pack_bid(bidder, phone, sealed[0], files.licence)))
    step("演练解密", lambda: _rehearse(bidder, phone, bids[0]))
    step("扫码解密", lambda: _demand_same(open_bid(bidder, phone, bids[0]), sealed[0], files.licence))


def _without_network(cast: Cast, sealed: list[Path], bids: list[Path]) -> None:
    """Seal and open from screen to camera, with the certificate that the company has by now."""
    files, bidder, phone, step = cast.files, cast.bidder, cast.phone, cast.step
    step("退出登录", bidder.sign_out)
    step("扫码登录", lambda: bidder.log_in_by_code(phone))
    again = files.bid_document.with_name("技术标.pdf")
    shutil.copyfile(files.bid_document, again)
    step("重新登录后签章", lambda: sealed.append(bidder.seal(again, phone)))
    step("重新登录后加密投标文件", lambda: bids.append(pack_bid(bidder, phone, sealed[1], files.licence)))
    cast.stage.cut_network()
    second = files.bid_document.with_name("商务标.pdf")
    shutil.copyfile(files.bid_document, second)
    step("断网后用相机方式签章", lambda: sealed.append(bidder.seal_by_camera(second, phone)))
    step(
        "断网后用相机方式解密",
        lambda: _demand_same(open_bid_by_camera(bidder, phone, bids[1]), sealed[1], files.licence),
    )


def _rehearse(bidder: OfficeWorker, phone: PhoneHolder, bid: Path) -> None:
    take_in(bidder, bid, job="rehearse")
    scan_bids(bidder, phone, "rehearse")


def _demand_same(folder: Path, *sources: Path) -> None:
    """Demand that what was opened is what was packed."""
    for source in sources:
        if (folder / source.name).read_bytes() != source.read_bytes():
            raise NotAsExpectedError(f"{source.name} is not what was packed")


def _keep_trust(stage: Stage, out: Path, trust_folder: Path | None) -> TrustKeeper:
    """Copy what the sealed files are judged by."""
    workspace = stage.workspace()
    # A name of its own: the demo's platform, another one with another root, keeps its certificates in the same folder.
    profile = replace(stage.profile(), profile_id="story")
    keepers = [
        TrustKeeper(profile=profile, api=workspace.api, folder=folder, clock=workspace.clock)
        for folder in (out / "trust", trust_folder)
        if folder is not None
    ]
    for keeper in keepers:
        if not keeper.refresh():
            raise NotAsExpectedError("the revocation lists could not be fetched")
    return keepers[0]


def _hand_over_bundle(stage: Stage, keeper: TrustKeeper, bundle: Path, out: Path) -> None:
    """Copy what everybody signed at the opening, and judge all of it without the platform."""
    target = out / bundle.name
    shutil.copyfile(bundle, target)
    basis = Basis(anchors=keeper.anchors, revocation=keeper.revocation(), now=stage.workspace().clock.now())
    found = judge_evidence(target, basis)
    if found.verdict is not Verdict.VALID:
        raise NotAsExpectedError(f"{target.name} is {found.verdict}: {[r.code for r in found.reasons]}")


def _hand_over(stage: Stage, keeper: TrustKeeper, sealed: Path, out: Path, *, name: str = "") -> None:
    """Copy a sealed file, and judge it once more where it now lies."""
    target = out / (name or sealed.name)
    shutil.copyfile(sealed, target)
    now = stage.workspace().clock.now()
    verdict = verify_pdf(target, anchors=keeper.anchors, revocation=keeper.revocation(), now=now)
    if verdict.verdict is not Verdict.VALID:
        raise NotAsExpectedError(f"{target.name} is {verdict.verdict}: {[r.code for r in verdict.reasons]}")


def _tell(_kind: object, _context: object, message: str) -> None:
    """Pass Qt's messages on, but for the one that its offscreen platform repeats for every window."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"qt: {message}\n")


def _claim(out: Path) -> None:
    """Make `out` the story's folder: what an earlier story left is removed, and nobody else's file.

    Raises:
        RejectedError: there are PDFs in it that are not the story's (`general.folder_not_empty`); afterwards every PDF
            in the folder is to be a sealed one.
        UnavailableError: it cannot be made (`general.file_unwritable`).
    """
    marker = out / _MARKER
    try:
        out.mkdir(parents=True, exist_ok=True)
        if marker.is_file():
            for path in out.iterdir():
                if _OURS.fullmatch(path.name):
                    path.unlink()
            for path in (out / "trust").glob("**/story-*"):
                path.unlink()
        if any(path.suffix.lower() == ".pdf" for path in out.iterdir()):
            raise RejectedError("general.folder_not_empty", str(out))
        marker.write_text("made by bidseal story; emptied by the next one\n", encoding="utf-8")
    except OSError as error:
        raise UnavailableError("general.file_unwritable", f"{out}: {type(error).__name__}") from None
