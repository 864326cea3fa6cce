"""Packing, verifying and opening a bid as honest people do; what stands in the file; what other programs say of it."""

import base64
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.crypto.suites import Suite, generate_key, sign, spki_of
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.domain.secret import SecretBytes
from desktop.formats.package import (
    GroupKind,
    PlannedEnvelope,
    SourceFile,
    check_share_value,
    demand_for,
    member_of_certificate,
    member_of_key,
    open_package,
    prepare_package,
)
from desktop.formats.package.manifest import MANIFEST_NAME, SIGNATURE_NAME
from desktop.formats.package.opening import open_envelope
from desktop.formats.package.packing import no_progress
from desktop.formats.trust import RevocationData, TrustAnchors
from tests.package.world import (
    BIDDER,
    DOCUMENTS,
    SUMMARY,
    Memory,
    World,
    counting_random,
    files_in,
    group,
    pack,
    plan_of,
    share_of,
    subject,
    write_documents,
)
from tests.pdf.pki import DAY, NOW, issue, rsa_key


def test_honest_package_is_valid_and_opens_to_exactly_the_documents(world: World, honest: Path, tmp_path: Path):
    package = world.package(honest)
    assert (package.header.bidder, package.signing_time) == (BIDDER, NOW)
    assert not package.header.is_openable_without_bidder
    opened = open_package(honest, package, "bid", world.shares(package), tmp_path / "打开")
    found = files_in(tmp_path / "打开")
    assert (
        found.pop("bid_summary.json")
        == (
            '{"bid_bond":"20000.00","duration_days":180,"format":"BIDSEAL1/summary","price":"1234567.80",'
            '"project_manager":"李四","quality":"合格"}'
        ).encode()
    )
    assert found == DOCUMENTS
    assert opened.summary == SUMMARY
    assert [file.name for file in opened.files] == ["bid_summary.json", *DOCUMENTS]
    assert list(tmp_path.iterdir()) == [tmp_path / "打开"]


def test_each_member_of_a_group_can_give_its_share(world: World, honest: Path):
    package = world.package(honest)
    by_ec = share_of(package, "bid", "bidder", world.bidder.key)
    by_rsa = share_of(package, "bid", "bidder", world.second.key)
    assert by_ec == by_rsa
    assert check_share_value(package, package.header.envelopes[0], "bidder", by_ec)


def test_entries_are_stored_in_the_prescribed_order_and_unzip_finds_no_fault(honest: Path):
    with zipfile.ZipFile(honest) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "mimetype",
            "bid.json",
            "bid/payload.cms",
            "bid/keys/bidder.cms",
            "bid/keys/opening.cms",
            "bid/keys/time.cms",
            MANIFEST_NAME,
            SIGNATURE_NAME,
        ]
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        header = json.loads(archive.read("bid.json"))
    assert honest.read_bytes()[30:69] == b"mimetypeapplication/vnd.etsi.asic-e+zip"
    assert header["envelopes"][0]["groups"][0]["recipients"][0]["name"] == "张三"
    judged = subprocess.run(["unzip", "-t", honest], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout


def test_manifest_names_every_entry_and_openssl_verifies_its_signature(world: World, honest: Path, tmp_path: Path):
    with zipfile.ZipFile(honest) as archive:
        manifest = archive.read(MANIFEST_NAME)
        (tmp_path / "manifest").write_bytes(manifest)
        (tmp_path / "signature").write_bytes(archive.read(SIGNATURE_NAME))
        for name in archive.namelist():
            if name != "mimetype" and not name.startswith("META-INF/"):
                digest = subprocess.run(
                    ["openssl", "dgst", "-sha256", "-binary"], input=archive.read(name), capture_output=True, check=True
                ).stdout
                assert base64.b64encode(digest) in manifest
                assert f'URI="{name}"'.encode() in manifest
    (tmp_path / "root.pem").write_bytes(world.pki.root.pem)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "manifest"]
    command += ["-CAfile", "root.pem", "-purpose", "any", "-attime", str(int(NOW.timestamp())), "-cades"]
    judged = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (judged.returncode, judged.stdout) == (0, manifest), judged.stderr


def test_two_envelopes_open_one_by_one_with_their_own_shares(world: World, tmp_path: Path):
    first = plan_of(world, write_documents(tmp_path / "a", {"技术.pdf": b"technical"}))
    second = write_documents(tmp_path / "b", {"报价.xlsx": b"prices"})
    envelopes = (
        replace(first.envelopes[0], envelope_id="technical", title="商务技术"),
        replace(first.envelopes[0], envelope_id="price", title="报价", files=second),
    )
    path = pack(world, replace(first, envelopes=envelopes), tmp_path / "x.bid")
    package = world.package(path)
    shares = {name: world.shares(package, name) for name in ("technical", "price")}
    open_package(path, package, "technical", shares["technical"], tmp_path / "one")
    assert files_in(tmp_path / "one")["技术.pdf"] == b"technical"
    with pytest.raises(RejectedError, match="share_mismatch"):
        open_package(path, package, "price", shares["technical"], tmp_path / "two")
    open_package(path, package, "price", shares["price"], tmp_path / "two")
    assert files_in(tmp_path / "two")["报价.xlsx"] == b"prices"


@pytest.mark.parametrize("suite", [Suite.RSA2048, Suite.RSA3072, Suite.P256])
def test_recipients_of_every_suite_open_their_share(world: World, tmp_path: Path, suite: Suite):
    key = generate_key(suite)
    plan = plan_of(world, write_documents(tmp_path / "f"))
    groups = (group("own", GroupKind.BIDDER, member_of_key("我", spki_of(key))),)
    path = pack(world, replace(plan, envelopes=(replace(plan.envelopes[0], groups=groups),)), tmp_path / "x.bid")
    package = world.package(path)
    open_package(path, package, "bid", {"own": share_of(package, "bid", "own", key)}, tmp_path / "out")
    assert DOCUMENTS.items() <= files_in(tmp_path / "out").items()


def test_files_larger_than_the_buffers_and_a_thousand_small_ones_come_back_whole(world: World, tmp_path: Path):
    large, empty, small = write_documents(tmp_path / "f", {"大.bin": os.urandom(5_000_017), "e": b"", "s": b"s" * 50})
    names = {"大.bin": large, **{f"e{n}": empty for n in range(500)}, **{f"s{n}": small for n in range(499)}}
    files = tuple(SourceFile(name=name, path=file.path) for name, file in names.items())
    path = pack(world, plan_of(world, files), tmp_path / "x.bid")
    package, target = world.package(path), Memory()
    with path.open("rb") as source:
        open_envelope(source, package, "bid", world.shares(package), target=target, progress=no_progress)
    assert len(target.released) == 1001
    assert all(target.released[name] == file.path.read_bytes() for name, file in names.items())
    with pytest.raises(RejectedError, match="too_large"):
        pack(world, plan_of(world, (*files, SourceFile(name="one more", path=empty.path))), tmp_path / "y.bid")


def test_policy_without_the_bidder_is_packed_only_when_chosen_and_says_so(world: World, tmp_path: Path):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    plan = replace(plan, envelopes=(replace(plan.envelopes[0], groups=world.groups()[1:]),))
    with pytest.raises(RejectedError, match="no_bidder_group"):
        pack(world, plan, tmp_path / "x.bid")
    path = pack(world, replace(plan, allow_without_bidder=True), tmp_path / "x.bid")
    assert world.package(path).header.is_openable_without_bidder


def test_signing_certificate_is_no_recipient(world: World):
    with pytest.raises(RejectedError, match="certificate_not_allowed"):
        member_of_certificate(world.signer.der)


def test_package_of_another_tender_lot_or_platform_is_refused(world: World, honest: Path):
    package = world.package(honest)
    right = {"platform": "demo", "tender": "T-2026-001", "lot": "1", "credit_code": BIDDER.credit_code}
    demand_for(package, **right)
    for name in right:
        with pytest.raises(RejectedError, match="other_tender"):
            demand_for(package, **{**right, name: "else"})


def test_missing_share_is_named_and_surplus_share_is_refused(world: World, honest: Path, tmp_path: Path):
    package = world.package(honest)
    shares = world.shares(package)
    with pytest.raises(RejectedError, match="share_missing: opening"):
        open_package(honest, package, "bid", {k: v for k, v in shares.items() if k != "opening"}, tmp_path / "o")
    with pytest.raises(RejectedError, match="share_mismatch: other"):
        open_package(honest, package, "bid", {**shares, "other": SecretBytes(b"x" * 32)}, tmp_path / "o")
    assert list(tmp_path.iterdir()) == []


def test_existing_target_is_never_mixed_with(world: World, honest: Path, tmp_path: Path):
    (tmp_path / "out").mkdir()
    package = world.package(honest)
    with pytest.raises(RejectedError, match="target_exists"):
        open_package(honest, package, "bid", world.shares(package), tmp_path / "out")


def test_draft_takes_only_the_bidders_signature_over_its_own_manifest(world: World, tmp_path: Path):
    files = write_documents(tmp_path / "f")
    draft = prepare_package(plan_of(world, files), tmp_path / "x.bid", random=counting_random())
    other = prepare_package(plan_of(world, files), tmp_path / "y.bid", random=counting_random("other"))

    def complete(attributes: bytes, who: object = world.signer, by: object = None) -> None:
        key = (by or who).key  # type: ignore[attr-defined]
        draft.complete(
            signed_attributes=attributes,
            signature=sign(key, attributes),
            certificate_der=who.der,  # type: ignore[attr-defined]
        )

    for who, code in ((world.rival_signer, "signer_not_bidder"), (world.bidder, "signer_not_bidder")):
        with pytest.raises(RejectedError, match=code):
            complete(draft.signed_attributes(who.der, NOW), who)
    with pytest.raises(RejectedError, match="signature_invalid"):
        complete(other.signed_attributes(world.signer.der, NOW))
    with pytest.raises(RejectedError, match="signature_invalid"):
        complete(draft.signed_attributes(world.signer.der, NOW), by=world.rival_signer)
    assert not (tmp_path / "x.bid").exists()
    complete(draft.signed_attributes(world.signer.der, NOW))
    other.discard()
    assert {path.name for path in tmp_path.iterdir()} == {"f", "x.bid"}
    known = TrustAnchors(roots=world.anchors.roots, intermediates=(world.pki.issuing.der,))
    assert world.verify(tmp_path / "x.bid", anchors=known).verdict is Verdict.VALID


def test_cancelled_packing_and_opening_leave_nothing_behind(world: World, honest: Path, tmp_path: Path):
    class CancelError(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        raise CancelError

    plan = plan_of(world, write_documents(tmp_path / "f"))
    with pytest.raises(CancelError):
        prepare_package(plan, tmp_path / "x.bid", random=counting_random(), progress=cancel)
    package = world.package(honest)
    with pytest.raises(CancelError):
        open_package(honest, package, "bid", world.shares(package), tmp_path / "o", progress=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_progress_ends_at_the_total(world: World, tmp_path: Path):
    seen: list[tuple[int, int]] = []
    plan = plan_of(world, write_documents(tmp_path / "f"))
    draft = prepare_package(
        plan, tmp_path / "x.bid", random=counting_random(), progress=lambda done, total: seen.append((done, total))
    )
    draft.discard()
    assert seen[-1][0] == seen[-1][1] > 0
    assert seen == sorted(seen)


@pytest.mark.parametrize("change", [b"", b"longer than before"])
def test_file_whose_length_changes_while_it_is_packed_is_refused(world: World, tmp_path: Path, change: bytes):
    files = write_documents(tmp_path / "f", {"a.txt": b"as it was", "b.txt": b"second"})
    once = iter([True])

    def touch(done: int, total: int) -> None:
        if next(once, False):
            files[1].path.write_bytes(change)

    with pytest.raises(RejectedError, match="file_changed"):
        prepare_package(plan_of(world, files), tmp_path / "x.bid", random=counting_random(), progress=touch)
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_unreadable_source_and_unwritable_target_are_named(world: World, tmp_path: Path):
    missing = (SourceFile(name="a", path=tmp_path / "nowhere"),)
    with pytest.raises(UnavailableError, match="file_unreadable"):
        prepare_package(plan_of(world, missing), tmp_path / "x.bid", random=counting_random())
    plan = plan_of(world, write_documents(tmp_path / "f"))
    with pytest.raises(UnavailableError, match="file_unwritable"):
        prepare_package(plan, tmp_path / "no" / "x.bid", random=counting_random())
    with pytest.raises(UnavailableError, match="file_unreadable"):
        world.verify(tmp_path / "nowhere.bid")


def test_verdict_weighs_what_happened_to_the_certificate(world: World, honest: Path):
    pki, signer = world.pki, world.signer

    def code(**changes: object) -> tuple[Verdict, str]:
        verdict = world.verify(honest, **changes)
        assert (verdict.package is None) == (verdict.verdict is Verdict.INVALID)
        return verdict.verdict, verdict.reasons[0].code

    before = RevocationData(crls=pki.crls((signer, NOW - DAY)))
    assert code(revocation=before) == (Verdict.INVALID, "trust.revoked")
    after = RevocationData(crls=pki.crls((signer, NOW + DAY / 24)))
    assert code(revocation=after, now=NOW + DAY / 12) == (Verdict.CANNOT_TELL, "verify.revoked_since")
    assert code(revocation=RevocationData()) == (Verdict.CANNOT_TELL, "trust.revocation_unknown")
    assert code(now=NOW - DAY) == (Verdict.INVALID, "package.signed_in_future")
    late = {"now": NOW + 300 * DAY, "revocation": RevocationData(crls=pki.crls(next_update=NOW + 400 * DAY))}
    assert code(**late) == (Verdict.CANNOT_TELL, "verify.expired_since")


@pytest.mark.parametrize(
    "summary",
    [
        replace(SUMMARY, price=Decimal("1E+3")),
        replace(SUMMARY, price=Decimal("-1.00")),
        replace(SUMMARY, price=Decimal("1.005")),
        replace(SUMMARY, price=Decimal("NaN")),
        replace(SUMMARY, duration_days=0),
        replace(SUMMARY, quality="a\u202eb"),
        replace(SUMMARY, project_manager=""),
    ],
)
def test_summary_that_could_be_misread_is_not_packed(world: World, tmp_path: Path, summary: object):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    envelope: PlannedEnvelope = replace(plan.envelopes[0], summary=summary)  # type: ignore[arg-type]
    with pytest.raises(RejectedError, match="summary_invalid"):
        pack(world, replace(plan, envelopes=(envelope,)), tmp_path / "x.bid")


@pytest.mark.parametrize("bits", [2048, 3072])
def test_bidder_whose_signing_key_is_rsa_signs_and_is_verified(world: World, tmp_path: Path, bits: int):
    signer = issue(subject("钱七", BIDDER), key=rsa_key(bits), issuer=world.pki.issuing)
    path = pack(world, plan_of(world, write_documents(tmp_path / "f")), tmp_path / "x.bid", signer=signer)
    assert world.package(path).signer.holder == "钱七"


MEASURE = """
import json, re, sys
from pathlib import Path
from tests.package.world import World, pack, plan_of, write_documents
from desktop.formats.package import SourceFile
folder = Path(sys.argv[1])
world = World()
big = folder / "big"
with big.open("wb") as file:
    for n in range(int(sys.argv[2])):
        file.write(bytes([n % 256]) * 1024 * 1024)
path = pack(world, plan_of(world, (SourceFile(name="big", path=big),)), folder / "x.bid")
def peak_mb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
packed = peak_mb()
world.open(path, folder / "out")
assert (folder / "out" / "big").stat().st_size == big.stat().st_size
print(json.dumps([packed, peak_mb()]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is asked of /proc")
def test_memory_is_the_same_for_any_size_and_stays_below_80_mb(tmp_path: Path):
    peaks = []
    for size_mib in (8, 700):
        folder = tmp_path / str(size_mib)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(folder), str(size_mib)],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        peaks.append(json.loads(done.stdout))
    assert all(peak <= 80 for pair in peaks for peak in pair), peaks
    assert all(large - small <= 8 for small, large in zip(*peaks, strict=True)), peaks
