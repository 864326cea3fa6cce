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

from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.cms_share import ShareRecipient, open_share, seal_share
from desktop.crypto.issuing import CertificateKind, Subject
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, sign, spki_of
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
    open_package,
    prepare_package,
    verify_package,
)
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
from desktop.services.dry_run_cast import Authority, DryBidder, scalar_of, throwaway_keys
from desktop.store.files import as_problem
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
        """Envelope each opening key to the real committee, as its phone will; nobody can open it but they."""
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
        return _Bid(path=target, bidder=bidder, package=self._verified(target), files=files)

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
        opened, code, detail = 0, "", ""
        try:
            key = self._released(envelope)
        except RejectedError as error:
            return self._outcome(envelope, 0, error.code, error.detail)
        for number, bid in enumerate(bids):
            self._tell(f"{envelope.title} · {bid.bidder.name}")
            try:
                self._open(bid, envelope, key, place / f"{number}-{envelope.envelope_id}", number)
                opened += 1
            except BidSealError as error:
                self._preparation.check()
                code, detail = code or error.code, detail or error.detail
        return self._outcome(envelope, opened, code, detail)

    def _outcome(self, envelope: NoticeEnvelope, opened: int, code: str, detail: str) -> EnvelopeOutcome:
        return EnvelopeOutcome(
            envelope_id=envelope.envelope_id,
            title=envelope.title,
            opened=opened,
            count=self._count,
            code=code,
            detail=detail,
        )

    def _released(self, envelope: NoticeEnvelope) -> P256PrivateKey:
        """Let the committee's member of this dry run open the envelope of the opening key."""
        member = self._member
        name = member.certificate.sha256
        wrap = self._wrap(envelope, (ShareRecipient(key_id=name, spki=member.certificate.spki),))
        scalar = open_share(wrap, key=member.key, key_id=name, label=self._label(envelope))
        key = ec.derive_private_key(int.from_bytes(scalar.reveal(), "big"), ec.SECP256R1())
        if spki_of(key) != spki_of(self._opening[envelope.envelope_id]):
            raise RejectedError("package.share_mismatch", "opening key")
        return key

    def _open(self, bid: _Bid, envelope: NoticeEnvelope, key: P256PrivateKey, target: Path, number: int) -> None:
        keys = {
            BIDDER_GROUP: bid.bidder.encryption.key,
            OPENING_GROUP: key,
            TIME_GROUP: self._time[envelope.envelope_id],
        }
        shares = {
            _GROUP_IDS[group]: self._share(bid, envelope, _GROUP_IDS[group], keys[_GROUP_IDS[group]])
            for group in envelope.groups
        }
        self._demand_all(bid, envelope, shares, target)
        found = open_package(bid.path, bid.package, envelope.envelope_id, shares, target, replace=rename)
        wanted = bid.files[envelope.envelope_id]
        hashes = {each.name: each.sha256 for each in found.files[1:]}  # the first is the summary
        if hashes != {name: sha256(data) for name, data in wanted.items()}:
            raise RejectedError("tender.dry_run_differs", "files")
        if found.summary != _test_summary(envelope, number):
            raise RejectedError("tender.dry_run_differs", "summary")

    def _demand_all(self, bid: _Bid, envelope: NoticeEnvelope, shares: dict[str, SecretBytes], target: Path) -> None:
        """Demand that it does not open while any one of its groups keeps its share back."""
        for kept_back in shares:
            others = {group: share for group, share in shares.items() if group != kept_back}
            try:
                open_package(bid.path, bid.package, envelope.envelope_id, others, target, replace=rename)
            except RejectedError:
                continue
            raise RejectedError("tender.dry_run_opened_early", kept_back)

    def _share(self, bid: _Bid, envelope: NoticeEnvelope, group_id: str, key: P256PrivateKey) -> SecretBytes:
        packed = bid.package.header.envelope(envelope.envelope_id)
        if packed is None:
            raise RejectedError("package.share_missing", envelope.envelope_id)
        group = next(each for each in packed.groups if each.group_id == group_id)
        return open_share(
            bid.package.shares[packed.envelope_id, group_id],
            key=key,
            key_id=group.recipients[0].sha256,
            label=bid.package.header.label(packed, group),
        )

    def _wrap(self, envelope: NoticeEnvelope, recipients: tuple[ShareRecipient, ...]) -> bytes:
        scalar = scalar_of(self._opening[envelope.envelope_id])
        return seal_share(scalar, recipients, label=self._label(envelope), random=self._random)

    def _label(self, envelope: NoticeEnvelope) -> bytes:
        return opening_key_label(self._notice, envelope.envelope_id, spki_of(self._opening[envelope.envelope_id]))

    def _tell(self, text: str) -> None:
        self._preparation.check()
        total = self._count * (1 + len(self._notice.envelopes))
        self._preparation.report(self._done, total, text)
        self._done += 1


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
