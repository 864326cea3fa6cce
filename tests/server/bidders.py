"""Units that bid, and packages signed by them; certificates come from the authority without the way there."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256 as hash_of
from pathlib import Path

from desktop.crypto.cms_signed import package_signed_attributes, package_signed_data
from desktop.crypto.issuing import CertificateKind, Subject
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import sign, spki_of
from desktop.domain.operations import MemberRole, OrderKind, OrderState, OrganizationKind
from desktop.formats.package import Bidder
from desktop.formats.package.manifest import MANIFEST_NAME, MIMETYPE, SIGNATURE_NAME, write_manifest
from desktop.server.cases.issued import register
from desktop.server.context import Platform
from desktop.server.db.models import MobileCertificate, Order, Organization
from tests.package.forging import container, parts_of
from tests.server.client import Client
from tests.server.outsiders import join
from tests.server.phone import Ceremonies, Keys, Unit, enrol


@dataclass(kw_only=True)
class BiddingUnit:
    """A unit with one member, whose phone and desktop are here."""

    client: Client
    unit_id: str
    unit: Unit
    keys: Keys
    encryption_cert: bytes
    chain: tuple[bytes, ...]

    @property
    def bidder(self) -> Bidder:
        return Bidder(name=self.unit.name, credit_code=self.unit.credit_code)


@dataclass(kw_only=True)
class Package:
    """A packed bid."""

    path: Path
    package_id: bytes

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def sha256(self) -> str:
        return hash_of(self.data).hexdigest()


def signed_anew(package: Package, who: BiddingUnit, at: datetime) -> bytes:
    """Return a package's contents under a signature of `who`."""
    parts = parts_of(package.path)
    manifest = write_manifest([(name, sha256(data)) for name, data in parts.items()])
    attributes = package_signed_attributes(sha256(manifest), who.keys.sign_cert, at)
    signature = package_signed_data(
        signed_attributes=attributes,
        signature=sign(who.keys.signing, attributes),
        certificate_der=who.keys.sign_cert,
        chain=who.chain,
    )
    return container([("mimetype", MIMETYPE), *parts.items(), (MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)])


def new_unit(platform: Platform, client: Client, ceremonies: Ceremonies, number: int) -> BiddingUnit:
    """Let a unit come into being whose one member has a certificate, a phone and an enrolled desktop."""
    unit = Unit(name=f"投标单位{number}有限公司", credit_code=f"91360100MA35T1{number:03}X")
    unit_id, keys = platform.new_id(), Keys()
    account = client.sign_in(f"137000{number:05}")["account"]["id"]
    pair = platform.authority.issue_pair(
        subject=Subject(holder=f"投标人{number}", organization=unit.name, credit_code=unit.credit_code),
        signing_spki=spki_of(keys.signing),
        encryption_spki=spki_of(keys.encryption),
    )
    now = platform.now()
    with platform.db.write() as session:
        session.add(
            Organization(
                id=unit_id,
                kind=OrganizationKind.BIDDER,
                name=unit.name,
                credit_code=unit.credit_code,
                legal_representative="李四",
                created_at=now,
            )
        )
        session.flush()
        order = Order(
            id=platform.new_id(),
            kind=OrderKind.NEW,
            papers="",
            account_id=account,
            organization_id=unit_id,
            state=OrderState.COMPLETED,
            organization_name=unit.name,
            credit_code=unit.credit_code,
            legal_representative="李四",
            holder_name=f"投标人{number}",
            id_number=b"",
            id_number_index="",
            suite="P-256",
            licence="",
            letter="",
            created_at=now,
        )
        signing = register(session, CertificateKind.SIGNING, pair.signing)
        encryption = register(session, CertificateKind.ENCRYPTION, pair.encryption)
        session.add(order)
        session.flush()
        session.add(
            MobileCertificate(
                serial=signing.serial,
                enc_serial=encryption.serial,
                order_id=order.id,
                account_id=account,
                organization_id=unit_id,
                holder_name=order.holder_name,
                suite="P-256",
                issued_at=now,
            )
        )
        keys.serial, keys.sign_cert = signing.serial, pair.signing
    join(platform, unit_id, account, MemberRole.CERTIFICATE_ADMIN)
    keys.station = enrol(client, ceremonies, keys, unit)
    return BiddingUnit(
        client=client,
        unit_id=unit_id,
        unit=unit,
        keys=keys,
        encryption_cert=pair.encryption,
        chain=(platform.authority.issuing,),
    )
