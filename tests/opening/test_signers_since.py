"""Papers whose signer's certificate was revoked or has expired since: read as a doubt, and no share is given on one.

Each test has its twin: what speaks against the signature itself is refused, whatever became of the certificate later.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509

from desktop.crypto.certificates import RECORD_KEEPER_EKU
from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import OpeningState
from desktop.formats.package import Bidder
from desktop.formats.trust import RevocationData
from desktop.protocol.statements import BidResult, Passed, RoomStatement
from desktop.services.opening_evidence import CLOSING, DELIVERED, EXPIRED, LAPSED, REVOKED, ROOM, Doubt, Judge, Paper
from tests.opening.papers import AFTERWARDS, AGENCY, Papers
from tests.package.world import DEADLINE, World, subject
from tests.pdf.pki import CA, DAY, NOW, SIGN, Holder, Pki, ec_key, issue, name, usage

CLOSED = datetime.fromtimestamp(DEADLINE, UTC)
MINUTE = timedelta(minutes=1)
ENDS = (CLOSED + 10 * MINUTE).replace(microsecond=0)
YEAR_LATER = AFTERWARDS + 370 * DAY
PLATFORM_UNIT = Bidder(name="平台", credit_code="")


class Told(list[Doubt]):
    """The doubts that a judge has told."""

    def of(self) -> set[tuple[Paper, str]]:
        return {(each.paper, each.code) for each in self}


def officer(world: World, issuer: Holder | None = None, **dates: datetime) -> Holder:
    return issue(subject("开标员", AGENCY), key=ec_key(), issuer=issuer or world.pki.issuing, key_usage=SIGN, **dates)


def keeper(world: World, issuer: Holder | None = None, **dates: datetime) -> Holder:
    return issue(
        subject("记录", PLATFORM_UNIT),
        key=ec_key(),
        issuer=issuer or world.pki.issuing,
        key_usage=usage(digital_signature=True),
        extended=x509.ObjectIdentifier(RECORD_KEEPER_EKU),
        **dates,
    )


def papers_of(world: World, by: Holder | None = None) -> Papers:
    """The papers of a lot whose one officer is `by`."""
    papers = Papers(world=world)
    if by is not None:
        papers.officer = by
        papers.notice = replace(papers.notice, officers=(sha256(by.der),))
    return papers


def judging(
    papers: Papers, *revoked: tuple[Holder, datetime], now: datetime = AFTERWARDS, **lists: datetime
) -> tuple[Judge, Told]:
    told = Told()
    dates = {"this_update": now - timedelta(hours=1), "next_update": now + DAY, **lists}
    judge = papers.judge(revocation=RevocationData(crls=papers.world.pki.crls(*revoked, **dates)))
    return replace(judge, basis=replace(judge.basis, now=now), on_doubt=told.append), told


def refused(act: Any) -> str:
    with pytest.raises(RejectedError) as found:
        act()
    return found.value.code


def read_notice(judge: Judge, papers: Papers) -> Any:
    data = papers.stated(papers.closing(()))
    return judge.opening_notice(papers.spoken(papers.opening(data)), closing_of(papers, data), "bid")


def deliver_on(judge: Judge, papers: Papers) -> Any:
    data = papers.stated(papers.closing(()))
    return judge.notice_to_deliver_on(papers.spoken(papers.opening(data)), closing_of(papers, data), "bid")


def closing_of(papers: Papers, data: bytes) -> Any:
    """Return what was read of a closing while everybody's certificate was good."""
    return judging(papers)[0].closing(data)


def decision(papers: Papers, at: datetime) -> Passed:
    return Passed(**papers.about("bid"), package_id=bytes(16), passed=True, reason="", at=int(at.timestamp()))


def result(papers: Papers, at: datetime) -> BidResult:
    return BidResult(
        **papers.about("bid"),
        package_id=bytes(16),
        state=OpeningState.NOT_OPENED,
        cause="opening.given_up",
        party="other",
        files=(),
        price="",
        bid_bond="",
        duration_days=0,
        quality="",
        project_manager="",
        at=int(at.timestamp()),
    )


def test_t42_officer_revoked_after_the_deadline_is_a_doubt_on_which_the_opening_goes_on(world: World) -> None:
    papers = papers_of(world)
    judge, told = judging(papers, (papers.officer, ENDS))
    assert read_notice(judge, papers).payload.until == DEADLINE + 1800
    (doubt,) = told
    assert (doubt.paper, doubt.code, doubt.at) == (Paper.OPENING_NOTICE, REVOKED, ENDS)
    assert (doubt.signer, doubt.unit, doubt.envelope_id) == ("开标员", AGENCY.name, "bid")
    judge.result(papers.spoken(result(papers, ENDS - MINUTE)), "bid")
    judge.passed(papers.spoken(decision(papers, ENDS - MINUTE)), "bid")
    assert told.of() == {(paper, REVOKED) for paper in (Paper.OPENING_NOTICE, Paper.RESULT, Paper.PASSED)}


def test_good_officer_leaves_no_doubt_and_a_share_is_given(world: World) -> None:
    papers = papers_of(world)
    judge, told = judging(papers)
    read_notice(judge, papers)
    assert deliver_on(judge, papers).payload.room_key
    assert told == []


def test_t42_no_share_is_given_on_the_word_of_an_officer_who_is_not_good_any_more(world: World) -> None:
    papers = papers_of(world)
    judge, _ = judging(papers, (papers.officer, ENDS))
    assert refused(lambda: deliver_on(judge, papers)) == LAPSED
    expired = papers_of(world, officer(world, not_after=ENDS))
    judge, _ = judging(expired)
    assert refused(lambda: deliver_on(judge, expired)) == LAPSED


def test_t38_officer_revoked_before_the_deadline_is_refused_however_early_the_enrolment_was(world: World) -> None:
    papers = papers_of(world)
    for when in (CLOSED - MINUTE, CLOSED):  # after the enrolment, which is what the notice claims
        judge, told = judging(papers, (papers.officer, when))
        assert refused(lambda judge=judge: read_notice(judge, papers)) == ROOM
        assert refused(lambda judge=judge: deliver_on(judge, papers)) == ROOM
        assert told == []


def test_t38_result_and_decision_of_an_officer_revoked_before_them_are_refused(world: World) -> None:
    papers = papers_of(world)
    judge, _ = judging(papers, (papers.officer, ENDS))
    late: tuple[RoomStatement, ...] = (result(papers, ENDS + MINUTE), decision(papers, ENDS + MINUTE))
    assert refused(lambda: judge.result(papers.spoken(late[0]), "bid")) == ROOM
    assert refused(lambda: judge.passed(papers.spoken(late[1]), "bid")) == ROOM
    early = decision(papers, CLOSED - 10 * MINUTE)  # older than the deadline it cannot be
    judge, _ = judging(papers, (papers.officer, CLOSED - 5 * MINUTE))
    assert refused(lambda: judge.passed(papers.spoken(early), "bid")) == ROOM


def test_revoked_officer_whose_status_is_not_known_any_more_is_refused(world: World) -> None:
    papers = papers_of(world)
    stale = {"this_update": NOW - 3 * DAY, "next_update": NOW - DAY}
    judge, _ = judging(papers, (papers.officer, ENDS), **stale)
    assert refused(lambda: read_notice(judge, papers)) == ROOM
    assert refused(lambda: deliver_on(judge, papers)) == ROOM


def test_papers_of_a_filed_room_are_read_when_certificates_have_expired(world: World) -> None:
    papers = papers_of(world, officer(world, not_after=ENDS))
    papers.keeper = keeper(world, not_after=ENDS)
    judge, told = judging(papers, now=YEAR_LATER)
    judge.closing(papers.stated(papers.closing(())))
    read_notice(judge, papers)
    judge.delivered(papers.stated(papers.delivered(())), "bid")
    judge.result(papers.spoken(result(papers, ENDS - MINUTE)), "bid")
    papers_told = (Paper.CLOSING, Paper.OPENING_NOTICE, Paper.DELIVERED, Paper.RESULT)
    assert told.of() == {(paper, EXPIRED) for paper in papers_told}
    assert {each.at for each in told} == {ENDS}


def test_t38_what_is_dated_after_the_end_of_a_certificate_is_refused(world: World) -> None:
    papers = papers_of(world, officer(world, not_after=ENDS))
    judge, _ = judging(papers, now=YEAR_LATER)
    assert refused(lambda: judge.result(papers.spoken(result(papers, ENDS + MINUTE)), "bid")) == ROOM
    before = papers_of(world, officer(world, not_after=CLOSED - 5 * MINUTE))
    judge, _ = judging(before)
    assert refused(lambda: read_notice(judge, before)) == ROOM


def test_t11_expired_certificate_hides_no_revocation_before_the_deadline(world: World) -> None:
    papers = papers_of(world, officer(world, not_after=ENDS))
    judge, _ = judging(papers, (papers.officer, CLOSED - MINUTE), now=YEAR_LATER)
    assert refused(lambda: read_notice(judge, papers)) == ROOM
    judge, told = judging(papers, (papers.officer, CLOSED + MINUTE), now=YEAR_LATER)
    read_notice(judge, papers)
    assert told.of() == {(Paper.OPENING_NOTICE, EXPIRED), (Paper.OPENING_NOTICE, REVOKED)}


def test_t12_expired_certificate_is_not_read_on_lists_from_before_it_signed(world: World) -> None:
    papers = papers_of(world, officer(world, not_after=ENDS))
    old = {"this_update": NOW - DAY, "next_update": NOW + DAY}
    judge, _ = judging(papers, now=YEAR_LATER, **old)
    assert refused(lambda: read_notice(judge, papers)) == ROOM


def test_t38_revoked_record_keeper_is_refused_since_its_key_could_date_anything_back(world: World) -> None:
    papers = papers_of(world)
    judge, told = judging(papers, (papers.keeper, ENDS))
    data = papers.stated(papers.closing(()))
    assert refused(lambda: judge.closing(data)) == CLOSING
    assert refused(lambda: judge.delivered(papers.stated(papers.delivered(())), "bid")) == DELIVERED
    papers.keeper = keeper(world, not_after=ENDS)
    judge, _ = judging(papers, (papers.keeper, CLOSED + MINUTE), now=YEAR_LATER)
    assert refused(lambda: judge.closing(papers.stated(papers.closing(())))) == CLOSING
    assert told == []


def test_t10_record_keeper_that_the_authority_did_not_make_is_refused_though_it_says_to_have_expired(
    world: World,
) -> None:
    papers = papers_of(world)
    impostor = Holder(world.pki.issuing.certificate, ec_key())
    papers.keeper = keeper(world, issuer=impostor, not_after=ENDS)
    judge, _ = judging(papers, now=YEAR_LATER)
    assert refused(lambda: judge.closing(papers.stated(papers.closing(())))) == CLOSING


def test_t10_expired_authority_hides_no_forged_record_keeper(world: World) -> None:
    """Below an authority that has expired, a path check stops before it looks at the certificate itself."""
    own = World()
    own.pki = Pki()
    own.pki.issuing = issue(
        name("测试签发CA"), key=ec_key(), issuer=own.pki.root, key_usage=CA, ca=True, not_after=ENDS + MINUTE
    )
    own.anchors = replace(own.anchors, roots=(own.pki.root.der,))
    papers = papers_of(own)
    for issuer, outcome in ((own.pki.issuing, ""), (Holder(own.pki.issuing.certificate, ec_key()), CLOSING)):
        papers.keeper = keeper(own, issuer=issuer, not_after=ENDS + MINUTE)
        judge, told = judging(papers, now=YEAR_LATER)
        data = papers.stated(papers.closing(()))
        if outcome:
            assert refused(lambda judge=judge, data=data: judge.closing(data)) == outcome
        else:
            judge.closing(data)
            assert told.of() == {(Paper.CLOSING, EXPIRED)}
