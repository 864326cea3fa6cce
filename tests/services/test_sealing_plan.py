"""In which order seals of several certificates get onto documents, and what no order can make."""

from desktop.domain.operations import SealKind
from desktop.formats.seal import SealObject
from desktop.services.placing import Placement, Strip
from desktop.services.sealing_plan import SealingPlan, Wish, plan_scans

ONE, TWO, THREE = (bytes([n]) * 32 for n in (1, 2, 3))


def seal(certificate: bytes) -> SealObject:
    return SealObject(
        seal_id=certificate.hex()[:32],
        platform="p",
        organization="赣江",
        credit_code="c",
        kind=SealKind.OFFICIAL,
        name="公章",
        certificate_sha256=certificate,
        imprint_png=b"",
        width_um=40_000,
        height_um=40_000,
        not_before=0,
        not_after=1,
        issued_at=0,
    )


def at(certificate: bytes, x: float = 0.0, *, page: int = 0, strip: bool = False) -> Placement:
    cut = Strip(start=0, stop=60, total=120) if strip else None
    return Placement(seal=seal(certificate), page_index=page, x_mm=x, y_mm=0.0, strip=cut)


def wish(key: str, *placements: Placement, is_signed: bool = False) -> Wish:
    return Wish(key=key, is_signed=is_signed, placements=placements)


def order(plan: SealingPlan) -> list[tuple[bytes, dict[str, int]]]:
    return [(s.certificate_sha256, {key: len(marks) for key, marks in s.documents}) for s in plan.scans]


def test_seals_of_one_certificate_are_one_scan_also_when_they_overlap() -> None:
    plan = plan_scans([wish("a", at(ONE), at(ONE, 20), at(ONE, page=1, strip=True)), wish("b", at(ONE))])
    assert order(plan) == [(ONE, {"a": 3, "b": 1})]
    assert plan.problems == ()


def test_another_certificate_is_a_further_scan_with_one_imprint_each() -> None:
    plan = plan_scans([wish("a", at(ONE), at(TWO, 60), at(TWO, 120))])
    # The two imprints of TWO are covered by the first signature together; ONE comes after on the signed file.
    assert order(plan) == [(TWO, {"a": 2}), (ONE, {"a": 1})]


def test_strips_come_first_because_pages_of_a_signed_file_must_not_change() -> None:
    strips = [at(TWO, 190, page=n, strip=True) for n in range(2)]
    plan = plan_scans([wish("a", at(ONE), at(ONE, 60), *strips)])
    assert order(plan) == [(TWO, {"a": 2}), (ONE, {"a": 1}), (ONE, {"a": 1})]


def test_documents_wait_for_each_other_rather_than_ask_twice() -> None:
    plan = plan_scans([wish("b", at(TWO)), wish("a", at(ONE), at(TWO, 60))])
    assert order(plan) == [(ONE, {"a": 1}), (TWO, {"b": 1, "a": 1})]


def test_a_signed_file_takes_one_imprint_for_each_scan_up_to_a_limit() -> None:
    assert order(plan_scans([wish("a", at(ONE), at(ONE, 60), is_signed=True)])) == [(ONE, {"a": 1})] * 2
    everywhere = [at(ONE, page=n) for n in range(40)]
    plan = plan_scans([wish("a", *everywhere, is_signed=True), wish("b", at(ONE))])
    assert plan.problems == (("a", "pdf.signed_one_imprint"),)
    assert order(plan) == [(ONE, {"b": 1})]


def test_a_cross_page_seal_on_a_signed_file_or_of_a_second_certificate_is_refused() -> None:
    strips = [at(ONE, 190, page=n, strip=True) for n in range(2)]
    others = [at(TWO, 190, page=n + 2, strip=True) for n in range(2)]
    plan = plan_scans([wish("a", *strips, is_signed=True), wish("b", *strips, *others)])
    assert plan.problems == (("a", "pdf.cross_page_signed"), ("b", "pdf.cross_page_signed"))
    assert plan.scans == ()


def test_an_imprint_over_that_of_another_signature_is_refused_before_the_first_code() -> None:
    plan = plan_scans([wish("a", at(ONE), at(TWO, 20))])
    assert plan.problems == (("a", "pdf.imprint_covers_signature"),)
    assert plan_scans([wish("a", at(ONE), at(TWO, 40))]).problems == ()
    assert plan_scans([wish("a", at(ONE), at(TWO, 20, page=1))]).problems == ()


def test_more_documents_than_one_scan_holds_are_shared_out() -> None:
    plan = plan_scans([wish(str(n), at(ONE)) for n in range(7)], most=3)
    assert [len(s.documents) for s in plan.scans] == [3, 3, 1]
    assert sorted(key for s in plan.scans for key, _ in s.documents) == [str(n) for n in range(7)]


def test_nothing_placed_is_nothing_planned() -> None:
    assert plan_scans([wish("a")]) == SealingPlan()
