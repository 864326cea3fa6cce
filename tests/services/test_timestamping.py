"""A timestamp later: a new file beside the old one; the old one, foreign signers and bad files as they should be."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.portal.api import PlatformApi
from desktop.services.timestamping import add_timestamp, lacks_time
from desktop.signing.pdf import PdfVerdict, verify_pdf
from tests.pdf.pki import Pki
from tests.services.test_lasting import down, replaced, sealed
from tests.services.test_threats import Unit, sealing, source, tamper, unit

__all__ = ["replaced", "source", "unit"]


def judge(unit: Unit, path: Path) -> PdfVerdict:
    trust = unit.workspace.trust
    return verify_pdf(path, anchors=trust.anchors, revocation=trust.revocation(), now=unit.workspace.clock.now())


@pytest.fixture
def plain(unit: Unit, source: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file sealed while the service was down."""
    with monkeypatch.context() as patch:
        patch.setattr(PlatformApi, "timestamp", lambda *_: down())
        view, target = sealed(unit, source)
    assert view.details[0].level == "B-B"
    return target


def test_the_new_file_is_b_lt_and_the_old_one_stays_as_it_was(unit: Unit, plain: Path) -> None:
    before = plain.read_bytes()
    assert lacks_time(judge(unit, plain))
    stamped = add_timestamp(unit.workspace, plain)
    assert (stamped.level, stamped.note) == ("B-LT", "")
    assert stamped.path == plain.with_name(f"{plain.stem}_时间戳.pdf")
    assert plain.read_bytes() == before
    assert stamped.path.read_bytes().startswith(before)
    verdict = judge(unit, stamped.path)
    assert verdict.verdict is Verdict.VALID
    assert not lacks_time(verdict)
    assert not list(plain.parent.glob(".bidseal-*"))


def test_a_second_time_it_gets_the_next_free_name(unit: Unit, plain: Path) -> None:
    first = add_timestamp(unit.workspace, plain).path
    second = add_timestamp(unit.workspace, plain).path
    assert second == first.with_name(f"{first.stem}(2).pdf")


def test_a_service_that_is_still_down_leaves_nothing_behind(
    unit: Unit, plain: Path, replaced: Callable[..., list[object]]
) -> None:
    replaced("timestamp", down)
    before = sorted(plain.parent.iterdir())
    with pytest.raises(UnavailableError, match="unreachable"):
        add_timestamp(unit.workspace, plain)
    assert sorted(plain.parent.iterdir()) == before


def test_evidence_that_is_not_to_be_had_leaves_b_t_and_says_so(
    unit: Unit, plain: Path, replaced: Callable[..., list[object]]
) -> None:
    replaced("ocsp", down)
    stamped = add_timestamp(unit.workspace, plain)
    assert (stamped.level, stamped.note) == ("B-T", "portal.unreachable")
    assert judge(unit, stamped.path).signatures[0].proven_time is not None


def test_a_file_whose_signature_is_broken_gets_no_timestamp(unit: Unit, plain: Path) -> None:
    tamper(plain)
    with pytest.raises(RejectedError):
        add_timestamp(unit.workspace, plain)
    assert not list(plain.parent.glob("*_时间戳*"))


def test_a_file_without_signature_gets_none(unit: Unit, source: Path) -> None:
    with pytest.raises(RejectedError, match="not_signed"):
        add_timestamp(unit.workspace, source)


@pytest.fixture
def foreign(source: Path) -> Path:
    """The document, signed by somebody whose CA this platform does not know."""
    from tests.pdf.conftest import Sealer

    pki = Pki()
    made = Sealer(source.parent.parent / "elsewhere", pki, pki.leaf("外单位"))
    made.folder.mkdir()
    path = made.seal(source, to="signed.pdf").path
    source.write_bytes(path.read_bytes())
    return source


def test_a_file_signed_by_somebody_else_is_sealed_and_each_signature_has_its_own_verdict(
    unit: Unit, foreign: Path
) -> None:
    view, job = sealing(unit, foreign, lambda *_: None)
    assert view.details[0].code == ""
    theirs, ours = (s for s in judge(unit, job.target).signatures if not s.is_timestamp)
    assert (ours.verdict, ours.organization) == (Verdict.VALID, unit.company.name)
    assert theirs.verdict is Verdict.CANNOT_TELL
    assert theirs.signer == "外单位"


def test_the_foreign_signer_s_file_gets_a_timestamp_but_no_evidence_and_says_so(unit: Unit, foreign: Path) -> None:
    stamped = add_timestamp(unit.workspace, foreign)
    assert (stamped.level, stamped.note) == ("B-T", "verify.evidence_unavailable")
