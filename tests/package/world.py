"""A tender with a bidder, an agent and the platform's time key, made afresh; and small bids packed in it."""

import hashlib
import io
import itertools
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.x509.oid import NameOID

from desktop.crypto.cms_share import open_share
from desktop.crypto.suites import PrivateKey, sign, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.formats.package import (
    Bidder,
    BidPackage,
    BidSummary,
    GroupKind,
    Member,
    OpenedEnvelope,
    PackagePlan,
    PackageVerdict,
    PlannedEnvelope,
    PlannedGroup,
    SourceFile,
    member_of_certificate,
    member_of_key,
    open_package,
    prepare_package,
    verify_package,
)
from desktop.formats.package.model import PackageVerdict as Verdict_
from desktop.formats.package.reading import read_package
from desktop.formats.package.verdict import judge
from desktop.formats.trust import RevocationData, TrustAnchors
from tests.pdf.pki import AGREE, ENCIPHER, NOW, SIGN, Holder, Pki, ec_key, issue, rsa_key

BIDDER = Bidder(name="杭州测试建设有限公司", credit_code="91330100MA27XXXX5N")
RIVAL = Bidder(name="宁波对手工程有限公司", credit_code="91330200MA28YYYY3K")
DOCUMENTS = {"投标函.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 3, "工程量清单.xml": "<清单/>".encode(), "空.txt": b""}
SUMMARY = BidSummary(
    price=Decimal("1234567.80"), duration_days=180, quality="合格", project_manager="李四", bid_bond=Decimal("20000.00")
)
DEADLINE = int(NOW.timestamp()) + 3600


def subject(common: str, bidder: Bidder) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, bidder.name),
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), bidder.credit_code),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def counting_random(seed: str = "bid") -> "CountingRandom":
    return CountingRandom(seed)


class CountingRandom:
    """Bytes that are the same in every run; never twice the same."""

    def __init__(self, seed: str) -> None:
        self._seed, self._counter = seed, itertools.count()

    def __call__(self, count: int) -> bytes:
        return hashlib.shake_256(f"{self._seed}/{next(self._counter)}".encode()).digest(count)


@dataclass
class World:
    """Keys of everybody, and the trust that a verifier has."""

    pki: Pki = field(default_factory=Pki)

    def __post_init__(self) -> None:
        self.signer = self.leaf("张三", BIDDER)
        self.rival_signer = self.leaf("王五", RIVAL)
        self.bidder = self.leaf("张三", BIDDER, encryption=True)
        self.second = issue(subject("赵六", BIDDER), key=rsa_key(), issuer=self.pki.issuing, key_usage=ENCIPHER)
        self.opening_key = ec_key()
        self.time_key = ec_key()
        self.anchors = TrustAnchors(roots=(self.pki.root.der,))
        self.revocation = RevocationData(crls=self.pki.crls())

    def leaf(self, common: str, bidder: Bidder, *, encryption: bool = False) -> Holder:
        usage = AGREE if encryption else SIGN
        return issue(subject(common, bidder), key=ec_key(), issuer=self.pki.issuing, key_usage=usage)

    def groups(self) -> tuple[PlannedGroup, ...]:
        own = (member_of_certificate(self.bidder.der), member_of_certificate(self.second.der))
        return (
            PlannedGroup(group_id="bidder", kind=GroupKind.BIDDER, members=own),
            group("opening", GroupKind.OPENING_KEY, member_of_key("开标密钥", spki_of(self.opening_key))),
            group("time", GroupKind.TIME, member_of_key("平台时间密钥", spki_of(self.time_key))),
        )

    def keys(self) -> dict[str, PrivateKey]:
        return {"bidder": self.bidder.key, "opening": self.opening_key, "time": self.time_key}

    def verify(self, path: Path, **changes: object) -> PackageVerdict:
        options = {"anchors": self.anchors, "revocation": self.revocation, "now": NOW} | changes
        return verify_package(path, **options)  # type: ignore[arg-type]

    def verify_bytes(self, data: bytes) -> Verdict_:
        try:
            package = read_package(io.BytesIO(data), len(data), lambda *_: None)
        except RejectedError as error:
            return refusal(error)
        return judge(package, anchors=self.anchors, revocation=self.revocation, now=NOW)

    def package(self, path: Path) -> BidPackage:
        verdict = self.verify(path)
        assert verdict.reasons == ()
        assert verdict.package is not None
        return verdict.package

    def shares(self, package: BidPackage, envelope_id: str = "bid") -> dict[str, SecretBytes]:
        return {group_id: share_of(package, envelope_id, group_id, key) for group_id, key in self.keys().items()}

    def open(self, path: Path, target: Path) -> OpenedEnvelope:
        package = self.package(path)
        return open_package(path, package, "bid", self.shares(package), target)


class Memory:
    """A target in memory, which shows what was released and when."""

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.released: dict[str, bytes] = {}

    def create(self, index: int) -> BinaryIO:
        outer = self

        class Part(io.BytesIO):
            def close(self) -> None:
                outer.parts[index] = self.getvalue()
                super().close()

        return Part()

    def commit(self, names: list[str]) -> None:
        self.released = {name: self.parts[index] for index, name in enumerate(names)}

    def discard(self) -> None:
        self.parts.clear()


def refusal(error: RejectedError) -> Verdict_:
    from desktop.domain.operations import Verdict
    from desktop.formats.trust import Reason

    return Verdict_(verdict=Verdict.INVALID, reasons=(Reason(code=error.code, detail=error.detail),))


def group(group_id: str, kind: GroupKind, *members: Member) -> PlannedGroup:
    return PlannedGroup(group_id=group_id, kind=kind, members=members)


def share_of(package: BidPackage, envelope_id: str, group_id: str, key: PrivateKey) -> SecretBytes:
    """Open a share as a phone does: with its key and what the screen shows."""
    envelope = package.header.envelope(envelope_id)
    assert envelope is not None
    found = next(each for each in envelope.groups if each.group_id == group_id)
    der = package.shares[envelope_id, group_id]
    for recipient in found.recipients:
        try:
            return open_share(der, key=key, key_id=recipient.sha256, label=package.header.label(envelope, found))
        except RejectedError as error:
            last = error
    raise last


def write_documents(folder: Path, documents: dict[str, bytes] | None = None) -> tuple[SourceFile, ...]:
    folder.mkdir(exist_ok=True)
    files = []
    for index, (name, data) in enumerate((DOCUMENTS if documents is None else documents).items()):
        path = folder / f"{index}.bin"
        path.write_bytes(data)
        files.append(SourceFile(name=name, path=path))
    return tuple(files)


def plan_of(world: World, files: tuple[SourceFile, ...], **changes: object) -> PackagePlan:
    envelope = PlannedEnvelope(
        envelope_id="bid", title="投标文件", not_before=DEADLINE, groups=world.groups(), files=files, summary=SUMMARY
    )
    plan = PackagePlan(
        platform="demo", tender="T-2026-001", lot="1", bidder=BIDDER, deadline=DEADLINE, envelopes=(envelope,)
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def pack(world: World, plan: PackagePlan, target: Path, *, signer: Holder | None = None, seed: str = "bid") -> Path:
    who = signer or world.signer
    draft = prepare_package(plan, target, random=counting_random(seed))
    attributes = draft.signed_attributes(who.der, NOW)
    return draft.complete(
        signed_attributes=attributes,
        signature=sign(who.key, attributes),
        certificate_der=who.der,
        chain=(world.pki.issuing.der,),
    )


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
