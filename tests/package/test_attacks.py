"""Packages that somebody dishonest made or changed (T18, T19, T46, T48), each with the honest package as its twin."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.cms_labels import commitment
from desktop.crypto.cms_share import ShareRecipient as To
from desktop.crypto.cms_share import _write, open_share, read_share, seal_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import PrivateKey, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.secret import SecretBytes
from desktop.formats.package import demand_for, open_package
from desktop.formats.package.documents import read_header, write_header
from desktop.formats.package.manifest import HEADER_NAME, MANIFEST_NAME, MIMETYPE, SIGNATURE_NAME
from desktop.formats.package.model import BidHeader
from tests.package.forging import container, keys_of, meta_of, package_around, parts_of, payload_of, resigned
from tests.package.world import (
    BIDDER,
    DOCUMENTS,
    RIVAL,
    World,
    counting_random,
    files_in,
    pack,
    plan_of,
    write_documents,
)
from tests.pdf.pki import ec_key


def code(world: World, data: bytes) -> str:
    verdict = world.verify_bytes(data)
    assert verdict.package is None
    assert verdict.verdict is Verdict.INVALID
    return verdict.reasons[0].code


def relabelled(der: bytes, label: bytes) -> bytes:
    """Rewrite the label that stands in an envelope; the wraps stay as they are."""
    envelope = read_share(der)
    return _write(replace(envelope, wraps=tuple(replace(wrap, label=label) for wrap in envelope.wraps)))


def test_honest_parts_signed_again_by_the_bidder_are_valid(world: World, honest: Path):
    assert world.verify_bytes(resigned(world, parts_of(honest))).verdict is Verdict.VALID


def test_t18_key_wraps_moved_into_another_bid_are_refused(world: World, honest: Path, tmp_path: Path):
    victim = parts_of(honest)
    own_path = pack(world, plan_of(world, write_documents(tmp_path / "f")), tmp_path / "own.bid", seed="own")
    own = parts_of(own_path)
    assert world.verify_bytes(resigned(world, own)).verdict is Verdict.VALID
    for name in victim:
        if "/keys/" in name:
            assert code(world, resigned(world, {**own, name: victim[name]})) == "package.wrong_binding"
    assert code(world, resigned(world, {**own, "bid/payload.cms": victim["bid/payload.cms"]})) == (
        "package.wrong_binding"
    )


@pytest.mark.parametrize("group", ["bidder", "opening", "time"])
def test_t18_a_wrap_whose_label_was_rewritten_does_not_open(world: World, honest: Path, group: str):
    package = world.package(honest)
    envelope = package.header.envelopes[0]
    found = next(each for each in envelope.groups if each.group_id == group)
    own_label = package.header.label(envelope, found)
    theirs = replace(package.header, bidder=RIVAL).label(envelope, found)
    holders: list[PrivateKey] = [world.keys()[group], *([world.second.key] if group == "bidder" else [])]
    der = package.shares["bid", group]
    for key, recipient in zip(holders, found.recipients, strict=True):
        ours = {"key": key, "key_id": recipient.sha256}
        assert len(open_share(der, **ours, label=own_label)) == 32  # type: ignore[arg-type]
        with pytest.raises(RejectedError, match="wrong_binding"):
            open_share(der, **ours, label=theirs)  # type: ignore[arg-type]
        with pytest.raises(RejectedError, match="share_unreadable"):
            open_share(relabelled(der, theirs), **ours, label=theirs)  # type: ignore[arg-type]


def test_t18_every_field_of_the_bid_changes_the_label(world: World, honest: Path):
    header = world.package(honest).header
    envelope, group = header.envelopes[0], header.envelopes[0].groups[0]
    changed = [
        header.label(envelope, group),
        replace(header, tender="T-2026-002").label(envelope, group),
        replace(header, lot="2").label(envelope, group),
        replace(header, bidder=RIVAL).label(envelope, group),
        replace(header, package_id=bytes(16)).label(envelope, group),
        replace(header, bidder=replace(header.bidder, name=RIVAL.name)).label(envelope, group),
        header.label(replace(envelope, envelope_id="price"), group),
        header.label(replace(envelope, title="价格文件"), group),
        header.label(envelope, replace(group, group_id="second")),
    ]
    assert len(set(changed)) == len(changed)


def test_t19_a_rival_cannot_submit_the_package_as_his(world: World, honest: Path):
    parts = parts_of(honest)
    rival = {"platform": "demo", "tender": "T-2026-001", "lot": "1", "credit_code": RIVAL.credit_code}
    with pytest.raises(RejectedError, match="other_tender"):
        demand_for(world.package(honest), **rival)
    assert code(world, resigned(world, parts, signer=world.rival_signer)) == "package.signer_not_bidder"
    renamed = write_header(replace(read_header(parts[HEADER_NAME]), bidder=RIVAL))
    taken = resigned(world, {**parts, HEADER_NAME: renamed}, signer=world.rival_signer)
    assert code(world, taken) == "package.wrong_binding"


def test_t19_a_bidder_cannot_go_by_a_rivals_name(world: World, tmp_path: Path):
    """Made by the rival himself, under his own credit code: what people read is the name."""
    plan = plan_of(world, write_documents(tmp_path / "f"))
    posing = replace(RIVAL, name=BIDDER.name)
    for bidder, expected in ((posing, ["package.signer_not_bidder"]), (RIVAL, [])):
        path = pack(world, replace(plan, bidder=bidder), tmp_path / f"{len(expected)}.bid", signer=world.rival_signer)
        assert [reason.code for reason in world.verify(path).reasons] == expected


def test_t19_a_foreign_signature_file_does_not_fit(world: World, honest: Path, tmp_path: Path):
    other = pack(world, plan_of(world, write_documents(tmp_path / "f")), tmp_path / "o.bid", seed="other")
    parts, meta, foreign = parts_of(honest), meta_of(honest), meta_of(other)
    ours = [("mimetype", MIMETYPE), *parts.items()]
    assert world.verify_bytes(container([*ours, *meta.items()])).verdict is Verdict.VALID
    for changed in ({SIGNATURE_NAME: foreign[SIGNATURE_NAME]}, {MANIFEST_NAME: foreign[MANIFEST_NAME]}):
        assert code(world, container([*ours, *{**meta, **changed}.items()])) == "package.content_changed"


def test_t48_a_recipient_whom_the_bidder_did_not_sign_for_is_refused(world: World, honest: Path):
    parts = parts_of(honest)
    header = read_header(parts[HEADER_NAME])
    envelope, group = header.envelopes[0], header.envelopes[0].groups[0]
    platform = ec_key()
    intruder = To(key_id=sha256(spki_of(platform)), spki=spki_of(platform))
    pinned = [
        To(key_id=recipient.sha256, spki=spki_of(key))
        for recipient, key in zip(group.recipients, (world.bidder.key, world.second.key), strict=True)
    ]

    def with_recipients(*who: To) -> bytes:
        label = header.label(envelope, group)
        der = seal_share(SecretBytes(bytes(32)), who, label=label, random=counting_random("t48"))
        return resigned(world, {**parts, "bid/keys/bidder.cms": der})

    assert world.verify_bytes(with_recipients(*pinned)).verdict is Verdict.VALID
    for who in ((*pinned, intruder), (pinned[0],), (pinned[0], intruder)):
        assert code(world, with_recipients(*who)) == "package.recipient_unexpected"


def test_t48_the_platform_cannot_add_itself_to_a_signed_package(world: World, honest: Path):
    parts, meta = parts_of(honest), meta_of(honest)
    platform = ec_key()
    header = read_header(parts[HEADER_NAME])
    envelope, group = header.envelopes[0], header.envelopes[0].groups[0]
    added = replace(group.recipients[0], name="平台", sha256=sha256(spki_of(platform)))
    wider = replace(group, recipients=(*group.recipients, added))
    changed = write_header(replace(header, envelopes=(replace(envelope, groups=(wider, *envelope.groups[1:])),)))
    data = container([("mimetype", MIMETYPE), *{**parts, HEADER_NAME: changed}.items(), *meta.items()])
    assert code(world, data) == "package.content_changed"


def committed_to(header: BidHeader, shares: dict[str, bytes], kek: bytes) -> BidHeader:
    """Return a header whose commitments are to these values."""

    def commit(role: str, value: bytes) -> bytes:
        return commitment(package_id=header.package_id, envelope="bid", role=role, value=value)

    envelope = header.envelopes[0]
    groups = tuple(
        replace(group, commitment=commit(group.group_id, shares[group.group_id])) for group in envelope.groups
    )
    return replace(header, envelopes=(replace(envelope, groups=groups, commitment=commit("kek", kek)),))


def test_t46_a_share_other_than_the_committed_one_is_refused_and_its_group_named(
    world: World, honest: Path, tmp_path: Path
):
    package = world.package(honest)
    shares = world.shares(package)
    for group in shares:
        with pytest.raises(RejectedError, match=f"share_mismatch: {group}"):
            open_package(honest, package, "bid", {**shares, group: SecretBytes(bytes(32))}, tmp_path / "out")
    # Two shares that were changed so that the key comes out right: the commitments of the shares decide.
    mask = bytes([0x5A] * 32)
    both = {
        name: SecretBytes(bytes(a ^ b for a, b in zip(shares[name].reveal(), mask, strict=True)))
        for name in ("bidder", "opening")
    }
    with pytest.raises(RejectedError, match="share_mismatch: bidder"):
        open_package(honest, package, "bid", {**shares, **both}, tmp_path / "out")
    open_package(honest, package, "bid", shares, tmp_path / "out")
    assert DOCUMENTS.items() <= files_in(tmp_path / "out").items()


def test_t46_a_bidder_who_commits_to_another_key_than_he_used_cannot_choose_later(
    world: World, honest: Path, tmp_path: Path
):
    parts = parts_of(honest)
    header = read_header(parts[HEADER_NAME])
    values = {name: share.reveal() for name, share in world.shares(world.package(honest)).items()}
    kek = bytes(a ^ b ^ c for a, b, c in zip(*values.values(), strict=True))
    other = bytes(32)
    cases = {
        "share_mismatch": committed_to(header, {**values, "bidder": other}, kek),
        "key_mismatch": committed_to(header, values, other),
    }
    for expected, lying in cases.items():
        path = tmp_path / f"{expected}.bid"
        path.write_bytes(resigned(world, {**parts, HEADER_NAME: write_header(lying)}))
        package = world.package(path)
        with pytest.raises(RejectedError, match=expected):
            open_package(path, package, "bid", world.shares(package), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_t46_payload_under_another_key_than_the_committed_one_does_not_open(world: World, tmp_path: Path):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    stranger = replace(keys_of(plan), keks={"bid": SecretBytes(bytes(32))})
    path = tmp_path / "x.bid"
    path.write_bytes(package_around(world, plan, payload_of(stranger, b"second price")))
    package = world.package(path)
    with pytest.raises(RejectedError, match="key_mismatch"):
        open_package(path, package, "bid", world.shares(package), tmp_path / "out")


def test_two_recipients_with_one_wrong_pin_are_told_apart(world: World, honest: Path):
    package = world.package(honest)
    header = package.header
    envelope, group = header.envelopes[0], header.envelopes[0].groups[0]
    with pytest.raises(RejectedError, match="share_not_ours"):
        open_share(
            package.shares["bid", "bidder"],
            key=world.bidder.key,
            key_id=sha256(b"somebody"),
            label=header.label(envelope, group),
        )
    with pytest.raises(RejectedError, match="share_not_ours"):
        open_share(
            package.shares["bid", "bidder"],
            key=world.bidder.key,
            key_id=group.recipients[1].sha256,
            label=header.label(envelope, group),
        )
    with pytest.raises(RejectedError, match="share_unreadable"):
        open_share(
            package.shares["bid", "bidder"],
            key=ec_key(),
            key_id=group.recipients[0].sha256,
            label=header.label(envelope, group),
        )


def test_certificate_that_nobody_vouches_for_is_not_carried_along(world: World, honest: Path):
    from desktop.crypto.primitives import sha256 as digest
    from desktop.formats.package.manifest import write_manifest
    from tests.package.forging import signature_over

    parts = parts_of(honest)
    manifest = write_manifest([(name, digest(data)) for name, data in parts.items()])

    def carrying(*chain: bytes) -> bytes:
        signature = signature_over(world, manifest, world.signer, chain)
        return container(
            [("mimetype", MIMETYPE), *parts.items(), (MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)]
        )

    assert world.verify_bytes(carrying(world.pki.issuing.der)).verdict is Verdict.VALID
    assert code(world, carrying(world.pki.issuing.der, world.rival_signer.der)) == "package.signature_wrong"
