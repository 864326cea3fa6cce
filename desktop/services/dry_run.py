"""The whole opening before anything is published: test bids for exactly this notice, packed and opened.

Bidders, opening keys and time keys are thrown away afterwards; packing, verifying and opening are the code that the
real bids go through. No phone takes part and nothing is sent: it shows that bids that follow the notice can be opened
and say what the notice asks for, and that the committee's certificates can be enveloped to, not that a member still
has his phone. Source: docs/tendering.md §1 and §2.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.cms_share import ShareRecipient, open_share, seal_share
from desktop.crypto.issuing import CertificateKind, Subject
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import p256_of_scalar, scalar_of, sign, spki_of
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import MIN_BIDS, DocumentKind, PolicyGroup, SummaryField
from desktop.formats.package import (
    Bidder,
    BidPackage,
    BidSummary,
    GroupKind,
    PackagePlan,
    PlannedEnvelope,
    PlannedGroup,
    SourceFile,
    member_of_certificate,
    member_of_key,
    prepare_package,
    verify_package,
)
from desktop.formats.package.packing import no_progress
from desktop.protocol.notices import (
    BIDDER_GROUP,
    OPENING_GROUP,
    OPENING_KEY_NAME,
    TIME_GROUP,
    TIME_KEY_NAME,
    Notice,
    NoticeEnvelope,
    RequiredDocument,
    opening_key_label,
)
from desktop.services.action import Preparation
from desktop.services.dry_run_cast import Authority, DryBidder, throwaway_keys
from desktop.services.opening_bids import BidFate, OpenerKeys, SealedBid, open_bid, open_bids
from desktop.store.files import as_problem, sha256_of
from desktop.store.files import replace as rename

_GROUP_IDS = {
    PolicyGroup.BIDDER: BIDDER_GROUP,
    PolicyGroup.OPENING_KEY: OPENING_GROUP,
    PolicyGroup.TIME: TIME_GROUP,
}
_PRICE, _BOND = Decimal("1000000.00"), Decimal("20000.00")
_FOLDER_PREFIX = "dry-run-"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeOutcome:
    """What came of one envelope: `opened` of `count` test bids; `code` of the catalogue says what went wrong first."""

    envelope_id: str
    title: str
    opened: int
    count: int
    code: str = ""
    detail: str = ""

    @property
    def is_good(self) -> bool:
        """Whether every test bid was opened and said what it should."""
        return not self.code and self.opened == self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """How a dry run of `notice` ended."""

    envelopes: tuple[EnvelopeOutcome, ...]

    @property
    def is_good(self) -> bool:
        """Whether everything could be opened."""
        return all(each.is_good for each in self.envelopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bid:
    """A test bid as it was packed, with what it has to say when it is opened."""

    number: int
    path: Path
    bidder: DryBidder
    package: BidPackage
    files: dict[str, dict[str, bytes]]


def run_dry(
    notice: Notice,
    members: tuple[CertificateFacts, ...],
    *,
    folder: Path,
    now: datetime,
    random: Callable[[int], bytes],
    preparation: Preparation,
    count: int = MIN_BIDS,
) -> DryRun:
    """Pack `count` test bids below `folder` and open them; what fails in an envelope is its outcome.

    `members` are the encryption certificates that the real opening keys will be enveloped to.

    Raises:
        RejectedError: no bid can be packed for this notice (`package.*`), or a member's certificate cannot be enveloped
            to (`ceremony.key_not_allowed`); `general.cancelled`.
        UnavailableError: the disk is full or cannot be written.
    """
    rehearsal = _Rehearsal(notice, now=now, random=random, preparation=preparation, count=count)
    rehearsal.envelope_to(members)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_FOLDER_PREFIX, dir=folder) as place:
            return rehearsal.play(Path(place))
    except OSError as error:
        raise as_problem(error) from None


class _Rehearsal:
    """One dry run, with all its keys."""

    def __init__(
        self,
        notice: Notice,
        *,
        now: datetime,
        random: Callable[[int], bytes],
        preparation: Preparation,
        count: int,
    ) -> None:
        self._now, self._random, self._preparation, self._count = now, random, preparation, count
        self._authority = Authority(now=now, random=random)
        self._opening, self._time = throwaway_keys(notice), throwaway_keys(notice)
        self._member = self._authority.pair(
            CertificateKind.ENCRYPTION, Subject(holder="演练开标成员", organization=notice.agency)
        )
        self._notice = replace(
            notice,
            envelopes=tuple(
                replace(each, time_key=spki_of(self._time[each.envelope_id]) if each.time_key else b"")
                for each in notice.envelopes
            ),
        )
        self._done = 0

    def envelope_to(self, members: tuple[CertificateFacts, ...]) -> None:
        """Envelope each opening key to the real committee, as its phone will; nobody can open it but they.

        An amendment names none: its opening keys are enveloped already.
        """
        if not members:
            return
        recipients = tuple(ShareRecipient(key_id=each.sha256, spki=each.spki) for each in members)
        for each in self._notice.envelopes:
            self._wrap(each, recipients)

    def play(self, place: Path) -> DryRun:
        """Pack all test bids, then open envelope by envelope, as at the opening."""
        bids = [self._pack(place, number) for number in range(self._count)]
        return DryRun(envelopes=tuple(self._open_all(place, bids, each) for each in self._notice.envelopes))

    # -- packing ---------------------------------------------------------------------------------------------------

    def _pack(self, place: Path, number: int) -> _Bid:
        bidder = self._authority.bidder(number)
        self._tell(bidder.name)
        target, sources = place / f"{number}.bid", place / f"{number}-files"
        sources.mkdir()
        files = {each.envelope_id: _test_files(self._notice, each, number) for each in self._notice.envelopes}
        draft = prepare_package(
            self._plan(bidder, sources, files, number),
            target,
            random=self._random,
            progress=lambda _done, _total: self._preparation.check(),
            replace=rename,
        )
        moment = self._now.replace(microsecond=0)
        attributes = draft.signed_attributes(bidder.signing.certificate.der, moment)
        draft.complete(
            signed_attributes=attributes,
            signature=sign(bidder.signing.key, attributes),
            certificate_der=bidder.signing.certificate.der,
            chain=self._authority.chain,
        )
        return _Bid(number=number, path=target, bidder=bidder, package=self._verified(target), files=files)

    def _plan(self, bidder: DryBidder, sources: Path, files: dict[str, dict[str, bytes]], number: int) -> PackagePlan:
        notice = self._notice
        return PackagePlan(
            platform=notice.platform,
            tender=notice.tender,
            lot=notice.lot,
            bidder=Bidder(name=bidder.name, credit_code=bidder.credit_code),
            deadline=notice.deadline,
            envelopes=tuple(
                PlannedEnvelope(
                    envelope_id=each.envelope_id,
                    title=each.title,
                    not_before=each.not_before,
                    groups=tuple(self._group(group, each, bidder) for group in each.groups),
                    files=_write_sources(sources / each.envelope_id, files[each.envelope_id]),
                    summary=_test_summary(each, number),
                )
                for each in notice.envelopes
            ),
            allow_without_bidder=not all(each.needs_bidder for each in notice.envelopes),
        )

    def _group(self, group: PolicyGroup, envelope: NoticeEnvelope, bidder: DryBidder) -> PlannedGroup:
        member = {
            PolicyGroup.BIDDER: lambda: member_of_certificate(bidder.encryption.certificate.der),
            PolicyGroup.OPENING_KEY: lambda: member_of_key(
                OPENING_KEY_NAME, spki_of(self._opening[envelope.envelope_id])
            ),
            PolicyGroup.TIME: lambda: member_of_key(TIME_KEY_NAME, envelope.time_key),
        }[group]()
        return PlannedGroup(group_id=_GROUP_IDS[group], kind=GroupKind(group.value), members=(member,))

    def _verified(self, path: Path) -> BidPackage:
        verdict = verify_package(
            path, anchors=self._authority.anchors, revocation=self._authority.revocation(), now=self._now
        )
        if verdict.verdict is not Verdict.VALID or verdict.package is None:
            first = next(iter(verdict.reasons), None)
            raise RejectedError(first.code if first else "package.damaged", first.detail if first else "")
        return verdict.package

    # -- opening ---------------------------------------------------------------------------------------------------

    def _open_all(self, place: Path, bids: list[_Bid], envelope: NoticeEnvelope) -> EnvelopeOutcome:
        """Open one envelope of all bids as the opening does; its first failure is the outcome's."""
        self._tell(envelope.title)
        failure: BidSealError | None = None
        opened = 0
        try:
            opener = self._released(envelope)
            sealed = {bid.package.header.package_id: self._sealed(place, bid, envelope) for bid in bids}
            self._demand_all(sealed[bids[0].package.header.package_id], envelope, opener)
            for fate in open_bids(tuple(sealed.values()), envelope.envelope_id, opener, check=self._preparation.check):
                bid = next(each for each in bids if each.package.header.package_id == fate.package_id)
                wrong = _what_differs(bid, envelope, fate)
                failure = failure or wrong
                opened += wrong is None
        except BidSealError as error:
            self._preparation.check()
            failure = error
        return EnvelopeOutcome(
            envelope_id=envelope.envelope_id,
            title=envelope.title,
            opened=opened,
            count=self._count,
            code=failure.code if failure else "",
            detail=failure.detail if failure else "",
        )

    def _released(self, envelope: NoticeEnvelope) -> OpenerKeys:
        """Let the dry run's committee member open the envelope of the opening key, and the platform give its own."""
        member = self._member
        name = member.certificate.sha256
        wrap = self._wrap(envelope, (ShareRecipient(key_id=name, spki=member.certificate.spki),))
        keys = {
            GroupKind.OPENING_KEY: p256_of_scalar(
                open_share(wrap, key=member.key, key_id=name, label=self._label(envelope))
            ),
            GroupKind.TIME: self._time[envelope.envelope_id],
        }
        return OpenerKeys(keys=keys)

    def _sealed(self, place: Path, bid: _Bid, envelope: NoticeEnvelope) -> SealedBid:
        """Return the bid as it stands before the opening, its bidder's share delivered."""
        return SealedBid(
            package_id=bid.package.header.package_id,
            sha256=sha256_of(bid.path),
            path=bid.path,
            target=place / f"{bid.path.stem}-{envelope.envelope_id}",
            package=bid.package,
            shares={BIDDER_GROUP: _delivered(bid, envelope)} if envelope.needs_bidder else {},
        )

    def _demand_all(self, bid: SealedBid, envelope: NoticeEnvelope, opener: OpenerKeys) -> None:
        """Demand that it does not open while any one of its groups keeps its share back."""
        for group in envelope.groups:
            kept = GroupKind(group.value)
            others = OpenerKeys(keys={kind: key for kind, key in opener.keys.items() if kind is not kept})
            without = replace(bid, shares={} if group is PolicyGroup.BIDDER else bid.shares)
            try:
                open_bid(without, envelope.envelope_id, others, progress=no_progress)
            except RejectedError:
                continue
            raise RejectedError("tender.dry_run_opened_early", group.value)

    def _wrap(self, envelope: NoticeEnvelope, recipients: tuple[ShareRecipient, ...]) -> bytes:
        scalar = scalar_of(self._opening[envelope.envelope_id])
        return seal_share(scalar, recipients, label=self._label(envelope), random=self._random)

    def _label(self, envelope: NoticeEnvelope) -> bytes:
        return opening_key_label(self._notice, envelope.envelope_id, spki_of(self._opening[envelope.envelope_id]))

    def _tell(self, text: str) -> None:
        self._preparation.check()
        total = self._count + len(self._notice.envelopes)
        self._preparation.report(self._done, total, text)
        self._done += 1


def _delivered(bid: _Bid, envelope: NoticeEnvelope) -> SecretBytes:
    """Return what the bidder delivers within the window: the share of its own group."""
    packed = bid.package.header.envelope(envelope.envelope_id)
    group = next((each for each in packed.groups if each.group_id == BIDDER_GROUP), None) if packed else None
    if packed is None or group is None:
        raise RejectedError("package.share_missing", envelope.envelope_id)
    return open_share(
        bid.package.shares[packed.envelope_id, BIDDER_GROUP],
        key=bid.bidder.encryption.key,
        key_id=bid.bidder.encryption.certificate.sha256,
        label=bid.package.header.label(packed, group),
    )


def _what_differs(bid: _Bid, envelope: NoticeEnvelope, fate: BidFate) -> RejectedError | None:
    """Tell why a test bid did not come out as it went in, or None."""
    if fate.opened is None:
        return RejectedError(fate.cause, bid.bidder.name)
    hashes = {each.name: each.sha256 for each in fate.opened.files[1:]}  # the first is the summary
    if hashes != {name: sha256(data) for name, data in bid.files[envelope.envelope_id].items()}:
        return RejectedError("tender.dry_run_differs", "files")
    if fate.opened.summary != _test_summary(envelope, bid.number):
        return RejectedError("tender.dry_run_differs", "summary")
    return None


def _test_files(notice: Notice, envelope: NoticeEnvelope, number: int) -> dict[str, bytes]:
    """Return a small file for each document that the notice demands, one at least."""
    names = [file_name(each) for each in notice.required if each.envelope_id == envelope.envelope_id]
    return {name: f"{name} · 演练 {number}\n".encode() for name in names or ["演练文件.txt"]}


def file_name(required: RequiredDocument) -> str:
    """Return the name under which a bid would hold a required document."""
    suffix = "" if required.kind is DocumentKind.ANY else f".{required.kind}"
    return required.name if required.name.lower().endswith(suffix) else required.name + suffix


def _write_sources(folder: Path, files: dict[str, bytes]) -> tuple[SourceFile, ...]:
    folder.mkdir()
    for position, data in enumerate(files.values()):
        (folder / str(position)).write_bytes(data)
    return tuple(SourceFile(name=name, path=folder / str(position)) for position, name in enumerate(files))


def _test_summary(envelope: NoticeEnvelope, number: int) -> BidSummary:
    fields = envelope.fields
    return BidSummary(
        price=_PRICE + number if SummaryField.PRICE in fields else None,
        duration_days=100 + number if SummaryField.DURATION in fields else None,
        quality="合格" if SummaryField.QUALITY in fields else None,
        project_manager="演练负责人" if SummaryField.MANAGER in fields else None,
        bid_bond=_BOND if SummaryField.BOND in fields else None,
    )
