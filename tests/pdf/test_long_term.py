"""Timestamps and long-term evidence of sealed files: made (B-T, B-LT, later) and judged (T11, T13, T17)."""

import dataclasses
import errno
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.signing.pdf import (
    ImprintPlacement,
    LongTermEvidence,
    PdfVerdict,
    SealLevel,
    add_document_timestamp,
    extend_lt,
    replace_file,
)
from tests.pdf import attacks, builders, judges
from tests.pdf.conftest import SAMPLES, Sealer, Verifier
from tests.pdf.pki import DAY, NOW, Holder, Pki
from tests.pdf.stamping import Service, evidence, restamp, seal, sha256


@pytest.fixture
def service(pki: Pki) -> Service:
    return Service(pki)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return builders.plain(tmp_path / "a.pdf")


@pytest.fixture
def stamped(sealer: Sealer, source: Path, one_imprint: ImprintPlacement, service: Service) -> Path:
    return seal(sealer, source, one_imprint, timestamp=service).path


@pytest.fixture
def lasting(stamped: Path, pki: Pki, signer: Holder, service: Service) -> Path:
    extend_lt(stamped, evidence(pki, signer, service.holder))
    return stamped


def codes(verdict: PdfVerdict) -> set[str]:
    found = {reason.code for reason in verdict.reasons}
    assert found <= set(CATALOGUE)
    return found


def offline(verify: Verifier, days: int) -> Verifier:
    """Years later, nothing at hand but the root."""
    verify.anchors = TrustAnchors(roots=verify.anchors.roots)
    verify.revocation = RevocationData()
    verify.now = NOW + days * DAY
    return verify


# -- B-T -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tracemonkey.pdf", "plain"])
def test_sealed_with_timestamp_is_valid_and_its_time_proven(
    *, name: str, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, service: Service, verify: Verifier
) -> None:
    document = SAMPLES / name if name != "plain" else source
    sealed = seal(sealer, document, one_imprint, timestamp=service)
    assert (sealed.level, sealed.note, sealed.sha256) == (SealLevel.B_T, "", sha256(sealed.path))
    verdict = verify(sealed.path)
    assert verdict.verdict is Verdict.VALID, verdict
    assert (verdict.signatures[0].proven_time, verdict.signatures[0].covers_whole_file) == (NOW, True)
    assert len(service.asked) == 1


def _unavailable(_: bytes) -> bytes:
    raise UnavailableError("portal.offline", "down")


@pytest.mark.parametrize(
    ("timestamp", "note"),
    [
        (_unavailable, "portal.offline"),
        (lambda _: b"", "verify.timestamp_refused"),
        (lambda _: b"garbage", "verify.timestamp_refused"),
        (lambda _: b"\x30\x00", "verify.timestamp_refused"),
        (lambda _: Service(Pki())(bytes(32)), "verify.timestamp_refused"),
    ],
)
def test_service_that_is_down_or_answers_nonsense_leaves_a_plain_seal_that_says_so(
    *,
    timestamp: Callable[[bytes], bytes],
    note: str,
    sealer: Sealer,
    source: Path,
    one_imprint: ImprintPlacement,
    verify: Verifier,
) -> None:
    sealed = seal(sealer, source, one_imprint, timestamp=timestamp)
    assert (sealed.level, sealed.note) == (SealLevel.B_B, note)
    assert verify(sealed.path).verdict is Verdict.VALID
    assert verify(sealed.path).signatures[0].proven_time is None


def test_token_too_large_for_its_place_leaves_a_plain_seal(
    sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier
) -> None:
    from desktop.crypto.issuing import Signer
    from desktop.crypto.timestamps import TimestampQuery, TimestampStatement, write_token

    tsa = pki.tsa()

    def huge(digest: bytes) -> bytes:
        return write_token(
            TimestampQuery(algorithm="sha256", digest=digest),
            TimestampStatement(policy="1.2.3", serial=1, time=NOW, accuracy=timedelta(seconds=1)),
            signer=Signer(certificate=tsa.der, key=tsa.key),  # type: ignore[arg-type]
            chain=tuple(pki.leaf().der for _ in range(30)),
        )

    sealed = seal(sealer, source, one_imprint, timestamp=huge)
    assert (sealed.level, sealed.note) == (SealLevel.B_B, "verify.timestamp_refused")
    assert verify(sealed.path).verdict is Verdict.VALID


@pytest.mark.parametrize("other", ["over something else", "unknown service", "a person's"])
def test_t13_seal_whose_timestamp_proves_nothing_cannot_be_told(
    *, other: str, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier
) -> None:
    service = {
        "over something else": lambda _: Service(pki)(bytes(32)),
        "unknown service": Service(Pki()),
        "a person's": Service(pki, pki.leaf()),
    }[other]
    path = sealer.seal(source, one_imprint).path
    restamp(path, service)
    verdict = verify(path)
    assert verdict.verdict is Verdict.CANNOT_TELL
    assert codes(verdict) <= {"verify.timestamp_invalid", "verify.timestamp_untrusted"}
    assert verdict.signatures[0].proven_time is None


def test_t11_revoked_after_the_proven_time_stays_valid_and_before_is_invalid(
    stamped: Path, verify: Verifier, pki: Pki, signer: Holder
) -> None:
    verify.now = NOW + 2 * DAY
    verify.revocation = RevocationData(crls=pki.crls((signer, NOW + DAY)))
    assert verify(stamped).verdict is Verdict.VALID, verify(stamped)
    verify.revocation = RevocationData(crls=pki.crls((signer, NOW - timedelta(seconds=1))))
    assert (verify(stamped).verdict, codes(verify(stamped))) == (Verdict.INVALID, {"trust.revoked"})


def test_t11_claimed_time_no_longer_counts_beside_a_proven_one(
    *, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier, signer: Holder
) -> None:
    late = seal(sealer, source, one_imprint, timestamp=Service(pki, time=NOW + 2 * DAY)).path  # says NOW, too
    verify.now = NOW + 3 * DAY
    verify.revocation = RevocationData(crls=pki.crls((signer, NOW + DAY)))
    assert (verify(late).verdict, codes(verify(late))) == (Verdict.INVALID, {"trust.revoked"})


def test_t11_timestamp_from_outside_the_certificates_validity_is_invalid(
    sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier
) -> None:
    holder = pki.leaf(not_after=NOW + DAY)
    late = seal(sealer, source, one_imprint, timestamp=Service(pki, time=NOW + 2 * DAY), signer=holder).path
    verify.now = NOW + 2 * DAY
    assert (verify(late).verdict, codes(verify(late))) == (Verdict.INVALID, {"verify.outside_validity"})


def test_t11_expired_since_without_evidence_from_then_cannot_be_told(
    *, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier, service: Service
) -> None:
    holder = pki.leaf(not_after=NOW + DAY)
    path = seal(sealer, source, one_imprint, timestamp=service, signer=holder).path
    verify.now = NOW + 2 * DAY
    verify.revocation = RevocationData(crls=pki.crls(this_update=NOW + 1.5 * DAY, next_update=NOW + 9 * DAY))
    assert (verify(path).verdict, codes(verify(path))) == (Verdict.CANNOT_TELL, {"trust.revocation_unknown"})


# -- B-LT ------------------------------------------------------------------------------------------------------------


def test_with_evidence_inside_the_seal_is_valid_years_later_offline(lasting: Path, verify: Verifier) -> None:
    assert verify(lasting).verdict is Verdict.VALID
    years = offline(verify, 250)
    verdict = years(lasting)
    assert verdict.verdict is Verdict.VALID, verdict
    (signature,) = verdict.signatures
    assert (signature.proven_time, signature.covers_whole_file, signature.covers_all_content) == (NOW, False, True)


def test_t11_with_evidence_inside_an_expired_certificates_seal_stays_valid(
    *, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier, service: Service
) -> None:
    holder = pki.leaf(not_after=NOW + 2 * DAY)
    path = seal(sealer, source, one_imprint, timestamp=service, signer=holder).path
    without = path.read_bytes()
    extend_lt(path, evidence(pki, holder, service.holder))
    offline(verify, 250)
    assert verify(path).verdict is Verdict.VALID, verify(path)
    path.write_bytes(without)
    assert verify(path).verdict is Verdict.CANNOT_TELL


def test_evidence_is_appended_and_the_sealed_file_stays_its_prefix(
    stamped: Path, pki: Pki, signer: Holder, service: Service
) -> None:
    before = stamped.read_bytes()
    sealed = extend_lt(stamped, evidence(pki, signer, service.holder))
    after = stamped.read_bytes()
    assert after.startswith(before)
    assert (sealed.level, sealed.size, sealed.sha256) == (SealLevel.B_LT, len(after), sha256(stamped))
    assert not list(stamped.parent.glob(".bidseal-*"))


def test_evidence_given_twice_is_kept_once_and_more_is_added(
    lasting: Path, pki: Pki, signer: Holder, service: Service, verify: Verifier
) -> None:
    once = lasting.stat().st_size
    extend_lt(lasting, evidence(pki, signer, service.holder, made=NOW + timedelta(hours=1)))
    data = lasting.read_bytes()
    assert data.count(signer.der) == 1  # beside the one in the signature, which is hexadecimal
    assert once < len(data)
    assert offline(verify, 100)(lasting).verdict is Verdict.VALID


@pytest.mark.parametrize("kind", ["old", "of another", "forged", "garbage", "only the signer", "only the service"])
def test_t13_evidence_that_proves_nothing_leaves_the_seal_untold(
    *, kind: str, stamped: Path, pki: Pki, signer: Holder, service: Service, verify: Verifier
) -> None:
    honest = evidence(pki, signer, service.holder)
    stranger = Pki()
    made = {
        "old": evidence(pki, signer, service.holder, made=NOW - DAY),
        "of another": evidence(pki, pki.leaf(), pki.leaf()),
        "forged": evidence(stranger, signer, service.holder),
        "garbage": LongTermEvidence(certificates=(b"x",), ocsps=(b"\x30\x80",), crls=(b"\0",)),
        "only the signer": evidence(pki, signer),
        "only the service": evidence(pki, service.holder),
    }[kind]
    without = stamped.read_bytes()
    extend_lt(stamped, made)
    assert verify(stamped).verdict is Verdict.VALID  # fresh CRLs at hand
    offline(verify, 100)
    assert verify(stamped).verdict is Verdict.CANNOT_TELL
    stamped.write_bytes(without)
    extend_lt(stamped, honest)
    assert verify(stamped).verdict is Verdict.VALID


def test_t12_without_a_timestamp_evidence_inside_the_file_counts_for_nothing(
    *, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, signer: Holder, verify: Verifier
) -> None:
    plain = sealer.seal(source, one_imprint).path
    extend_lt(plain, evidence(pki, signer))
    assert verify(plain).verdict is Verdict.VALID
    verify.revocation = RevocationData()
    assert (verify(plain).verdict, codes(verify(plain))) == (Verdict.CANNOT_TELL, {"trust.revocation_unknown"})


# -- a timestamp later -----------------------------------------------------------------------------------------------


@pytest.fixture
def later(sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki) -> Path:
    """Sealed at NOW while the service was down, stamped an hour later."""
    path = sealer.seal(source, one_imprint).path
    sealed = add_document_timestamp(path, Service(pki, time=NOW + timedelta(hours=1)))
    assert (sealed.level, sealed.sha256, sealed.size) == (SealLevel.B_T, sha256(path), path.stat().st_size)
    return path


def test_timestamp_added_later_proves_the_time_of_the_seal_before_it(later: Path, verify: Verifier, pki: Pki) -> None:
    verify.now = NOW + timedelta(hours=2)
    verdict = verify(later)
    assert verdict.verdict is Verdict.VALID, verdict
    seal_, stamp = verdict.signatures
    assert (seal_.is_timestamp, stamp.is_timestamp, stamp.covers_whole_file) == (False, True, True)
    assert seal_.proven_time == stamp.proven_time == NOW + timedelta(hours=1)
    assert (stamp.signer, stamp.claimed_time) == ("时间戳", None)


def test_t11_timestamp_added_later_decides_about_revocation(
    later: Path, verify: Verifier, pki: Pki, signer: Holder
) -> None:
    verify.now = NOW + 2 * DAY
    for when, expected in ((NOW + DAY, Verdict.VALID), (NOW + timedelta(minutes=30), Verdict.INVALID)):
        verify.revocation = RevocationData(crls=pki.crls((signer, when)))
        assert verify(later).verdict is expected


def test_t11_timestamp_and_evidence_added_later_last(
    *, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, pki: Pki, verify: Verifier, service: Service
) -> None:
    holder = pki.leaf(not_after=NOW + 2 * DAY)
    path = sealer.seal(source, one_imprint, signer=holder).path
    add_document_timestamp(path, service)
    extend_lt(path, evidence(pki, holder, service.holder))
    assert offline(verify, 250)(path).verdict is Verdict.VALID, verify(path)


def test_seal_after_a_document_timestamp_has_no_proven_time(
    later: Path, sealer: Sealer, one_imprint: ImprintPlacement, verify: Verifier, pki: Pki
) -> None:
    verify.now = NOW + timedelta(hours=2)
    again = sealer.seal(later, dataclasses.replace(one_imprint, x_mm=90), to="again.pdf").path
    verdict = verify(again)
    assert verdict.verdict is Verdict.VALID, verdict
    assert [s.proven_time for s in verdict.signatures] == [NOW + timedelta(hours=1)] * 2 + [None]
    assert [s.covers_all_content for s in verdict.signatures] == [False, False, True]


def test_untrusted_document_timestamp_proves_nothing_and_cannot_be_told(
    sealer: Sealer, source: Path, one_imprint: ImprintPlacement, verify: Verifier
) -> None:
    path = sealer.seal(source, one_imprint).path
    add_document_timestamp(path, Service(Pki()))
    verdict = verify(path)
    assert (verdict.verdict, codes(verdict)) == (Verdict.CANNOT_TELL, {"verify.timestamp_untrusted"})
    assert [s.verdict for s in verdict.signatures] == [Verdict.VALID, Verdict.CANNOT_TELL]
    assert verdict.signatures[0].proven_time is None


def test_document_timestamp_over_something_else_is_invalid(
    sealer: Sealer, source: Path, one_imprint: ImprintPlacement, verify: Verifier, service: Service
) -> None:
    path = sealer.seal(source, one_imprint).path
    add_document_timestamp(path, lambda _: service(bytes(32)))
    verdict = verify(path)
    assert (verdict.verdict, codes(verdict)) == (Verdict.INVALID, {"verify.timestamp_invalid"})


def test_file_with_a_document_timestamp_alone_is_not_called_valid(
    tmp_path: Path, verify: Verifier, pki: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    from asn1crypto import cms
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers, timestamps

    class Stamper(timestamps.TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
            assert md_algorithm == "sha256"
            return cms.ContentInfo.load(Service(pki)(message_digest))

    monkeypatch.setenv("TZ", "Asia/Shanghai")  # pyHanko's own signer wants a named time zone
    path = tmp_path / "stamped.pdf"
    with builders.plain(tmp_path / "b.pdf").open("rb") as file, path.open("wb+") as out:
        stamper = signers.PdfTimeStamper(Stamper())
        asyncio.run(stamper.async_timestamp_pdf(IncrementalPdfFileWriter(file), "sha256", output=out))
    verdict = verify(path)
    assert (verdict.verdict, codes(verdict)) == (Verdict.CANNOT_TELL, {"verify.only_timestamped"})
    assert verdict.signatures[0].verdict is Verdict.VALID


# -- refusals, faults ------------------------------------------------------------------------------------------------


def test_unsigned_damaged_and_encrypted_files_are_not_extended(
    source: Path, tmp_path: Path, service: Service, pki: Pki
) -> None:
    broken = tmp_path / "c.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    cases = {source: "pdf.not_signed", broken: "pdf.damaged"}
    cases[builders.encrypted(tmp_path / "d.pdf", user="")] = "pdf.encrypted"
    for path, code in cases.items():
        before = path.read_bytes()
        with pytest.raises(RejectedError, match=code):
            add_document_timestamp(path, service)
        with pytest.raises(RejectedError, match=code):
            extend_lt(path, evidence(pki))
        assert path.read_bytes() == before
    assert service.asked == []


@pytest.mark.parametrize("what", ["service down", "disk full", "no folder"])
def test_extension_that_fails_leaves_the_file_as_it_was(
    what: str, sealer: Sealer, source: Path, one_imprint: ImprintPlacement, service: Service
) -> None:
    path = sealer.seal(source, one_imprint).path
    before = path.read_bytes()

    def full(_: Path, __: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    target = path.parent / "none" / "x.pdf" if what == "no folder" else None
    timestamp = _unavailable if what == "service down" else service
    with pytest.raises(UnavailableError):
        add_document_timestamp(path, timestamp, target=target, replace=full if what == "disk full" else replace_file)
    assert path.read_bytes() == before
    assert not list(path.parent.glob(".bidseal-*"))


# -- attacks ---------------------------------------------------------------------------------------------------------

_GAP = re.compile(rb"/Contents <([0-9a-fA-F]+)>")


@pytest.mark.parametrize(
    "attack",
    [
        attacks.fake_page_after_eof,
        attacks.fake_page_with_table,
        attacks.content_replaced,
        attacks.annotation_added,
        attacks.form_removed,
        attacks.form_emptied,
        attacks.signature_value_removed,
        attacks.other_root,
    ],
)
@pytest.mark.parametrize("kind", ["lasting", "later"])
def test_t17_attacks_on_a_file_with_evidence_or_document_timestamp_are_never_valid(
    kind: str, attack: Callable[[bytes], bytes], request: pytest.FixtureRequest, verify: Verifier
) -> None:
    path: Path = request.getfixturevalue(kind)
    verify.now = NOW + timedelta(hours=2)
    assert verify(path).verdict is Verdict.VALID
    path.write_bytes(attack(path.read_bytes()))
    assert verify(path).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)


@pytest.mark.parametrize("kind", ["stamped", "later"])
def test_t22_no_bit_of_a_stamped_signature_is_free(kind: str, request: pytest.FixtureRequest, verify: Verifier) -> None:
    path: Path = request.getfixturevalue(kind)
    verify.now = NOW + timedelta(hours=2)
    data = path.read_bytes()
    assert verify(path).verdict is Verdict.VALID
    accepted = []
    for gap in _GAP.finditer(data):
        start, length = gap.start(1), len(gap[1].rstrip(b"0"))
        for at in range(start, start + length, 97):
            mutant = bytearray(data)
            mutant[at] = ord("%x" % (int(chr(data[at]), 16) ^ 1))
            path.write_bytes(mutant)
            if verify(path).verdict is Verdict.VALID:
                accepted.append(at)
    assert accepted == []


# -- outside judges --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["stamped", "lasting", "later"])
def test_pdfsig_pyhanko_and_qpdf_accept_the_result(kind: str, request: pytest.FixtureRequest, sealer: Sealer) -> None:
    path: Path = request.getfixturevalue(kind)
    text = judges.pdfsig(path)
    assert text.count("Signature is Valid") == 1, text  # poppler knows no document timestamps
    assert "invalid" not in text.lower()
    assert judges.qpdf_check(path)[0] == 0, judges.qpdf_check(path)
    if kind == "later":
        return
    (status,) = judges.pyhanko(path, sealer.pki)
    assert status.bottom_line, status.summary()
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.valid
    assert status.timestamp_validity.trusted
    assert status.timestamp_validity.timestamp == NOW


def test_pyhanko_reads_the_evidence_and_the_document_timestamp(later: Path, sealer: Sealer, service: Service) -> None:
    extend_lt(later, evidence(sealer.pki, sealer.signer, service.holder))
    assert judges.pyhanko_timestamps(later, sealer.pki) == [True]
    store = judges.pyhanko_store(later)
    assert (len(store.certs), len(store.ocsps), len(store.crls)) == (4, 2, 1)
