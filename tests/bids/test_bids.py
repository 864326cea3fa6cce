"""Bids from packing to opening by phone: the real platform, phone and workstation, without a window."""

import json
import re
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_labels import commitment
from desktop.crypto.suites import generate_p256, spki_of
from desktop.domain.operations import Verdict
from desktop.domain.secret import SecretBytes
from desktop.formats.package import GroupKind, PlannedGroup, Recipient, member_of_key
from desktop.phone.core import PhoneOutcome
from desktop.protocol.messages import Outcome
from desktop.services.opening import ExportSharesAction, OpenAction, OpenJob, RehearseAction
from desktop.services.packing import PackAction
from desktop.services.recipients import PinAction
from desktop.services.share_file import read_shares, shares_for
from desktop.services.workspace import open_workspace
from tests.bids.conftest import LOT, TENDER, Bidder


def test_bid_is_packed_rehearsed_and_opened_to_the_same_files(bidder: Bidder) -> None:
    path = bidder.pack()
    verdict = bidder.inspect(path)
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    assert verdict.package is not None
    header = verdict.package.header
    assert (header.tender, header.lot, header.bidder.credit_code) == (TENDER, LOT, bidder.company.credit_code)

    view, result = bidder.scan(RehearseAction(bidder.workspace, **bidder.own(), jobs=(bidder.job(path),)))
    assert (view.problem, view.outcome, result.is_success) == ("", Outcome.DONE, True)

    job = bidder.job(path)
    view, result = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=(job,)))
    assert (view.problem, view.outcome, result.is_success) == ("", Outcome.DONE, True)
    opened = {p.name: p.read_bytes() for p in job.target.iterdir()}
    assert set(opened) == {"bid_summary.json", "投标函.pdf", "清单.xml"}
    for name in ("投标函.pdf", "清单.xml"):
        assert opened[name] == (bidder.documents / name).read_bytes()
    assert json.loads(opened["bid_summary.json"])["price"] == "1234567.80"


def test_phone_shows_what_is_packed_and_who_can_open_it(bidder: Bidder) -> None:
    shown: list[str] = []
    view, _ = bidder.scan(PackAction(bidder.workspace, bidder.order()))
    assert view.text is not None
    shown += view.text.items[0]
    assert shown[0] == f"{TENDER} · {LOT}"
    assert any("报价 1234567.80 元" in line for line in shown)
    assert any(line.startswith("投标函.pdf · ") for line in shown)
    assert any(line.startswith("解密需要: 投标人") for line in shown)


def test_many_bids_are_opened_in_one_scan_and_a_bad_one_stops_no_other(bidder: Bidder) -> None:
    paths = [bidder.pack(bidder.order(target=bidder.documents / f"标{n}.bid")) for n in range(3)]
    jobs = [bidder.job(path) for path in paths]
    damaged = bytearray(paths[1].read_bytes())
    damaged[len(damaged) // 3] ^= 1
    paths[1].write_bytes(damaged)
    view, result = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=tuple(jobs)))
    assert (view.outcome, result.outcome) == (Outcome.PARTIAL, PhoneOutcome.PARTIAL)
    assert [bool(d.code) for d in view.details] == [False, True, False]
    assert [job.target.exists() for job in jobs] == [True, False, True]
    left = [p.name for p in bidder.documents.iterdir() if p.name.startswith(".")]
    assert left == []


def test_t41_bid_that_is_not_sealed_to_us_is_left_out_and_stops_no_other(bidder: Bidder, tmp_path: Path) -> None:
    jobs = [bidder.job(bidder.pack(bidder.order(target=bidder.documents / f"标{n}.bid"))) for n in range(3)]
    stranger = replace(jobs[1].package.header.envelopes[0].groups[0].recipients[0], sha256=bytes(32))
    jobs[1] = _sealed_to(jobs[1], stranger)
    view, result = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=tuple(jobs)))
    assert (view.outcome, result.is_success) == (Outcome.DONE, True)
    assert [d.code for d in view.details] == ["", "package.share_not_ours", ""]
    assert [job.target.exists() for job in jobs] == [True, False, True]
    assert [item.code for item in view.left_out] == ["package.share_not_ours"]


def _sealed_to(job: OpenJob, recipient: Recipient) -> OpenJob:
    header = job.package.header
    envelope = header.envelopes[0]
    group = replace(envelope.groups[0], recipients=(recipient,))
    changed = replace(header, envelopes=(replace(envelope, groups=(group,)),))
    return replace(job, package=replace(job.package, header=changed))


def test_second_envelope_opens_only_with_the_shares_of_all_groups(bidder: Bidder) -> None:
    agent = generate_p256()
    opening = PlannedGroup(
        group_id="opening", kind=GroupKind.OPENING_KEY, members=(member_of_key("开标密钥", spki_of(agent)),)
    )
    path = bidder.pack(
        bidder.order(
            bidder.envelope(envelope_id="first", title="商务技术"),
            bidder.envelope(envelope_id="second", title="报价", other_groups=(opening,)),
        )
    )
    alone = bidder.job(path, "second")
    view, _ = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=(alone,)))
    assert (view.problem, alone.target.exists()) == ("package.share_missing", False)

    from desktop.crypto.cms_share import open_share

    header = alone.package.header
    envelope = header.envelope("second")
    assert envelope is not None
    group = next(g for g in envelope.groups if g.group_id == "opening")
    share = open_share(
        alone.package.shares["second", "opening"],
        key=agent,
        key_id=group.recipients[0].sha256,
        label=header.label(envelope, group),
    )
    both = bidder.job(path, "second", opening=share)
    view, _ = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=(both,)))
    assert (view.problem, both.target.is_dir()) == ("", True)


def test_exported_shares_open_the_bid_they_are_of_and_stand_in_no_journal(bidder: Bidder) -> None:
    path = bidder.pack()
    job, target = bidder.job(path), bidder.documents / "份额.json"
    view, _ = bidder.scan(ExportSharesAction(bidder.workspace, **bidder.own(), jobs=(job,), target=target))
    assert view.problem == ""
    known = read_shares(target)
    shares = shares_for(job.package, "bid", known)
    assert list(shares) == ["bidder"]
    envelope = job.package.header.envelopes[0]
    made = commitment(
        package_id=job.package.header.package_id, envelope="bid", role="bidder", value=shares["bidder"].reveal()
    )
    assert made == envelope.groups[0].commitment
    # The control: what is looked for is found in the share file, and nowhere else in the workstation's folder.
    secret = shares["bidder"].reveal()
    assert secret.hex().encode() in target.read_bytes()
    everything = [p for p in bidder.workspace.folder.root.rglob("*") if p.is_file()]
    assert len(everything) > 5
    for file in everything:
        content = file.read_bytes()
        assert secret not in content
        assert secret.hex().encode() not in content
    with closing(sqlite3.connect(bidder.workspace.folder.journal)) as journal:
        rows = journal.execute("SELECT operation, length(answer) FROM ceremony").fetchall()
    assert ("decrypt", 0) in rows
    assert any(operation == "sign_package" and length > 0 for operation, length in rows)


def test_bid_is_opened_by_hand_from_exported_share_files_as_the_page_says(bidder: Bidder, tmp_path: Path) -> None:
    path, other = bidder.pack(), bidder.pack(bidder.order(target=bidder.documents / "另一份.bid"))
    target = bidder.documents / "shares.json"
    jobs = (bidder.job(other), bidder.job(path))
    view, _ = bidder.scan(ExportSharesAction(bidder.workspace, **bidder.own(), jobs=jobs, target=target))
    assert view.problem == ""
    page = (Path(__file__).parents[2] / "docs" / "opening-by-hand.md").read_text(encoding="utf-8")
    (gather,) = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```bash\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    folder = tmp_path / "hand"
    folder.mkdir()
    done = subprocess.run(
        ["/bin/bash", "-c", "\n".join([gather, *blocks])],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PACKAGE": str(path), "ENVELOPE": "bid", "SHARE_FILES": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("投标函.pdf", "清单.xml"):
        assert (folder / "files" / name).read_bytes() == (bidder.documents / name).read_bytes()


def test_t48_recipient_that_no_phone_confirmed_here_is_refused_whatever_the_platform_lists(
    bidder: Bidder, tmp_path: Path
) -> None:
    phone, encryption = bidder.second_phone(tmp_path / "second")
    order = bidder.order(bidder.envelope(second_recipients=(encryption,)))
    desk = PackAction(bidder.workspace, order)
    with pytest.raises(TimeoutError, match=r"package\.recipient_not_confirmed"):
        bidder.scan(desk)
    assert list(bidder.documents.glob("*.bid")) == []

    (second,) = phone.certificates()
    pin = PinAction(
        bidder.workspace,
        certificate=read_certificate(second.sign_certificate),
        encryption_certificate=encryption,
    )
    view, result = bidder.scan(pin, phone)
    assert (view.problem, result.is_success) == ("", True)
    assert bidder.workspace.pins.is_pinned(read_certificate(encryption).sha256)

    path = bidder.pack(order)
    verdict = bidder.inspect(path)
    assert verdict.package is not None
    assert len(verdict.package.header.envelopes[0].groups[0].recipients) == 2
    job = bidder.job(path)
    action = OpenAction(
        bidder.workspace,
        certificate=read_certificate(second.sign_certificate),
        encryption_certificate=encryption,
        jobs=(job,),
    )
    view, result = bidder.scan(action, phone)
    assert (view.problem, job.target.is_dir()) == ("", True)


def test_t48_phone_does_not_sign_a_bid_that_it_could_not_open(bidder: Bidder, tmp_path: Path) -> None:
    _, foreign = bidder.second_phone(tmp_path / "second")
    order = bidder.order(encryption_certificate=foreign)
    view, result = bidder.scan(PackAction(bidder.workspace, order))
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "phone.recipient_missing")
    assert view.problem == "phone.recipient_missing"
    assert list(bidder.documents.glob("*.bid")) == []


def test_t48_phone_confirms_no_certificate_but_its_own(bidder: Bidder, tmp_path: Path) -> None:
    _, foreign = bidder.second_phone(tmp_path / "second")
    pin = PinAction(bidder.workspace, certificate=bidder.certificate, encryption_certificate=foreign)
    view, result = bidder.scan(pin)
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "phone.recipient_not_ours")
    assert view.problem == "phone.recipient_not_ours"
    assert not bidder.workspace.pins.is_pinned(read_certificate(foreign).sha256)


def test_cancelled_packing_leaves_nothing(bidder: Bidder) -> None:
    view, result = bidder.scan(PackAction(bidder.workspace, bidder.order()), approve=False)
    assert (view.problem, result.outcome) == ("ceremony.declined", PhoneOutcome.DECLINED)
    assert [p.name for p in bidder.documents.iterdir() if "bid" in p.name] == []


def test_package_never_replaces_what_stands_at_its_name(bidder: Bidder) -> None:
    mine = bidder.documents / "投标文件.bid"
    mine.write_bytes(b"precious")
    path = bidder.pack()
    assert path.name == "投标文件(2).bid"
    assert mine.read_bytes() == b"precious"


def test_killed_opening_leaves_no_plaintext_after_the_next_start(bidder: Bidder) -> None:
    from desktop.store.outputs import OutputFolders

    target = bidder.documents / "解密"
    hidden = bidder.documents / ".解密.0123456789ab.tmp"
    hidden.mkdir()
    (hidden / "0").write_bytes(b"plaintext")
    other = bidder.documents / ".别人.0123456789ab.tmp"
    other.mkdir()
    OutputFolders(bidder.workspace.folder.outputs).note([bidder.documents], targets=[target])
    bidder.workspace.lock.close()
    open_workspace(
        profile=bidder.platform.profile,
        folder=bidder.workspace.folder,
        clock=bidder.clock,
        random=bidder.workspace.random,
    ).lock.close()
    assert (hidden.exists(), other.exists()) == (False, True)


def test_wrong_share_of_another_group_is_named(bidder: Bidder) -> None:
    agent = generate_p256()
    opening = PlannedGroup(
        group_id="opening", kind=GroupKind.OPENING_KEY, members=(member_of_key("开标密钥", spki_of(agent)),)
    )
    path = bidder.pack(bidder.order(bidder.envelope(other_groups=(opening,))))
    job = bidder.job(path, opening=SecretBytes(bytes(32)))
    view, _ = bidder.scan(OpenAction(bidder.workspace, **bidder.own(), jobs=(job,)))
    assert (view.problem, view.details[0].code, job.target.exists()) == ("package.share_mismatch",) * 2 + (False,)


def test_false_share_in_a_later_file_takes_no_good_ones_place(bidder: Bidder) -> None:
    job, target = bidder.job(bidder.pack()), bidder.documents / "份额.json"
    bidder.scan(ExportSharesAction(bidder.workspace, **bidder.own(), jobs=(job,), target=target))
    (good,) = read_shares(target)
    false = replace(good, share=SecretBytes(bytes(32)))
    for known in ((good, false), (false, good)):
        assert shares_for(job.package, "bid", known)["bidder"].reveal() == good.share.reveal()
    assert shares_for(job.package, "bid", (false,))["bidder"].reveal() == bytes(32)
    assert shares_for(job.package, "second", (good,)) == {}
    assert shares_for(job.package, "bid", (replace(good, group_id="nobody"),)) == {}
