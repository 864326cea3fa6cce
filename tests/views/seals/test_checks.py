import math
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import CertificateState, SealKind, SealState
from desktop.domain.problems import problem
from desktop.server.rules import sizes
from desktop.signing.imprint.model import QualityReason
from desktop.views.seals.checks import (
    MAX_SCAN_BYTES,
    Fault,
    Field,
    check_name,
    check_size,
    fits,
    length_of,
    proposed_name,
    read_scan,
)
from desktop.views.seals.model import states_in_order
from desktop.views.seals.state import SealsState
from desktop.views.seals.words import fault_words, reason_words
from tests.views.certificates.world import NAME
from tests.views.login.world import a_certificate, a_seal

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("kind", "width", "height", "is_good"),
    [
        (SealKind.OFFICIAL, 42, 42, True),
        (SealKind.OFFICIAL, 45, 45, True),
        (SealKind.OFFICIAL, 45.1, 45, False),
        (SealKind.OFFICIAL, 45, 30, True),
        (SealKind.OFFICIAL, 45, 31, False),
        (SealKind.OFFICIAL, 30, 45, False),
        (SealKind.OFFICIAL, 9, 9, False),
        (SealKind.CONTRACT, 40, 41.9, True),
        (SealKind.LEGAL_REPRESENTATIVE, 18, 22, True),
        (SealKind.LEGAL_REPRESENTATIVE, 22.1, 20, False),
        (SealKind.LEGAL_REPRESENTATIVE, 42, 42, False),
        (SealKind.OFFICIAL, 0, 0, False),
    ],
)
def test_size_fits_where_the_platform_takes_it(kind: SealKind, width: float, height: float, is_good: bool):
    assert fits(kind, width, height) is is_good
    try:
        sizes.size_um(kind, width_mm=width, height_mm=height)
        is_taken = True
    except RejectedError:
        is_taken = False
    assert is_taken is is_good


@pytest.mark.parametrize(("text", "value"), [("42", 42.0), (" 41.5 ", 41.5), ("41,5", 41.5), ("4.25", 4.25)])
def test_length_is_read_with_point_or_comma(text: str, value: float):
    assert length_of(text) == value


@pytest.mark.parametrize("text", ["", "abc", "-4", "1e2", "nan", "inf", "42 mm", "4.255", "٤٢", "4242"])
def test_what_is_no_length_is_refused(text: str):
    assert length_of(text) is None
    assert check_size(SealKind.OFFICIAL, text, "42") == {Field.WIDTH: Fault.NOT_A_NUMBER}


def test_size_out_of_range_is_said_once():
    assert check_size(SealKind.OFFICIAL, "60", "60") == {Field.WIDTH: Fault.SIZE}
    assert not math.isnan(length_of("60") or math.nan)


@pytest.mark.parametrize("kind", list(SealKind))
def test_proposed_name_is_acceptable_and_never_too_long(kind: SealKind):
    assert proposed_name(NAME, kind).startswith(NAME)
    assert check_name(proposed_name(NAME, kind)) == ""
    assert check_name(proposed_name("长" * 64, kind)) == ""


@pytest.mark.parametrize(
    ("name", "fault"), [("", Fault.MISSING), ("公\u202e章", Fault.NOT_CLEAN), ("章" * 65, Fault.NOT_CLEAN)]
)
def test_name_that_cannot_stand_in_a_seal_is_refused(name: str, fault: Fault):
    assert check_name(name) == fault


def test_scan_is_what_its_first_bytes_say(tmp_path: Path):
    path = tmp_path / "章.jpg"
    path.write_bytes(PNG + b"rest")
    scan = read_scan(path)
    assert (scan.name, scan.media_type, scan.extension) == ("章.jpg", "image/png", "png")
    assert "rest" not in repr(scan)


def test_pdf_named_png_and_too_large_scans_are_refused(tmp_path: Path):
    path = tmp_path / "章.png"
    for content, fault in ((b"%PDF-1.7", Fault.WRONG_KIND), (PNG + b"\0" * MAX_SCAN_BYTES, Fault.TOO_LARGE)):
        path.write_bytes(content)
        with pytest.raises(RejectedError) as refused:
            read_scan(path)
        assert refused.value.code == fault
    with pytest.raises(UnavailableError):
        read_scan(tmp_path / "none.png")


@pytest.mark.parametrize("reason", list(QualityReason))
def test_every_reason_has_words_of_its_own(qapp: object, reason: QualityReason):
    words = {reason_words(r) for r in QualityReason}
    assert len(words) == len(QualityReason)
    assert all(reason_words(reason))
    assert reason_words(reason)[0] != problem("general.unexpected").zh.title


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_words(qapp: object, fault: Fault):
    unexpected = problem("general.unexpected").zh.cause
    for where in Field:
        assert fault_words(where, fault)
        assert unexpected not in fault_words(where, fault)


def test_what_there_is_to_do_comes_first():
    seals = tuple(a_seal(n, state=state) for n, state in enumerate(reversed(SealState)))
    order = [s.state for s in states_in_order(seals)]
    assert order == [
        SealState.APPROVED,
        SealState.REJECTED,
        SealState.PENDING_REVIEW,
        SealState.CLAIMED,
        SealState.VOID,
    ]


@pytest.mark.parametrize("state", list(CertificateState))
def test_seal_can_be_bound_to_ones_own_certificate_that_holds_only(state: CertificateState):
    own, foreign = a_certificate(state=state), a_certificate(state=state, mine=False)
    choices = SealsState(certificates=(own, foreign)).choices
    assert choices == ((own,) if state in {CertificateState.VALID, CertificateState.EXPIRES_SOON} else ())


def test_claim_needs_approval_a_known_certificate_and_an_enrolled_workstation():
    certificate = a_certificate()
    approved = a_seal(state=SealState.APPROVED)
    enrolled = frozenset({certificate.credit_code})
    assert SealsState(certificates=(certificate,), enrolled=enrolled).may_be_claimed(approved)
    assert not SealsState(certificates=(certificate,)).may_be_claimed(approved)
    assert not SealsState(enrolled=enrolled).may_be_claimed(approved)
    for state in set(SealState) - {SealState.APPROVED}:
        assert not SealsState(certificates=(certificate,), enrolled=enrolled).may_be_claimed(a_seal(state=state))
