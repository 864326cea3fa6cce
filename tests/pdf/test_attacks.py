"""T17: no forgery is ever valid, none of a signed file is ever called unsigned, nothing foreign is raised."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Pdf

from desktop.domain.operations import Verdict
from desktop.domain.problems import CATALOGUE
from desktop.signing.pdf import ImprintPlacement, PdfVerdict
from tests.pdf import attacks, builders
from tests.pdf.conftest import Sealer, Verifier
from tests.pdf.pki import Holder, Pki


@pytest.fixture
def honest(tmp_path: Path, sealer: Sealer, one_imprint: ImprintPlacement, verify: Verifier) -> bytes:
    """A sealed file; that it is valid is the positive twin of every attack."""
    path = sealer.seal(builders.plain(tmp_path / "a.pdf", pages=2), one_imprint).path
    assert verify(path).verdict is Verdict.VALID
    return path.read_bytes()


@pytest.fixture
def judge(tmp_path: Path, verify: Verifier) -> Callable[[bytes], PdfVerdict]:
    def run(data: bytes) -> PdfVerdict:
        path = tmp_path / "forged.pdf"
        path.write_bytes(data)
        verdict = verify(path)
        assert all(reason.code in CATALOGUE for reason in verdict.reasons), verdict.reasons
        assert verdict.reasons or verdict.verdict in (Verdict.VALID, Verdict.UNSIGNED)
        return verdict

    return run


APPENDED = [
    attacks.fake_page_after_eof,
    attacks.fake_page_with_table,
    attacks.content_replaced,
    attacks.annotation_added,
    attacks.annotation_list_emptied,
    attacks.form_removed,
    attacks.form_emptied,
    attacks.signature_value_removed,
    attacks.other_root,
    attacks.pages_hidden,
    attacks.objects_deleted,
    attacks.empty_update,
    attacks.dss_with_page,
    attacks.hybrid_update,
    attacks.trailing_newline,
    attacks.trailing_eof,
    attacks.trailing_startxref,
    attacks.two_files,
    attacks.prefix_file,
    attacks.wrapped,
    attacks.second_dictionary,
]


@pytest.mark.parametrize("attack", APPENDED, ids=lambda f: f.__name__)
def test_t17_nothing_added_after_the_seal_is_valid_or_unsigned(
    attack: Callable[[bytes], bytes], honest: bytes, judge: Callable[[bytes], PdfVerdict]
):
    forged = attack(honest)
    assert forged != honest
    assert judge(forged).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)


def test_t17_validation_data_added_after_the_seal_keeps_it_valid(honest: bytes, judge: Callable[[bytes], PdfVerdict]):
    verdict = judge(attacks.dss_only(honest))
    assert verdict.verdict is Verdict.VALID, verdict
    assert not verdict.signatures[0].covers_whole_file


def ranges(first: int, second: int, rest: int, size: int) -> list[tuple[int, ...]]:
    return [
        (),
        (0, first),
        (0, first, second),
        (0, first, second, rest, 0),
        (0, first, second, rest, 5, 5),
        (0, 0, second, rest),
        (0, first, second, 0),
        (0, first - 10, second, rest),
        (0, first + 10, second, rest),
        (0, first, second + 10, rest - 10),
        (0, first, second - 10, rest + 10),
        (0, first, second, rest - 1),
        (0, first, second, rest + 1),
        (0, second, first, rest),
        (second, rest, 0, first),
        (0, size, 0, size),
        (0, size, size, 0),
        (1, first - 1, second, rest),
        (-1, first, second, rest),
        (0, -first, second, rest),
        (0, first, -second, rest),
        (0, first, second, -rest),
        (0, first, first, rest),
        (0, 10**30, second, rest),
        (0, first, 2**63, 2**63),
    ]


@pytest.mark.parametrize("case", range(25))
def test_t17_byte_range_of_any_other_shape_is_invalid(case: int, honest: bytes, judge: Callable[[bytes], PdfVerdict]):
    _, first, second, rest = attacks.byte_range(honest)
    assert judge(attacks.with_range(honest, 0, first, second, rest)).verdict is Verdict.VALID
    forged = attacks.with_range(honest, *ranges(first, second, rest, len(honest))[case])
    assert judge(forged).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/ByteRange", b"/ByteRangX"),
        (b"/Contents <", b"/Contentx <"),
        (b"/SubFilter", b"/SubFiltex"),
        (b"/Type /Sig", b"/Type /Xig"),
    ],
)
def test_t17_universal_forgery_by_missing_entries_is_not_valid(
    old: bytes, new: bytes, honest: bytes, judge: Callable[[bytes], PdfVerdict]
):
    assert judge(attacks.rename_key(honest, old, new)).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)


@pytest.mark.parametrize("digits", [b"", b"00", b"30", b"3000", b"3080", b"05003003", b"3082ffff"])
def test_t17_universal_forgery_by_empty_contents_is_invalid(
    digits: bytes, honest: bytes, judge: Callable[[bytes], PdfVerdict]
):
    assert judge(attacks.contents_filled(honest, digits)).verdict is Verdict.INVALID


def test_t17_contents_null_is_invalid(honest: bytes, judge: Callable[[bytes], PdfVerdict]):
    _, first, second, _ = attacks.byte_range(honest)
    forged = honest[:first] + b"null".ljust(second - first) + honest[second:]
    assert judge(forged).verdict is Verdict.INVALID


def test_t17_signature_of_another_file_is_invalid(
    tmp_path: Path, honest: bytes, sealer: Sealer, one_imprint: ImprintPlacement, judge: Callable[[bytes], PdfVerdict]
):
    other = sealer.seal(builders.plain(tmp_path / "b.pdf", pages=3), one_imprint, to="b-sealed.pdf").path.read_bytes()
    _, first, second, _ = attacks.byte_range(other)
    verdict = judge(attacks.contents_filled(honest, other[first + 1 : second - 1].rstrip(b"0") + b"0"))
    assert verdict.verdict is Verdict.INVALID


def test_t17_mixed_case_digits_and_padding_are_invalid(honest: bytes, judge: Callable[[bytes], PdfVerdict]):
    _, first, second, _ = attacks.byte_range(honest)
    gap = honest[first:second]
    letter = re.search(rb"[a-f]", gap)
    assert letter
    mixed = gap[: letter.start()] + letter[0].upper() + gap[letter.end() :]
    for forged in (mixed, gap[:-2] + b"1>"):
        assert judge(honest[:first] + forged + honest[second:]).verdict is Verdict.INVALID
    for unreadable in (gap[:-3] + b" 0>", gap[:-3] + b"%0>"):
        assert judge(honest[:first] + unreadable + honest[second:]).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)
    assert judge(honest[:first] + gap.upper() + honest[second:]).verdict is Verdict.VALID


FORMATS = ["GM.sm2seal", "GM.sm2cms.detached", "adbe.pkcs7.sha1", "adbe.x509.rsa_sha1", "Some.Future.Format"]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("where", ["field", "no_field", "object_stream", "object_stream_damaged"])
def test_t17_unknown_signature_format_is_signed_and_cannot_be_told_never_unsigned(
    name: str, *, escaped: bool, where: str, tmp_path: Path, judge: Callable[[bytes], PdfVerdict]
):
    """escaped writes /SubFilter #47M… and /Byte#52ange, as a hiding attacker or an odd producer would."""
    compressed = where.startswith("object_stream")
    change = builders.foreign_signature(name, in_form=where == "field")
    mode = pikepdf.ObjectStreamMode.generate if compressed else pikepdf.ObjectStreamMode.disable
    data = builders.plain(tmp_path / "a.pdf", change=change, object_stream_mode=mode).read_bytes()
    if escaped and not compressed:
        first = b"/#%02x" % ord(name[0]) + name[1:].encode()
        data = builders.rewrite(data, {b"/" + name.encode(): first, b"/ByteRange": b"/Byte#52ange"})
    if where == "object_stream_damaged":
        data = data[: data.rindex(b"startxref")]
    verdict = judge(data)
    assert verdict.verdict is Verdict.CANNOT_TELL
    codes = {reason.code for reason in verdict.reasons}
    assert codes & {"verify.format_unsupported", "verify.damaged_signed"}, codes


def test_t17_empty_signature_field_with_seed_values_is_unsigned(tmp_path: Path, judge: Callable[[bytes], PdfVerdict]):
    data = builders.plain(tmp_path / "a.pdf", change=builders.empty_signature_field).read_bytes()
    assert judge(data).verdict is Verdict.UNSIGNED


def test_t17_form_filled_after_the_seal_is_invalid(
    tmp_path: Path, sealer: Sealer, one_imprint: ImprintPlacement, judge: Callable[[bytes], PdfVerdict]
):
    """Form filling that shows other content: allowed by pyHanko's default policy, not by ours."""
    source = builders.plain(tmp_path / "a.pdf", change=builders.text_form)
    data = sealer.seal(source, one_imprint).path.read_bytes()
    assert judge(data).verdict is Verdict.VALID
    with Pdf.open(source) as pdf:
        field = pdf.Root.AcroForm.Fields[0].objgen[0]
    text = attacks.object_text(data, field)
    n = attacks.size(data)
    look = b"<</Type /XObject /Subtype /Form /BBox [0 0 600 800] /Length 9>>\nstream\n0 0 9 9 f\nendstream"
    filled = text.replace(b"(100)", b"(1)")
    assert filled != text
    shown = filled[: filled.rindex(b">>")] + b" /AP <</N %d 0 R>>>>" % n
    for objects in ({field: filled}, {field: shown, n: look}):
        assert judge(attacks.Update(data).append(objects)).verdict is Verdict.INVALID


class TestSecondSigner:
    """The attacker holds a certificate of the same platform and signs on top."""

    @pytest.fixture
    def rival(self, pki: Pki) -> Holder:
        return pki.leaf("对手")

    @pytest.fixture
    def seal_on_top(self, sealer: Sealer, rival: Holder, one_imprint: ImprintPlacement) -> Callable[[bytes], bytes]:
        def run(data: bytes) -> bytes:
            path = sealer.folder / "tampered.pdf"
            path.write_bytes(data)
            beside = dataclasses.replace(one_imprint, x_mm=90)
            return sealer.seal(path, beside, signer=rival, to="twice.pdf").path.read_bytes()

        return run

    def test_honest_second_seal_keeps_both_valid(
        self, honest: bytes, seal_on_top: Callable[[bytes], bytes], judge: Callable[[bytes], PdfVerdict]
    ):
        verdict = judge(seal_on_top(honest))
        assert verdict.verdict is Verdict.VALID
        assert len(verdict.signatures) == 2

    @pytest.mark.parametrize(
        "attack",
        [
            attacks.fake_page_with_table,
            attacks.content_replaced,
            attacks.annotation_added,
            attacks.pages_hidden,
            attacks.other_root,
            attacks.form_emptied,
            attacks.signature_value_removed,
            attacks.form_removed,
            attacks.dss_with_page,
            attacks.empty_update,
            attacks.fake_page_after_eof,
        ],
        ids=lambda f: f.__name__,
    )
    def test_t17_tampering_covered_by_a_second_signature_is_not_valid(
        self,
        attack: Callable[[bytes], bytes],
        honest: bytes,
        seal_on_top: Callable[[bytes], bytes],
        judge: Callable[[bytes], PdfVerdict],
    ):
        verdict = judge(seal_on_top(attack(honest)))
        assert verdict.verdict is Verdict.INVALID

    def test_t17_object_referenced_before_it_existed_may_not_appear_with_a_later_signature(
        self,
        sealer: Sealer,
        one_imprint: ImprintPlacement,
        seal_on_top: Callable[[bytes], bytes],
        judge: Callable[[bytes], PdfVerdict],
    ):
        """Shadow attack by the first document's author: a dangling reference that the second revision fills."""
        source = builders.plain(sealer.folder / "b.pdf")
        raw = source.read_bytes()
        missing = attacks.size(raw) + 200
        text = attacks.object_text(raw, attacks.page_number(raw))
        dangling = re.sub(rb"/Contents (\d+ 0 R)", b"/Contents [\\1 %d 0 R]" % missing, text)
        assert dangling != text
        source.write_bytes(attacks.Update(raw).append({attacks.page_number(raw): dangling}))
        first = sealer.seal(source, one_imprint).path.read_bytes()
        assert judge(first).verdict is Verdict.VALID
        honest_twice = seal_on_top(first)
        assert judge(honest_twice).verdict is Verdict.VALID
        planted = attacks.Update(first).append({missing: attacks.stream(attacks.FAKE_TEXT)})
        twice = seal_on_top(planted)
        assert judge(twice).verdict is Verdict.INVALID
