"""Profile files are read strictly: exactly what they should be, or refused whole with words."""

import base64
import json
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.problems import CATALOGUE
from desktop.portal.profile import (
    MAX_BYTES,
    PlatformProfile,
    anchor_of,
    is_public_link,
    parse_profile,
    read_profile,
    write_profile,
)
from desktop.ui.resources import PLATFORMS
from tests.portal.profiles import certificates, document, write


def refusal(data: bytes) -> str:
    with pytest.raises(RejectedError) as caught:
        parse_profile(data)
    assert caught.value.code in CATALOGUE
    return caught.value.code


def refused(**changes: object) -> str:
    return refusal(json.dumps(document(**changes)).encode())


def test_what_is_written_is_read(tmp_path: Path) -> None:
    profile = read_profile(write(tmp_path / "p.json"))
    assert profile.name == "南昌公共资源交易平台"
    assert profile.title("en") == "Nanchang e-procurement platform"
    assert profile.android_url == "https://app.example.com/bidseal.apk"
    assert (profile.root, profile.issuing[0]) == certificates()
    assert parse_profile(write_profile(profile)) == profile


def test_a_profile_without_an_address_only_names_its_platform() -> None:
    profile = parse_profile(json.dumps(document(base_url=None, root=None, issuing=None)).encode())
    assert not profile.is_complete
    assert parse_profile(write_profile(profile)) == profile


def test_the_default_platform_is_shipped_without_an_invented_address() -> None:
    (shipped,) = [read_profile(path) for path in PLATFORMS.glob("*.json")]
    assert shipped.name == "江西交投集团招标采购交易平台"
    assert shipped == PlatformProfile(
        profile_id="jxjt",
        platform_id="jxjt",
        name=shipped.name,
        name_en=shipped.name_en,
        base_url="",
        root=b"",
        issuing=(),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "other"},
        {"format": None},
        {"version": None},
        {"version": "1"},
        {"version": True},
        {"version": 0},
        {"profile_id": None},
        {"platform_id": None},
        {"name": None},
        {"name": "text"},
        {"name": {"en": "x"}},
        {"name": {"zh": ""}},
        {"name": {"zh": "x" * 65}},
        {"name": {"zh": "a\nb"}},
        {"name": {"zh": "a\u202eb"}},
        {"name": {"zh": "x", "fr": "x"}},
        {"profile_id": "Jxjt"},
        {"profile_id": "../x"},
        {"profile_id": "con"},
        {"profile_id": "com1"},
        {"profile_id": ""},
        {"profile_id": "x" * 33},
        {"profile_id": 7},
        {"unknown": "x"},
        {"base_url": None},
        {"root": None},
        {"issuing": None},
        {"issuing": []},
        {"issuing": "x"},
        {"root": "not base64!"},
        {"root": 7},
        {"android_url": 7},
    ],
)
def test_a_profile_that_is_not_exactly_one_is_refused(changes: dict[str, object]) -> None:
    assert refused(**changes) == "portal.profile_damaged"


def test_a_later_version_says_that_the_client_is_too_old() -> None:
    assert refused(version=2) == "portal.profile_version"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 5000, b" " * (MAX_BYTES + 1)])
def test_a_file_that_is_something_else_is_refused(content: bytes) -> None:
    assert refusal(content) == "portal.profile_damaged"


def test_a_field_that_stands_twice_is_refused() -> None:
    text = json.dumps(document())
    assert refusal(text.replace('"version": 1', '"version": 1, "version": 1').encode()) == "portal.profile_damaged"


def test_a_mark_at_the_beginning_is_no_reason_to_refuse() -> None:
    assert parse_profile(b"\xef\xbb\xbf" + json.dumps(document()).encode()).profile_id == "nanchang"


def test_certificates_that_do_not_belong_together_are_refused() -> None:
    stranger, (_, own) = certificates("乙")[1], certificates()
    assert refused(issuing=[base64.b64encode(stranger).decode()]) == "portal.profile_untrusted"
    assert refused(root=base64.b64encode(own).decode()) == "portal.profile_untrusted"
    assert refused(root=base64.b64encode(b"0" * 40).decode()) == "portal.profile_untrusted"


@pytest.mark.parametrize(
    "url",
    ["http://app.example.com", "javascript:alert(1)", "https://user@app.example.com", "https://a b.com", "", "x" * 600],
)
def test_a_link_for_phones_is_https_or_refused(url: str) -> None:
    assert refused(android_url=url) == "portal.address_refused"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RejectedError) as caught:
        read_profile(tmp_path / "none.json")
    assert caught.value.code == "general.file_unreadable"


def test_the_anchor_is_what_a_person_compares() -> None:
    import hashlib

    facts = anchor_of(parse_profile(json.dumps(document()).encode()))
    assert facts.holder == "甲根 CA"
    assert facts.fingerprint == hashlib.sha256(certificates()[0]).hexdigest().upper()


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://app.example.com/x", True),
        ("https://8.8.8.8/x", True),
        ("https://app.example.com.", True),
        ("http://app.example.com", False),
        ("", False),
        ("https://127.0.0.1/x", False),
        ("https://localhost/x", False),
        ("https://phone.localhost/x", False),
        ("https://[::1]/x", False),
        ("https://[::ffff:10.0.0.1]/x", False),
        ("https://10.1.2.3/x", False),
        ("https://172.20.0.1/x", False),
        ("https://192.168.1.5:8443/x", False),
        ("https://169.254.1.1/x", False),
        ("https://100.64.0.1/x", False),
        ("https://0.0.0.0/x", False),
        ("https://[fe80::1]/x", False),
        ("https://[fd00::1]/x", False),
        ("https://intranet/x", False),
        ("https://printer.local/x", False),
        ("https://2130706433/x", False),
        ("https://127.1/x", False),
        ("https://0x7f.1/x", False),
        ("https://app.example.com:99999/x", False),
        ("https://[::1", False),
        ("https://user@app.example.com/x", False),
    ],
)
def test_only_an_address_that_a_phone_elsewhere_reaches_is_public(url: str, public: bool) -> None:
    assert is_public_link(url) is public
