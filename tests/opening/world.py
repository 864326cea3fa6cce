"""A lot with several bidders whose bids are packed, sealed to an opening key and a time key, and ready to be opened."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from desktop.crypto.suites import P256PrivateKey
from desktop.domain.secret import SecretBytes
from desktop.formats.package import Bidder, BidPackage, BidSummary, GroupKind, PackagePlan, SourceFile
from desktop.services.opening_bids import OpenerKeys, SealedBid
from desktop.store.files import sha256_of
from tests.package.world import World, pack, plan_of, share_of
from tests.pdf.pki import Holder

NAMES = ("甲", "乙", "丙", "丁", "戊")
Documents = dict[str, bytes]


def bidder_named(name: str) -> Bidder:
    return Bidder(name=f"{name}测试建设有限公司", credit_code=f"9133010{NAMES.index(name)}MA27XXXX5N")


def price_of(index: int) -> Decimal:
    return Decimal(f"{1_000_000 + 1000 * index}.00")


@dataclass(kw_only=True)
class Lot:
    """Bids as the agent's workstation has collected them, with what was delivered for each."""

    folder: Path
    world: World = field(default_factory=World)

    @property
    def keys(self) -> OpenerKeys:
        return OpenerKeys(keys={GroupKind.OPENING_KEY: self.opening, GroupKind.TIME: self.time})

    @property
    def opening(self) -> P256PrivateKey:
        return self.world.opening_key

    @property
    def time(self) -> P256PrivateKey:
        return self.world.time_key

    def plan(self, index: int, documents: Documents | None = None) -> PackagePlan:
        """The plan of bidder `index`."""
        files = []
        place = self.folder / f"source-{index}"
        place.mkdir(exist_ok=True)
        for number, (name, data) in enumerate((documents or {"投标函.pdf": b"%PDF " + bytes([index]) * 999}).items()):
            path = place / str(number)
            path.write_bytes(data)
            files.append(SourceFile(name=name, path=path))
        plan = plan_of(self.world, tuple(files), bidder=bidder_named(NAMES[index]))
        summary = BidSummary(price=price_of(index), duration_days=100 + index)
        return replace(plan, envelopes=(replace(plan.envelopes[0], summary=summary),))

    def signer(self, index: int) -> Holder:
        return self.world.leaf("张三", bidder_named(NAMES[index]))

    def packed(self, index: int, plan: PackagePlan | None = None) -> Path:
        target = self.folder / f"{index}.bid"
        return pack(self.world, plan or self.plan(index), target, signer=self.signer(index), seed=str(index))

    def sealed(self, index: int, plan: PackagePlan | None = None, **changes: object) -> SealedBid:
        """Return the bid of bidder `index` with its share delivered."""
        path = self.packed(index, plan)
        package = self.world.package(path)
        bid = SealedBid(
            package_id=package.header.package_id,
            sha256=sha256_of(path),
            path=path,
            target=self.folder / "opened" / f"{index:03} {NAMES[index]}",
            package=package,
            shares={"bidder": self.delivered(package)},
        )
        bid.target.parent.mkdir(exist_ok=True)
        return replace(bid, **changes)  # type: ignore[arg-type]

    def delivered(self, package: BidPackage, envelope_id: str = "bid") -> SecretBytes:
        return share_of(package, envelope_id, "bidder", self.world.bidder.key)
