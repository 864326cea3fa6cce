"""Pure rules: state tables, numbers and names, images, sizes."""

import io
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desktop.domain.errors import RejectedError
from desktop.domain.operations import (
    CheckState,
    GrantState,
    MobileChangeState,
    OrderState,
    SealKind,
    SealState,
)
from desktop.server.rules import images, people, sizes
from desktop.server.rules.states import (
    CERTIFICATES,
    CHECKS,
    GRANTS,
    MOBILE_CHANGES,
    ORDERS,
    SEALS,
    CertificateEvent,
    CheckEvent,
    GrantEvent,
    IssuedState,
    MobileChangeEvent,
    OrderEvent,
    SealEvent,
    follow,
)
from tests.server.phone import png

LEGAL = {
    "order": {
        ("pending_review", "approve", "approved"),
        ("pending_review", "reject", "rejected"),
        ("approved", "issue", "completed"),
        ("pending_review", "cancel", "rejected"),
        ("approved", "cancel", "rejected"),
    },
    "seal": {
        ("pending_review", "approve", "approved"),
        ("pending_review", "reject", "rejected"),
        ("approved", "claim", "claimed"),
        ("pending_review", "void", "void"),
        ("approved", "void", "void"),
        ("claimed", "void", "void"),
        ("pending_review", "release", "pending_review"),
        ("approved", "release", "approved"),
        ("claimed", "release", "approved"),
        ("pending_review", "rebind", "pending_review"),
        ("approved", "rebind", "approved"),
        ("claimed", "rebind", "claimed"),
    },
    "certificate": {("active", "revoke", "revoked")},
    "grant": {
        ("invited", "submit", "pending_review"),
        ("rejected", "submit", "pending_review"),
        ("pending_review", "approve", "active"),
        ("pending_review", "reject", "rejected"),
        ("invited", "revoke", "revoked"),
        ("pending_review", "revoke", "revoked"),
        ("rejected", "revoke", "revoked"),
        ("active", "revoke", "revoked"),
    },
    "check": {
        ("pending_review", "approve", "approved"),
        ("pending_review", "reject", "rejected"),
        ("pending_review", "cancel", "cancelled"),
        ("approved", "use", "used"),
    },
    "mobile_change": {("pending", "apply", "applied"), ("pending", "cancel", "cancelled")},
}
STEPS = [
    (name, table, state, event)
    for name, table, states, events in (
        ("order", ORDERS, OrderState, OrderEvent),
        ("seal", SEALS, SealState, SealEvent),
        ("certificate", CERTIFICATES, IssuedState, CertificateEvent),
        ("grant", GRANTS, GrantState, GrantEvent),
        ("check", CHECKS, CheckState, CheckEvent),
        ("mobile_change", MOBILE_CHANGES, MobileChangeState, MobileChangeEvent),
    )
    for state in states
    for event in events
]


@pytest.mark.parametrize(("name", "table", "state", "event"), STEPS)
def test_every_step_is_either_promised_or_refused(name: str, table: Any, state: StrEnum, event: StrEnum) -> None:
    legal = {(before, what): after for before, what, after in LEGAL[name]}
    after = legal.get((str(state), str(event)))
    if after is not None:
        assert str(follow(table, state, event)) == after
        return
    with pytest.raises(RejectedError, match=r"platform\.wrong_state"):
        follow(table, state, event)


def refused(code: str) -> Any:
    return pytest.raises(RejectedError, match=f"platform.{code}")


def test_credit_codes_are_judged_by_their_check_digit() -> None:
    assert people.credit_code(" 91360100ma35t0000h ") == "91360100MA35T0000H"
    for wrong in ("91360100MA35T0000A", "91360100MA35T0000", "", "9136010OMA35T0000H", "９1360100MA35T0000H"):
        with refused("credit_code_invalid"):
            people.credit_code(wrong)


def test_id_numbers_are_judged_by_date_and_check_digit_but_not_by_region() -> None:
    assert people.id_number("11010519491231002x") == "11010519491231002X"
    assert people.id_number("99999919850615001X") == "99999919850615001X"
    for wrong in (
        "110105194912310021",
        "11010519491331002X",
        "110105491231002",
        "１1010519491231002X",
        "11010519491231002X1",
        "",
    ):
        with refused("id_number_invalid"):
            people.id_number(wrong)


def test_personal_data_is_masked() -> None:
    assert people.masked_mobile("13812345678") == "138****5678"
    assert people.masked_id_number("11010519491231002X") == "110***********002X"
    assert people.masked_name("张三丰") == "张**"
    assert people.masked_name("李") == "李*"
    assert people.masked_name("") == "*"


def outcome(check: Callable[[], Any]) -> Any:
    """Return what `check` returns, or the refusal; anything else it raises fails the test."""
    try:
        return check()
    except RejectedError as error:
        return error


@given(st.text(max_size=200))
def test_any_text_is_a_clean_name_or_refused_by_field(text: str) -> None:
    name = outcome(lambda: people.name(text, "holder_name"))
    if isinstance(name, RejectedError):
        assert (name.code, name.detail) == ("platform.bad_field", "holder_name")
    else:
        assert name == text.strip()
        assert 0 < len(name.encode()) <= 120


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 200), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 5, "dpi": (300, 300)}])
def test_scan_tells_the_size_of_a_jpeg(options: dict[str, Any]) -> None:
    facts = images.scan(picture("JPEG", **options))
    assert (facts.media_type, facts.width, facts.height) == ("image/jpeg", 300, 200)


def test_scan_tells_the_size_of_a_png() -> None:
    facts = images.scan(picture("PNG"))
    assert (facts.media_type, facts.width, facts.height) == ("image/png", 300, 200)


def test_imprint_of_any_common_writer_is_accepted() -> None:
    facts = images.imprint(picture("PNG", "RGBA", (120, 118), dpi=(600, 600)))
    assert (facts.width, facts.height) == (120, 118)
    assert images.imprint(png(64, 80)).height == 80


@pytest.mark.parametrize(
    "data",
    [
        picture("PNG", "RGB"),
        picture("PNG", "LA"),
        picture("JPEG"),
        picture("PNG", "RGBA", (20, 20)),
        png()[:-4],
        png() + b"\0",
        png().replace(b"IDAT", b"acTL"),
        png()[:40] + b"\0\0" + png()[42:],
        b"",
    ],
)
def test_imprint_that_is_no_complete_rgba_png_is_refused(data: bytes) -> None:
    with pytest.raises(RejectedError) as refusal:
        images.imprint(data)
    assert refusal.value.code in {"platform.imprint_unsupported", "platform.image_unsupported"}


def test_t23_image_bombs_are_refused_before_anything_is_inflated() -> None:
    import zlib

    small = png(64, 64)
    bomb = zlib.compress(bytes(50_000_000), 9)
    position = small.index(b"IDAT") - 4
    chunk = b"IDAT" + bomb
    grown = (
        small[:position]
        + len(bomb).to_bytes(4, "big")
        + chunk
        + zlib.crc32(chunk).to_bytes(4, "big")
        + small[small.index(b"IEND") - 4 :]
    )
    assert len(grown) < images.MAX_IMPRINT_BYTES
    with refused("imprint_unsupported"):
        images.imprint(grown)
    huge = bytearray(small)
    huge[16:24] = (60_000).to_bytes(4, "big") * 2
    with refused("file_too_large"):
        images.scan(bytes(huge))
    with refused("file_too_large"):
        images.paper(b"%PDF-" + bytes(images.MAX_UPLOAD_BYTES))


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"]))
def test_t22_any_bytes_are_judged_without_another_error(data: bytes, head: bytes) -> None:
    for check in (images.scan, images.paper, images.imprint):
        judged = outcome(lambda check=check: check(head + data))
        assert not isinstance(judged, RejectedError) or judged.code.startswith("platform.")


@given(st.integers(0, 400), st.integers(0, 255))
def test_t22_bent_jpeg_is_judged_without_another_error(position: int, value: int) -> None:
    data = bytearray(picture("JPEG"))
    data[position] = value
    judged = outcome(lambda: images.scan(bytes(data)))
    assert not isinstance(judged, RejectedError) or judged.code.startswith("platform.")


@pytest.mark.parametrize(
    ("kind", "width", "height", "fits"),
    [
        ("official", 42, 42, True),
        ("official", 45, 45, True),
        ("official", 45, 43.2, True),
        ("official", 45.01, 45.01, False),
        ("official", 45, 30, True),
        ("official", 45, 31, False),
        ("official", 30, 45, False),
        ("official", 5, 5, False),
        ("contract", 40, 40, True),
        ("contract", 50, 30, False),
        ("legal_representative", 20, 20, True),
        ("legal_representative", 18, 22, True),
        ("legal_representative", 17.9, 20, False),
        ("legal_representative", 45, 30, False),
        ("official", 0, 42, False),
        ("official", -42, -42, False),
        ("official", float("nan"), 42, False),
        ("official", float("inf"), 42, False),
    ],
)
def test_seal_size_follows_its_kind(kind: str, width: float, height: float, *, fits: bool) -> None:
    if fits:
        assert sizes.size_um(SealKind(kind), width_mm=width, height_mm=height) == (width * 1000, height * 1000)
        return
    with refused("seal_size"):
        sizes.size_um(SealKind(kind), width_mm=width, height_mm=height)
