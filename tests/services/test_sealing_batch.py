"""Several documents and seals in one scan: each document has its own fate, strips are named, no file is lost."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.documents import Document, open_document
from desktop.domain.operations import Verdict
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.placing import Placement, cross_page
from desktop.services.sealing import Job, SealAction, free_target
from desktop.testing.demo_files import write_bid_document
from desktop.testing.rig import HeadlessScan, Scan
from tests.services.test_threats import Unit, source, tamper, unit

__all__ = ["source", "unit"]


class Desk:
    """Opens documents and seals them in one scan."""

    def __init__(self, unit: Unit, folder: Path, stack: ExitStack) -> None:
        self.unit, self.folder, self._stack = unit, folder, stack

    def open(self, path: Path) -> Document:
        return self._stack.enter_context(open_document(path, self.unit.workspace.folder.work))

    def job(self, path: Path, *placements: Placement, target: Path | None = None, supersedes: bytes = b"") -> Job:
        facts = self.open(path).facts
        return Job(
            name=path.name,
            key=path.stem,
            snapshot=facts.snapshot,
            source_sha256=facts.sha256,
            size=facts.size,
            pages=len(facts.pages),
            placements=placements or (self.at(20),),
            target=target or free_target(path),
            supersedes=supersedes,
        )

    def at(self, x_mm: float, y_mm: float = 20, *, page: int = 0) -> Placement:
        return Placement(seal=self.unit.seal, page_index=page, x_mm=x_mm, y_mm=y_mm)

    def document(self, name: str, pages: int = 1) -> Path:
        path = self.folder / f"{name}.pdf"
        write_bid_document(path, self.unit.company.name, pages=pages)
        return path

    def seal(self, *jobs: Job) -> tuple[CeremonyView, CeremonyView]:
        """Return what was shown with the code, and the end."""
        action = SealAction(self.unit.workspace, certificate=self.unit.facts, jobs=jobs)
        scan = HeadlessScan(self.unit.workspace, action, credit_code=self.unit.company.credit_code)
        shown = scan.wait(Stage.SHOWING)
        Scan(self.unit.phone, shown.qr_text).result()
        return shown, scan.end()


@pytest.fixture
def desk(unit: Unit, source: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(unit, source.parent, stack)


def test_one_document_that_cannot_be_prepared_is_left_out_and_the_others_are_sealed(desk: Desk) -> None:
    jobs = [desk.job(desk.document(name)) for name in ("商务标", "技术标", "报价")]
    tamper(jobs[1].snapshot)
    shown, end = desk.seal(*jobs)
    assert [(i.key, i.code) for i in shown.left_out] == [("技术标", "pdf.source_changed")]
    assert shown.text is not None
    assert [lines[0] for lines in shown.text.items] == ["商务标.pdf", "报价.pdf"]
    assert [(d.key, d.code) for d in end.details] == [
        ("商务标", ""),
        ("报价", ""),
        ("技术标", "pdf.source_changed"),
    ]
    assert end.outcome is Outcome.DONE
    for job in (jobs[0], jobs[2]):
        assert desk.unit.verdict(job.target) is Verdict.VALID
    assert not jobs[1].target.exists()


def test_a_file_that_fails_while_it_is_written_is_named_and_the_others_are_there(desk: Desk) -> None:
    jobs = [desk.job(desk.document(name)) for name in ("商务标", "技术标", "报价")]
    action = SealAction(desk.unit.workspace, certificate=desk.unit.facts, jobs=tuple(jobs))
    scan = HeadlessScan(desk.unit.workspace, action, credit_code=desk.unit.company.credit_code)
    shown = scan.wait(Stage.SHOWING)
    tamper(jobs[0].snapshot)
    Scan(desk.unit.phone, shown.qr_text).result()
    end = scan.end()
    assert [(d.key, d.code) for d in end.details] == [("商务标", "pdf.source_changed"), ("技术标", ""), ("报价", "")]
    assert end.outcome is Outcome.PARTIAL
    assert desk.unit.verdict(jobs[2].target) is Verdict.VALID
    assert not list(desk.folder.glob(".bidseal-*"))


def test_eight_documents_are_sealed_b_lt_by_one_scan_each_with_its_record(desk: Desk) -> None:
    jobs = [desk.job(desk.document(f"标书{n}")) for n in range(8)]
    _, end = desk.seal(*jobs)
    assert [(d.name, d.level, d.code) for d in end.details] == [(f"标书{n}.pdf", "B-LT", "") for n in range(8)]
    assert all(desk.unit.verdict(job.target) is Verdict.VALID for job in jobs)
    assert desk.unit.workspace.records.flush() == 0


def test_a_cross_page_seal_is_named_as_such_at_consent_beside_the_whole_one(desk: Desk) -> None:
    path = desk.document("投标函", pages=4)
    strips = cross_page(desk.unit.seal, desk.open(path).facts.pages, first=0, last=3, y_mm=120)
    job = desk.job(path, desk.at(150, 240), *strips)
    shown, end = desk.seal(job)
    assert shown.text is not None
    name = desk.unit.seal.name
    assert shown.text.items[0][2] == f"{name} (企业公章) × 1 页, {name} (企业公章) 骑缝章 × 4 页"
    assert end.details[0].code == ""
    assert desk.unit.verdict(job.target) is Verdict.VALID


def test_overlapping_seals_of_one_scan_are_sealed_and_valid(desk: Desk) -> None:
    job = desk.job(desk.document("投标函"), desk.at(100, 200), desk.at(120, 210), desk.at(110, 220))
    _, end = desk.seal(job)
    assert end.details[0].code == ""
    assert desk.unit.verdict(job.target) is Verdict.VALID


def test_the_next_signature_continues_our_own_file_in_its_place(desk: Desk) -> None:
    first = desk.job(desk.document("投标函"))
    _, end = desk.seal(first)
    earlier = first.target.read_bytes()
    again = desk.job(first.target, desk.at(100), target=first.target, supersedes=end.details[0].sha256)
    _, end = desk.seal(again)
    assert end.details[0].target == str(first.target)
    assert first.target.read_bytes().startswith(earlier)
    assert len(first.target.read_bytes()) > len(earlier)
    assert desk.unit.verdict(first.target) is Verdict.VALID


def test_what_somebody_made_of_our_file_in_between_is_not_replaced(desk: Desk) -> None:
    first = desk.job(desk.document("投标函"))
    _, end = desk.seal(first)
    again = desk.job(first.target, desk.at(100), target=first.target, supersedes=end.details[0].sha256)
    first.target.write_bytes(b"somebody's own file")
    _, end = desk.seal(again)
    assert first.target.read_bytes() == b"somebody's own file"
    assert end.details[0].target == str(first.target.with_name(f"{first.target.stem}(2).pdf"))
    assert desk.unit.verdict(Path(end.details[0].target)) is Verdict.VALID


def test_an_imprint_over_an_earlier_signature_is_refused_before_the_code(desk: Desk) -> None:
    first = desk.job(desk.document("投标函"))
    desk.seal(first)
    over = desk.job(first.target, desk.at(30), target=free_target(first.target))
    action = SealAction(desk.unit.workspace, certificate=desk.unit.facts, jobs=(over,))
    scan = HeadlessScan(desk.unit.workspace, action, credit_code=desk.unit.company.credit_code)
    assert scan.end().problem == "pdf.imprint_covers_signature"
