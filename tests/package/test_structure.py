"""The ZIP outside and the ZIP inside: another form, another order, another name is refused."""

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.package import SourceFile, open_package
from desktop.formats.package.documents import read_header, write_header
from desktop.formats.package.manifest import HEADER_NAME, MIMETYPE, write_manifest
from desktop.formats.package.names import check_names
from tests.package.forging import InnerFile, container, inner_zip, meta_of, package_around, parts_of, resigned
from tests.package.world import World, files_in, pack, plan_of, write_documents

SUMMARY = InnerFile(b"bid_summary.json", b'{"format":"BIDSEAL1/summary"}')

BAD_NAMES = [
    *("", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", "\\\\host\\share", "C:", "C:\\x", "c:x", "a:stream"),
    *("CON", "con.txt", "Aux.pdf", "NUL", "nul .txt", "COM1", "com9.x", "lpt0", "COM¹", "LPT³.pdf", "CONIN$", "clock$"),
    *("a.", "a ", " a", "a\0b", "a\nb", "a\x7f", "报价\u202efdp.exe", "e\u0301", "a?b", "a*", '"a"', "<a>", "a|b"),
    *("\ud800", "长" * 86, "bid_summary.json", "BID_SUMMARY.JSON", "bid_summary\uff0ejson"),
]


def code(world: World, data: bytes) -> str:
    verdict = world.verify_bytes(data)
    assert verdict.package is None
    return verdict.reasons[0].code


#: Windows reads these when a folder with them is merely shown, and asks the server that they name (T41).
LOOKED_AT = ["desktop.ini", "Desktop.INI", "autorun.inf", "报价.lnk", "报价.pdf.LNK", "a.url", "a.scf", "a.library-ms"]
LOOKED_AT += ["a.search-ms", "a.searchConnector-ms", "a.theme", "a.website", "a.ＵＲＬ"]


@pytest.mark.parametrize("name", LOOKED_AT)
def test_t41_file_that_acts_when_it_is_looked_at_is_neither_packed_nor_opened(world: World, tmp_path: Path, name: str):
    with pytest.raises(RejectedError, match="file_name"):
        check_names([name])
    plan = plan_of(world, write_documents(tmp_path / "f"))
    path = tmp_path / "x.bid"
    path.write_bytes(package_around(world, plan, plaintext=inner_zip([SUMMARY, InnerFile(name.encode(), b"x")])))
    package = world.package(path)
    with pytest.raises(RejectedError, match="file_name"):
        open_package(path, package, "bid", world.shares(package), tmp_path / "out")
    assert {each.name for each in tmp_path.iterdir()} == {"f", "x.bid"}
    check_names(["desktop.ini.txt", "url", "lnk.pdf", "说明.url.pdf", "autorun.inf.md"])


@pytest.mark.parametrize("name", BAD_NAMES)
def test_name_that_some_system_could_not_unpack_is_not_packed(name: str):
    with pytest.raises(RejectedError, match="file_name"):
        check_names([name])


def test_ordinary_names_are_packed_and_collisions_are_not():
    good = ["投标函.pdf", "a", "console.txt", "COM10", "nul_.txt", "v1.2 (final).xlsx", ".hidden", "日本語", "é"]
    check_names(good)
    for first, second in (("a.pdf", "A.PDF"), ("ﬁle", "file"), ("１.txt", "1.txt"), ("straße", "STRASSE"), ("x", "x")):
        with pytest.raises(RejectedError, match="file_name"):
            check_names([first, second])


@pytest.mark.parametrize("name", [n for n in BAD_NAMES if n and "\ud800" not in n and len(n.encode()) <= 255])
def test_hostile_name_inside_is_refused_at_opening_and_nothing_is_written(world: World, tmp_path: Path, name: str):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    path = tmp_path / "x.bid"
    path.write_bytes(package_around(world, plan, plaintext=inner_zip([SUMMARY, InnerFile(name.encode(), b"x")])))
    package = world.package(path)
    with pytest.raises(RejectedError, match="file_name"):
        open_package(path, package, "bid", world.shares(package), tmp_path / "out")
    assert {each.name for each in tmp_path.iterdir()} == {"f", "x.bid"}


def forged_plaintexts() -> dict[str, bytes]:
    a = InnerFile(b"a", b"data")
    good = inner_zip([SUMMARY, a])
    deflated = io.BytesIO()
    with zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bid_summary.json", SUMMARY.data)
        archive.writestr("bomb", bytes(10_000_000))
    size_at = good.index(b"\x01\x00\x10\x00") + 4
    return {
        "empty": b"",
        "no zip": b"price: 1",
        "no summary": inner_zip([a]),
        "summary second": inner_zip([a, SUMMARY]),
        "no entry": inner_zip([]),
        "twice": inner_zip([SUMMARY, a, a]),
        "case": inner_zip([SUMMARY, a, replace(a, name=b"A")]),
        "not utf-8": inner_zip([SUMMARY, replace(a, name=b"\xff\xfe")]),
        "crc": inner_zip([SUMMARY, replace(a, crc=7)]),
        "leftovers": good + b"\0",
        "cut": good[:-1],
        "only the head": good[:10],
        "comment": good[:-2] + b"\x05\x00hello",
        "deflated": deflated.getvalue(),
        "bomb by size": good[:size_at] + struct.pack("<QQ", 2**62, 2**62) + good[size_at + 16 :],
        "local name": good.replace(b"\0a\x01\x00\x10", b"\0b\x01\x00\x10", 1),
        "bad summary": inner_zip([replace(SUMMARY, data=b'{"format":"BIDSEAL1/summary", "price":"1.00"}')]),
        "float price": inner_zip([replace(SUMMARY, data=b'{"format":"BIDSEAL1/summary","price":1.5}')]),
        "two prices": inner_zip(
            [replace(SUMMARY, data=b'{"format":"BIDSEAL1/summary","price":"1.00","price":"2.00"}')]
        ),
        "huge summary": inner_zip([replace(SUMMARY, data=b" " * 200_000)]),
    }


@pytest.mark.parametrize("what", forged_plaintexts())
def test_hostile_plaintext_is_refused_at_opening_and_nothing_is_written(world: World, tmp_path: Path, what: str):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    path = tmp_path / "x.bid"
    path.write_bytes(package_around(world, plan, plaintext=forged_plaintexts()[what]))
    package = world.package(path)
    with pytest.raises(RejectedError, match="package"):
        open_package(path, package, "bid", world.shares(package), tmp_path / "out")
    assert {each.name for each in tmp_path.iterdir()} == {"f", "x.bid"}


def test_the_forgers_own_honest_plaintext_opens(world: World, tmp_path: Path):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    path = tmp_path / "x.bid"
    plaintext = inner_zip([SUMMARY, InnerFile("文件.txt".encode(), b"data")])
    path.write_bytes(package_around(world, plan, plaintext=plaintext))
    world.open(path, tmp_path / "out")
    assert files_in(tmp_path / "out") == {"bid_summary.json": SUMMARY.data, "文件.txt": b"data"}


def test_entries_missing_surplus_repeated_or_in_another_order_are_refused(world: World, honest: Path):
    parts, meta = parts_of(honest), meta_of(honest)
    entries = [("mimetype", MIMETYPE), *parts.items(), *meta.items()]
    assert world.verify_bytes(container(entries)).verdict is Verdict.VALID
    for index, entry in enumerate(entries):
        rest = entries[:index] + entries[index + 1 :]
        assert code(world, container(rest)) in ("package.damaged", "package.not_a_package"), entry[0]
        if index:  # a second mimetype would be written in the first one's form
            assert code(world, container([*entries[: index + 1], *entries[index:]])) == "package.damaged"
            assert code(world, container([*entries, entry])) == "package.damaged"
            if index > 1:
                swapped = [*entries[: index - 1], entry, entries[index - 1], *entries[index + 1 :]]
                assert code(world, container(swapped)) == "package.damaged"
    for name in ("readme.txt", "META-INF/manifest.xml", "META-INF/ASiCManifest2.xml", "bid/keys/other.cms", "Bid.json"):
        assert code(world, container([*entries, (name, b"x")])) == "package.damaged"
        assert code(world, container([*entries[:3], (name, b"x"), *entries[3:]])) == "package.damaged"


def test_entry_that_the_signed_manifest_does_not_mention_is_refused(world: World, honest: Path):
    parts = parts_of(honest)
    assert code(world, resigned(world, {**parts, "extra.txt": b"x"})) == "package.damaged"
    from desktop.formats.package.manifest import MANIFEST_NAME, SIGNATURE_NAME
    from tests.package.forging import signature_over

    listed = [(name, sha256(data)) for name, data in parts.items()]
    for manifest in (
        write_manifest(listed[:-1]),
        write_manifest(listed[::-1]),
        write_manifest([*listed, listed[0]]),
        write_manifest(listed).replace(b"\n", b"\r\n"),
        write_manifest(listed).replace(b"xmlenc#sha256", b"xmldsig#sha1"),
        write_manifest(listed).replace(b"?>\n", b"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n"),
    ):
        meta = [(MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature_over(world, manifest, world.signer))]
        assert code(world, container([("mimetype", MIMETYPE), *parts.items(), *meta])) == "package.content_changed"


def test_the_same_entries_zipped_by_another_program_are_refused(world: World, honest: Path):
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        other = io.BytesIO()
        with zipfile.ZipFile(honest) as source, zipfile.ZipFile(other, "w", compression) as target:
            for name in source.namelist():
                target.writestr(name, source.read(name))
        assert world.verify_bytes(other.getvalue()).package is None


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"PK\x03\x04" + bytes(100), b"PK\x05\x06" + bytes(18)])
def test_other_files_are_said_to_be_no_package(world: World, data: bytes):
    assert code(world, data) == "package.not_a_package"


def test_sizes_beyond_the_file_are_refused_before_anything_is_read(world: World, honest: Path):
    data = honest.read_bytes()
    at = data.index(b"\x01\x00\x10\x00") + 4
    for size in (2**63, 2**64 - 1, 2**40, len(data)):
        assert code(world, data[:at] + struct.pack("<QQ", size, size) + data[at + 16 :]) == "package.damaged"


def test_oversized_small_entries_are_refused(world: World, honest: Path):
    parts = parts_of(honest)
    for name in parts:
        if name != "bid/payload.cms":
            assert world.verify_bytes(resigned(world, {**parts, name: bytes(200_000)})).package is None


HEADER_CHANGES = {
    "another version": lambda raw: raw.replace(b"BIDSEAL1/bid", b"BIDSEAL0/bid"),
    "unknown field": lambda raw: raw.replace(b'{"bidder"', b'{"aaa":1,"bidder"'),
    "field twice": lambda raw: raw.replace(b'"lot":"1"', b'"lot":"1","lot":"1"'),
    "space": lambda raw: raw.replace(b'"lot":"1"', b'"lot": "1"'),
    "escaped": lambda raw: raw.replace(b'"lot":"1"', b'"lot":"\\u0031"'),
    "float": lambda raw: raw.replace(b'"deadline":', b'"deadline":1.0,"x":'),
    "nan": lambda raw: raw.replace(b'"lot":"1"', b'"lot":NaN'),
    "bool": lambda raw: raw.replace(b'"lot":"1"', b'"lot":true'),
    "byte order mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "newline": lambda raw: raw + b"\n",
    "deep": lambda _: b"[" * 50_000 + b"]" * 50_000,
    "kek as a group": lambda raw: raw.replace(b'"id":"time"', b'"id":"kek"'),
    "group twice": lambda raw: raw.replace(b'"id":"time"', b'"id":"opening"'),
    "group with a slash": lambda raw: raw.replace(b'"id":"time"', b'"id":"a/b"'),
    "k of n": lambda raw: raw.replace(b'"rule":"any"', b'"rule":"two"', 1),
    "upper-case hex": lambda raw: raw.replace(b'"package":"', b'"package":"A', 1),
    "bidi": lambda raw: raw.replace("杭州".encode(), "杭\u202e州".encode()),
    "not utf-8": lambda raw: raw.replace("杭州".encode(), b"\xff"),
    "list": lambda _: b"[]",
    "huge integer": lambda raw: raw.replace(b'"deadline":', b'"deadline":' + b"9" * 5000 + b',"x":'),
}


@pytest.mark.parametrize("what", HEADER_CHANGES)
def test_t22_header_in_any_other_form_is_refused(world: World, honest: Path, what: str):
    parts = parts_of(honest)
    assert write_header(read_header(parts[HEADER_NAME])) == parts[HEADER_NAME]
    changed = HEADER_CHANGES[what](parts[HEADER_NAME])
    assert changed != parts[HEADER_NAME]
    assert code(world, resigned(world, {**parts, HEADER_NAME: changed})) == "package.header_invalid"


def test_names_that_cannot_stand_in_the_header_are_refused_while_packing(world: World, tmp_path: Path):
    plan = plan_of(world, write_documents(tmp_path / "f"))
    odd = (replace(plan.envelopes[0], envelope_id="../x"), replace(plan.envelopes[0], title=""))
    bad_plans = [replace(plan, lot="a\nb"), replace(plan, tender=""), replace(plan, deadline=-1)]
    bad_plans += [replace(plan, envelopes=(each,)) for each in odd]
    bad_plans += [replace(plan, envelopes=()), replace(plan, envelopes=plan.envelopes * 2)]
    for bad in bad_plans:
        with pytest.raises(RejectedError, match="header_invalid"):
            pack(world, bad, tmp_path / "x.bid")
    with pytest.raises(RejectedError, match="file_name"):
        pack(world, plan_of(world, (SourceFile(name="a/b", path=tmp_path / "f" / "0.bin"),)), tmp_path / "x.bid")
    assert not (tmp_path / "x.bid").exists()
