"""An agency with a lot, and units that bid for it with packages as their desktops would pack them.

The agency is the unit of the furnished platform (`keys`, `admin`). Bidders get their certificates from the platform's
authority without the way there; everything else goes through the API, with ceremonies that are made here.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256 as hash_of
from pathlib import Path
from typing import Any

from desktop.crypto.cms_share import ShareRecipient, seal_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, scalar_of, sign, spki_of
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Operation, OrganizationKind
from desktop.domain.tendering import PolicyGroup, SummaryField
from desktop.formats.package import (
    BidSummary,
    GroupKind,
    PackagePlan,
    PlannedEnvelope,
    PlannedGroup,
    SourceFile,
    member_of_certificate,
    member_of_key,
    prepare_package,
)
from desktop.protocol.notices import (
    Announcement,
    Notice,
    NoticeEnvelope,
    TenderDocument,
    opening_key_label,
    read_announcement,
    signed_text,
    write_notice,
)
from desktop.protocol.tender_items import WithdrawItem, amend_tender_item, create_opening_key_item
from desktop.server.context import Platform
from desktop.server.db.models import IssuedCertificate, MobileCertificate, Organization
from tests.server.bidders import BiddingUnit, Package, new_unit
from tests.server.client import Client
from tests.server.conftest import Counted
from tests.server.outsiders import unit_of
from tests.server.phone import CREDIT_CODE, NAME, PLATFORM, Ceremonies, Keys, Unit, b64

TENDER, TENDER_NAME, LOT, LOT_NAME, BUYER = "JX-2026-001", "赣江二桥维修工程", "01", "一标段", "江西交通投资集团"
HOUR = 3600
ALL_GROUPS = (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY, PolicyGroup.TIME)
DOCUMENT = b"%PDF-1.7 tender document"
PIECE = 1000


@dataclass(kw_only=True)
class TenderStage:
    """Everything around one lot."""

    platform: Platform
    clock: ManualClock
    keys: Keys
    agency: Client
    connect: Callable[[], Client]
    ceremonies: Ceremonies
    folder: Path
    envelopes: tuple[str, ...] = ("bid",)
    groups: tuple[PolicyGroup, ...] = ALL_GROUPS
    lot: Any = None
    opening_keys: dict[str, P256PrivateKey] = field(default_factory=dict)
    units: list[BiddingUnit] = field(default_factory=list)
    packed: int = 0

    def __post_init__(self) -> None:
        self.agency_id = unit_of(self.agency)
        with self.platform.db.write() as session:
            session.get_one(Organization, self.agency_id).kind = OrganizationKind.AGENCY

    @property
    def path(self) -> str:
        return f"/api/v1/lots/{self.lot['id']}"

    @property
    def now(self) -> int:
        return int(self.clock.now().timestamp())

    # -- the agency ------------------------------------------------------------------------------------------------

    def draft(self) -> Any:
        """Create a tender and its lot."""
        body = {"organization_id": self.agency_id, "number": TENDER, "name": TENDER_NAME, "buyer": BUYER}
        tender = self.agency.post("/api/v1/tenders", body)
        self.lot = self.agency.post(f"/api/v1/tenders/{tender['id']}/lots", {"lot": LOT, "name": LOT_NAME})
        return self.lot

    def time_keys(self) -> dict[str, bytes]:
        keys = self.agency.post(f"{self.path}/time-keys", {"envelopes": list(self.envelopes)})["keys"]
        return {envelope: base64.b64decode(key) for envelope, key in keys.items()}

    def add_document(self, data: bytes = DOCUMENT, name: str = "招标文件.pdf") -> TenderDocument:
        kept = self.agency.post(f"{self.path}/documents", files={"file": (name, data, "application/pdf")})
        return TenderDocument(name=kept["name"], size=kept["size"], sha256=bytes.fromhex(kept["sha256"]))

    def notice(self, **changed: Any) -> Notice:
        deadline = changed.pop("deadline", self.now + HOUR)
        time_keys = self.time_keys() if PolicyGroup.TIME in self.groups else {}
        envelopes = tuple(
            NoticeEnvelope(
                envelope_id=each,
                title=f"信封 {each}",
                not_before=deadline + (HOUR if each == "second" else 0),
                fields=() if each == "first" else (SummaryField.PRICE,),
                groups=self.groups,
                time_key=time_keys.get(each, b""),
            )
            for each in self.envelopes
        )
        notice = Notice(
            platform=PLATFORM,
            tender=TENDER,
            tender_name=TENDER_NAME,
            lot=LOT,
            lot_name=LOT_NAME,
            purchaser=BUYER,
            agency=NAME,
            agency_code=CREDIT_CODE,
            revision=1,
            previous=b"",
            deadline=deadline,
            officers=(sha256(self.keys.sign_cert),),
            envelopes=envelopes,
        )
        return replace(notice, **changed)

    def encryption_certificate(self, keys: Keys) -> bytes:
        with self.platform.db.read() as session:
            serial = session.get_one(MobileCertificate, keys.serial).enc_serial
            return session.get_one(IssuedCertificate, serial).der

    def created(self, notice: Notice, *, members: tuple[bytes, ...] = (), **bent: Any) -> bytes:
        """The transcript by which the agency's phone publishes a notice."""
        members = members or (self.encryption_certificate(self.keys),)
        item = create_opening_key_item(write_notice(notice), members)
        self.opening_keys = {each.envelope_id: generate_p256() for each in notice.envelopes}
        spkis = tuple(spki_of(key) for key in self.opening_keys.values())
        recipients = tuple(ShareRecipient(key_id=each.sha256, spki=each.spki) for each in item.members)
        wraps = [
            seal_share(scalar_of(key), recipients, label=opening_key_label(notice, name, spki), random=Counted(name))
            for (name, key), spki in zip(self.opening_keys.items(), spkis, strict=True)
        ]
        result = {
            "keys": list(spkis),
            "wraps": wraps,
            "sig": sign(self.keys.signing, signed_text(item.notice_bytes, spkis)),
        }
        return self._by_agency(Operation.CREATE_OPENING_KEY, item, result, **bent)

    def amended(self, notice: Notice, *, keys: tuple[bytes, ...] = (), **bent: Any) -> bytes:
        """The transcript by which the agency's phone publishes an amendment."""
        keys = keys or tuple(spki_of(key) for key in self.opening_keys.values())
        item = amend_tender_item(write_notice(notice), keys)
        result = {"sig": sign(self.keys.signing, signed_text(item.notice_bytes, keys))}
        return self._by_agency(Operation.AMEND_TENDER, item, result, **bent)

    def send(self, what: str, transcript: bytes, who: Client | None = None, *, after: int | None = None) -> Any:
        body = {"transcript": b64(transcript)} | ({} if after is None else {"after": after})
        return (who or self.agency).send("POST", f"{self.path}/{what}", json=body)

    def publish(self, **changed: Any) -> Announcement:
        """Bring a lot from nothing to published, and return its announcement."""
        if self.lot is None:
            self.draft()
        documents = (self.add_document(),)
        answer = self.send("publish", self.created(self.notice(documents=documents, **changed)))
        assert answer.status_code == 200, answer.text
        return self.announcement()

    def announcement(self) -> Announcement:
        """The newest announcement."""
        self.lot = self.agency.get(self.path)
        return read_announcement(base64.b64decode(self.lot["announcements"][-1]["announcement"]))

    def next_notice(self, **changed: Any) -> Notice:
        """The notice in force as the next revision would have it."""
        before = self.announcement()
        return replace(
            before.notice, **{"revision": before.notice.revision + 1, "previous": before.notice_sha256, **changed}
        )

    def pass_deadline(self, by: float = 1) -> None:
        """Let the clock stand `by` seconds behind the deadline."""
        self.clock.advance(self.announcement().notice.deadline - self.clock.now().timestamp() + by)

    def _by_agency(self, operation: Operation, item: Any, result: dict[str, Any], **bent: Any) -> bytes:
        options: dict[str, Any] = {
            "key": self.keys.signing,
            "signer": self.keys.sign_cert,
            "serial": self.keys.serial,
            "certificates": (self.keys.serial,),
            "unit": Unit(),
            "workstation": self.keys.station,
            **bent,
        }
        return self.ceremonies.transcript(operation, [item], lambda _c, _t: [result], **options)

    # -- bidders ---------------------------------------------------------------------------------------------------

    def unit(self, number: int = 1) -> BiddingUnit:
        """Return the bidder of that number, who comes into being when first asked for."""
        while len(self.units) < number:
            self.units.append(new_unit(self.platform, self.connect(), self.ceremonies, len(self.units) + 1))
        return self.units[number - 1]

    def pack(self, who: BiddingUnit, announcement: Announcement | None = None, **changed: Any) -> Package:
        """Pack a bid as the announcement asks; `changed` bends the plan, `signer` signs it."""
        asked = announcement or self.announcement()
        self.packed += 1
        signer: BiddingUnit = changed.pop("signer", who)
        content = self.folder / f"{self.packed}.pdf"
        content.write_bytes(b"%PDF-1.7\n" + bytes(changed.pop("size", PIECE)))
        plan = PackagePlan(
            platform=asked.notice.platform,
            tender=asked.notice.tender,
            lot=asked.notice.lot,
            bidder=who.bidder,
            deadline=asked.notice.deadline,
            envelopes=tuple(
                PlannedEnvelope(
                    envelope_id=each.envelope_id,
                    title=each.title,
                    not_before=each.not_before,
                    groups=self.groups_of(who, each, key),
                    files=(SourceFile(name="投标函.pdf", path=content),),
                    summary=BidSummary(),
                )
                for each, key in zip(asked.notice.envelopes, asked.keys, strict=True)
            ),
            allow_without_bidder=True,
        )
        target = self.folder / f"{self.packed}.bid"
        draft = prepare_package(replace(plan, **changed), target, random=Counted(f"package {self.packed}"))
        attributes = draft.signed_attributes(signer.keys.sign_cert, self.clock.now())
        draft.complete(
            signed_attributes=attributes,
            signature=sign(signer.keys.signing, attributes),
            certificate_der=signer.keys.sign_cert,
            chain=signer.chain,
        )
        return Package(path=target, package_id=draft.header.package_id)

    @staticmethod
    def groups_of(who: BiddingUnit, envelope: NoticeEnvelope, opening_key: bytes) -> tuple[PlannedGroup, ...]:
        """The opening policy that a notice asks for."""
        wanted = {
            PolicyGroup.BIDDER: ("bidder", GroupKind.BIDDER, lambda: member_of_certificate(who.encryption_cert)),
            PolicyGroup.OPENING_KEY: ("opening", GroupKind.OPENING_KEY, lambda: member_of_key("开标密钥", opening_key)),
            PolicyGroup.TIME: ("time", GroupKind.TIME, lambda: member_of_key("平台时间密钥", envelope.time_key)),
        }
        made = (wanted[each] for each in envelope.groups)
        return tuple(PlannedGroup(group_id=name, kind=kind, members=(member(),)) for name, kind, member in made)

    def begin(self, who: BiddingUnit, data: bytes, **changed: Any) -> Any:
        """Ask for an upload of a file; the answer as it came."""
        body = {"organization_id": who.unit_id, "sha256": hash_of(data).hexdigest(), "size": len(data), **changed}
        return who.client.send("POST", f"{self.path}/uploads", json=body)

    @staticmethod
    def put(who: BiddingUnit, upload: Any, offset: int, piece: bytes) -> Any:
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/api/v1/uploads/{upload['id']}"
        return who.client.send("PUT", path, params={"offset": offset}, data=piece, headers=headers)

    def upload(self, who: BiddingUnit, data: bytes, pieces: int = 1) -> Any:
        """Upload a file, and return what became of it."""
        begun = self.begin(who, data)
        assert begun.status_code == 201, begun.text
        upload, size = begun.json(), -(-len(data) // pieces)
        for offset in range(0, len(data), size):
            answer = self.put(who, upload, offset, data[offset : offset + size])
            if answer.status_code != 200:
                return answer.json()
            upload = answer.json()
        return upload

    def submit(self, who: BiddingUnit, **changed: Any) -> Package:
        """Pack and upload a bid that is accepted."""
        package = self.pack(who, **changed)
        upload = self.upload(who, package.data, pieces=2)
        assert upload["state"] == "accepted", upload
        return package

    def bids(self, who: BiddingUnit) -> list[Any]:
        found: list[Any] = who.client.get(f"{self.path}/bids", params={"organization_id": who.unit_id})
        return found

    def withdrawal(self, who: BiddingUnit, package: Package, **changed: Any) -> bytes:
        """The transcript by which a bidder's phone withdraws a bid."""
        item = WithdrawItem(
            tender=TENDER,
            tender_name=TENDER_NAME,
            lot=LOT,
            lot_name=LOT_NAME,
            package_id=package.package_id,
            sha256=bytes.fromhex(package.sha256),
            number=changed.pop("number", 1),
        )
        options: dict[str, Any] = {
            "key": who.keys.signing,
            "signer": who.keys.sign_cert,
            "serial": who.keys.serial,
            "certificates": (who.keys.serial,),
            "unit": who.unit,
            "workstation": who.keys.station,
            **changed,
        }
        return self.ceremonies.transcript(Operation.WITHDRAW, [item], lambda _c, _t: [{}], **options)
