"""docs/bid-package.md says of the bytes what the bytes are."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.cms_signed import package_signed_attributes
from desktop.crypto.suites import spki_of
from desktop.formats.package import GroupKind, member_of_key
from desktop.formats.package.manifest import MANIFEST_NAME
from tests.package.forging import InnerFile, inner_zip
from tests.package.world import World, group, pack, plan_of, write_documents
from tests.pdf.pki import NOW, rsa_key

TEXT = (Path(__file__).parents[2] / "docs" / "bid-package.md").read_text(encoding="utf-8")
PATTERNS = dict(re.findall(r"^```pattern ([^\n]+)\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE))
LENGTH = rb"(?:[\x00-\x7f]|\x81[\x80-\xff]|\x82[\x01-\xff].|\x83[\x01-\xff]..)"


def expression(name: str) -> "re.Pattern[bytes]":
    """Return the pattern of that name as a regular expression over bytes."""
    parts = []
    for token in re.findall(r"<[^>]+>|\S+", PATTERNS[name]):
        field = re.fullmatch(r"<.*?(?: (\d+))?>", token)
        if token == "L":
            parts.append(LENGTH)
        elif field:
            parts.append(b".{%d}" % int(field[1]) if field[1] else b".*?")
        else:
            parts.append(re.escape(bytes.fromhex(token)))
    return re.compile(b"".join(parts), flags=re.DOTALL)


@pytest.fixture(scope="module")
def entries(honest: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(honest) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_pattern_of_the_page_is_tried_here():
    used = set(re.findall(r'expression\("([^"]+)"\)', Path(__file__).read_text(encoding="utf-8")))
    assert used == set(PATTERNS)
    assert len(used) == 10


def test_outer_zip_is_as_the_page_says(honest: Path, entries: dict[str, bytes]):
    data = honest.read_bytes()
    rest = data
    shape = expression("local header of mimetype")
    for content in entries.values():
        header = shape.match(rest)
        assert header is not None
        assert rest[header.end() :].startswith(content)
        rest, shape = rest[header.end() + len(content) :], expression("local header")
    shape = expression("central header of mimetype")
    for _ in entries:
        header = shape.match(rest)
        assert header is not None
        rest, shape = rest[header.end() :], expression("central header")
    assert expression("end").fullmatch(rest)


def test_shares_and_payload_are_as_the_page_says(world: World, entries: dict[str, bytes], tmp_path: Path):
    assert expression("payload").fullmatch(entries["bid/payload.cms"])
    assert expression("share for a P-256 recipient").fullmatch(entries["bid/keys/opening.cms"])
    plan = plan_of(world, write_documents(tmp_path / "f"))
    for key in (rsa_key(2048), rsa_key(3072)):
        groups = (group("own", GroupKind.BIDDER, member_of_key("我", spki_of(key))),)
        envelopes = (replace(plan.envelopes[0], groups=groups),)
        path = pack(world, replace(plan, envelopes=envelopes), tmp_path / f"{key.key_size}.bid")
        with zipfile.ZipFile(path) as archive:
            assert expression("share for an RSA recipient").fullmatch(archive.read("bid/keys/own.cms"))


def test_inner_zip_and_signed_attributes_are_as_the_page_says(world: World):
    plain = inner_zip([InnerFile("文件.txt".encode(), b"data")])
    assert expression("inner entry").match(plain)
    attributes = package_signed_attributes(bytes(32), world.signer.der, NOW)
    assert expression("signed attributes").fullmatch(attributes)


def test_manifest_is_as_the_page_says(entries: dict[str, bytes]):
    found = re.search(r"^```manifest\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE)
    assert found is not None
    *opening, line, end = found[1].splitlines()
    lines = entries[MANIFEST_NAME].decode().splitlines()
    assert lines[:3] == opening
    assert lines[-1] == end
    pattern = re.escape(line).replace(r"\(name\)", '[^"]+').replace(r"\(type\)", '[^"]+')
    pattern = pattern.replace(r"\(digest\)", "[A-Za-z0-9+/]{43}=")
    assert len(lines) == 4 + 5
    assert all(re.fullmatch(pattern, each) for each in lines[3:-1])
