"""Threat T20: bits flipped, bytes cut, blocks moved. A package is refused or yields exactly what was packed."""

import io
import os
import random
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.enveloped import PayloadDecryptor
from desktop.crypto.suites import spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.domain.secret import SecretBytes
from desktop.formats.package import BidPackage, BidSummary, GroupKind, member_of_key, open_package
from desktop.formats.package.manifest import MIMETYPE
from desktop.formats.package.opening import key_of, open_envelope
from desktop.formats.package.packing import no_progress
from desktop.formats.package.streams import BUFFER_BYTES
from tests.package.forging import InnerFile, container, inner_zip, meta_of, package_around, parts_of, resigned
from tests.package.test_cms import aes, multiply
from tests.package.world import (
    Memory,
    World,
    counting_random,
    files_in,
    group,
    pack,
    plan_of,
    share_of,
    write_documents,
)
from tests.pdf.pki import ec_key

SMALL = {"标书.txt": "报价一百万元".encode()}
OPENING_KEY = ec_key()


@pytest.fixture(scope="module")
def small(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest package: one file, one group, one recipient."""
    folder = tmp_path_factory.mktemp("small")
    plan = plan_of(world, write_documents(folder / "f", SMALL))
    own = group("own", GroupKind.BIDDER, member_of_key("我", spki_of(OPENING_KEY)))
    envelope = replace(plan.envelopes[0], groups=(own,), summary=BidSummary())
    return pack(world, replace(plan, envelopes=(envelope,)), folder / "s.bid")


def shares_of(package: BidPackage) -> dict[str, SecretBytes]:
    return {"own": share_of(package, "bid", "own", OPENING_KEY)}


def opened(data: bytes, package: BidPackage) -> dict[str, bytes]:
    target = Memory()
    open_envelope(io.BytesIO(data), package, "bid", shares_of(package), target=target, progress=no_progress)
    return target.released


def judge_flips(world: World, small: Path, bits: Iterable[int]) -> Counter[str]:
    """Try flips one by one; return how often each answer came. Anything but a refusal must open to the original."""
    data = bytearray(small.read_bytes())
    original = opened(bytes(data), world.package(small))
    assert SMALL.items() <= original.items()
    answers: Counter[str] = Counter()
    for bit in bits:
        data[bit // 8] ^= 1 << bit % 8
        verdict = world.verify_bytes(bytes(data))
        if verdict.package is None:
            assert verdict.verdict is Verdict.INVALID
            assert verdict.reasons[0].code in CATALOGUE
            answers[verdict.reasons[0].code] += 1
        else:
            assert opened(bytes(data), verdict.package) == original
            answers[verdict.verdict] += 1
        data[bit // 8] ^= 1 << bit % 8
    return answers


def test_t20_a_flipped_bit_is_refused_or_changes_no_document_sampled(world: World, small: Path):
    every = range(small.stat().st_size * 8)
    answers = judge_flips(world, small, random.Random(20).sample(every, 1500))
    assert answers.total() == 1500
    assert answers[Verdict.VALID] == 0


@pytest.mark.slow
def test_t20_every_flipped_bit_is_refused_or_changes_no_document(world: World, small: Path):
    every = range(small.stat().st_size * 8)
    answers = judge_flips(world, small, every)
    print(f"{len(every)} bits: {dict(answers)}")  # noqa: T201 - a drill tells what it did
    assert answers.total() == len(every)
    assert answers[Verdict.VALID] == 0


def repaired(data: bytes) -> bytes:
    """Write a package again around entries that may be bent: what any zip program does to checksums and directory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return container([(name, archive.read(name)) for name in archive.namelist()])


def bent(small: Path, world: World, step: int, *, signed_again: bool) -> Iterable[bytes]:
    """Flip bits inside entries and repair what needs no key; `signed_again` by the bidder himself, who has one."""
    parts, meta = parts_of(small), meta_of(small)
    honest = {**parts, **({} if signed_again else meta)}
    for name, data in honest.items():
        for bit in range(0, 8 * len(data), step):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            entries = {**honest, name: bytes(changed)}
            yield resigned(world, entries) if signed_again else container([("mimetype", MIMETYPE), *entries.items()])


def judge_bent(world: World, small: Path, packages: Iterable[bytes]) -> Counter[str]:
    """Refused, at reading or at opening, or opens to the original documents."""
    original = opened(small.read_bytes(), world.package(small))
    answers: Counter[str] = Counter()
    for data in packages:
        verdict = world.verify_bytes(data)
        if verdict.package is None:
            answers[verdict.reasons[0].code] += 1
            continue
        try:
            assert opened(data, verdict.package) == original
            answers[f"opened, {verdict.verdict}"] += 1
        except RejectedError as error:
            answers[error.code] += 1
    return answers


#: The issuer's certificate travels along unsigned: bent, it vouches for nobody, and the documents are what they were.
UNTOLD = f"opened, {Verdict.CANNOT_TELL}"
VALID = f"opened, {Verdict.VALID}"


def test_t20_a_flipped_bit_under_repaired_checksums_is_never_valid(world: World, small: Path):
    assert repaired(small.read_bytes()) == small.read_bytes()
    answers = judge_bent(world, small, bent(small, world, 29, signed_again=False))
    assert set(answers) <= {*CATALOGUE, UNTOLD}
    assert answers.total() > 300


@pytest.mark.slow
def test_t20_every_flipped_bit_under_repaired_checksums_is_never_valid(world: World, small: Path):
    answers = judge_bent(world, small, bent(small, world, 1, signed_again=False))
    print(f"checksums repaired: {dict(answers)}")  # noqa: T201 - a drill tells what it did
    assert set(answers) <= {*CATALOGUE, UNTOLD}
    assert answers.total() == 8 * sum(map(len, {**parts_of(small), **meta_of(small)}.values()))


def test_t20_a_bit_that_the_bidder_flips_and_signs_is_refused_or_changes_no_document(world: World, small: Path):
    answers = judge_bent(world, small, bent(small, world, 37, signed_again=True))
    assert answers.total() > 300
    assert answers[VALID] < answers.total() // 4


@pytest.mark.slow
def test_t20_every_bit_that_the_bidder_flips_and_signs_is_refused_or_changes_no_document(world: World, small: Path):
    answers = judge_bent(world, small, bent(small, world, 1, signed_again=True))
    print(f"signed again: {dict(answers)}")  # noqa: T201 - a drill tells what it did
    assert answers.total() == 8 * sum(map(len, parts_of(small).values()))


def test_t20_every_truncation_and_every_continuation_is_refused(world: World, small: Path):
    data = small.read_bytes()
    assert world.verify_bytes(data).verdict is Verdict.VALID
    for length in range(len(data)):
        assert world.verify_bytes(data[:length]).package is None
    for more in (b"\0", b"PK\x05\x06" + bytes(18), data):
        assert world.verify_bytes(data + more).package is None
        assert world.verify_bytes(more + data).package is None


@pytest.fixture(scope="module")
def large(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package whose payload takes several buffers."""
    folder = tmp_path_factory.mktemp("large")
    return pack(world, plan_of(world, write_documents(folder / "f", {"a": os.urandom(7 * BUFFER_BYTES)})), folder / "l")


def moved(data: bytes, start: int) -> dict[str, bytes]:
    """Exchange, repeat and drop blocks of one buffer's size within the payload."""
    a, b, c = (data[start + n * BUFFER_BYTES : start + (n + 1) * BUFFER_BYTES] for n in range(3))
    before, rest, after = data[:start], data[start + 3 * BUFFER_BYTES :], data[start + 2 * BUFFER_BYTES :]
    return {
        "exchanged": before + b + a + c + rest,
        "repeated": before + a + a + c + rest,
        "dropped": before + b + after,
        "doubled": before + a + a + b + after,
    }


def test_t20_blocks_moved_within_the_payload_are_refused(world: World, large: Path, tmp_path: Path):
    data = large.read_bytes()
    package = world.package(large)
    shares = world.shares(package)
    for name, changed in moved(data, package.payloads["bid"].offset + 4096).items():
        assert world.verify_bytes(changed).package is None, name
        (tmp_path / name).write_bytes(changed)
        with pytest.raises(RejectedError):
            open_package(tmp_path / name, package, "bid", shares, tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_t7_a_file_exchanged_after_it_was_verified_is_not_opened_and_nothing_is_released(
    world: World, large: Path, tmp_path: Path
):
    package = world.package(large)
    shares = world.shares(package)
    payload = package.payloads["bid"]
    data = large.read_bytes()
    copy = tmp_path / "copy.bid"
    for at in (*range(0, payload.size, BUFFER_BYTES // 2), payload.size - 1):
        changed = bytearray(data)
        changed[payload.offset + at] ^= 0x10
        copy.write_bytes(changed)
        with pytest.raises(RejectedError):
            open_package(copy, package, "bid", shares, tmp_path / "out")
        assert list(tmp_path.iterdir()) == [copy]
    copy.write_bytes(data)
    open_package(copy, package, "bid", shares, tmp_path / "out")
    assert len(files_in(tmp_path / "out")["a"]) == 7 * BUFFER_BYTES


def exchanged(world: World, small: Path, folder: Path, changes: Iterable[bytes]) -> int:
    """Open files that were exchanged after the honest one was verified; return how many were refused.

    After each refusal there is nothing in the folder but the file itself: no target, no hidden folder, no byte.
    """
    package = world.package(small)
    shares, copy, refused = shares_of(package), folder / "copy.bid", 0
    for data in changes:
        copy.write_bytes(data)
        with pytest.raises(RejectedError):
            open_package(copy, package, "bid", shares, folder / "out")
        assert os.listdir(folder) == [copy.name]  # noqa: PTH208 - thousands of times
        refused += 1
    copy.write_bytes(small.read_bytes())
    open_package(copy, package, "bid", shares, folder / "out")
    assert SMALL.items() <= files_in(folder / "out").items()
    return refused


def payload_flips(small: Path, world: World, step: int) -> Iterable[bytes]:
    payload = world.package(small).payloads["bid"]
    data = bytearray(small.read_bytes())
    for bit in range(8 * payload.offset, 8 * (payload.offset + payload.size), step):
        data[bit // 8] ^= 1 << bit % 8
        yield bytes(data)
        data[bit // 8] ^= 1 << bit % 8


def payload_cuts(small: Path, world: World) -> Iterable[bytes]:
    payload, data = world.package(small).payloads["bid"], small.read_bytes()
    return (data[:length] for length in range(payload.offset + payload.size))


def test_t20_no_byte_is_released_of_a_payload_that_changed_since_it_was_verified(
    world: World, small: Path, tmp_path: Path
):
    size = world.package(small).payloads["bid"].size
    assert exchanged(world, small, tmp_path, payload_flips(small, world, 17)) >= size * 8 // 17


@pytest.mark.slow
def test_t20_no_byte_is_released_for_any_flipped_bit_of_the_payload(world: World, small: Path, tmp_path: Path):
    size = world.package(small).payloads["bid"].size
    assert exchanged(world, small, tmp_path, payload_flips(small, world, 1)) == size * 8


@pytest.mark.slow
def test_t20_no_byte_is_released_of_a_payload_cut_anywhere(world: World, small: Path, tmp_path: Path):
    payload = world.package(small).payloads["bid"]
    assert exchanged(world, small, tmp_path, payload_cuts(small, world)) == payload.offset + payload.size


def test_t7_a_payload_exchanged_under_the_same_key_and_tag_is_not_opened(world: World, tmp_path: Path):
    """The bidder knows the content key, so he can change two blocks and keep the tag; the mark tells them apart."""
    plan = plan_of(world, write_documents(tmp_path / "f"))
    plaintext = inner_zip(
        [InnerFile(b"bid_summary.json", b'{"format":"BIDSEAL1/summary"}'), InnerFile(b"a", bytes(64))]
    )
    path = tmp_path / "x.bid"
    path.write_bytes(package_around(world, plan, plaintext=plaintext))
    package = world.package(path)
    payload, shares = package.payloads["bid"], world.shares(package)
    content_key = counting_random("payload")(32)
    block = plaintext.index(bytes(64)) // 16 + 1
    other = bytearray(path.read_bytes())
    start = payload.offset + payload.head.head_bytes + 16 * block
    change = 1 << 100
    for at, difference in ((start, change), (start + 16, multiply(change, aes(content_key, bytes(16))))):
        old = int.from_bytes(other[at : at + 16], "big")
        other[at : at + 16] = (old ^ difference).to_bytes(16, "big")
    decryptor = PayloadDecryptor(payload.head, kek=key_of(package, package.header.envelopes[0], shares))
    out = bytearray(len(plaintext) + 16)
    first = payload.offset + payload.head.head_bytes
    decryptor.update(memoryview(other)[first : first + len(plaintext)], out)
    decryptor.finish()  # the tag is right
    assert out[: len(plaintext)] != plaintext
    path.write_bytes(other)
    with pytest.raises(RejectedError, match="content_changed"):
        open_package(path, package, "bid", shares, tmp_path / "out")
    assert {each.name for each in tmp_path.iterdir()} == {"f", "x.bid"}


def test_t20_nothing_is_committed_before_the_last_byte_was_proven(world: World, large: Path):
    package = world.package(large)
    shares, payload = world.shares(package), package.payloads["bid"]

    class Watched(io.BytesIO):
        """Notes how far the package was read."""

        reached = 0

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            count = super().readinto(buffer)
            self.reached = max(self.reached, self.tell())
            return count

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.reached = max(self.reached, self.tell())
            return data

    source = Watched(large.read_bytes())
    end = payload.offset + payload.size
    at_commit: list[int] = []

    class Noting(Memory):
        def commit(self, names: list[str]) -> None:
            at_commit.append(source.reached)
            super().commit(names)

    open_envelope(source, package, "bid", shares, target=Noting(), progress=no_progress)
    assert at_commit == [end]
