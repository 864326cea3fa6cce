"""The bid of the vectors: 双信封, whose second envelope needs all three groups."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from desktop.crypto.cms_labels import commitment
from desktop.crypto.cms_signed import package_signed_attributes
from desktop.domain.operations import Operation
from desktop.protocol.bid_items import EnvelopeContent, PackedFile, PinItem, ShareItem, SignPackageItem, read_bid
from desktop.protocol.items import Item
from tools.vectors.keys import ISSUED_AT, fixed, sign
from tools.vectors.people import CREDIT_CODE, ORGANIZATION, PLATFORM, member, member_encryption, serial_of, sha256

PACKAGE_ID = fixed("package", 16)
_ASIC = "http://uri.etsi.org/02918/v1.2.1#"


def items(operation: Operation) -> tuple[Item, ...]:
    """The items of the bid package's operations."""
    table: dict[Operation, tuple[Item, ...]] = {
        Operation.SIGN_PACKAGE: (package(),),
        Operation.DECRYPT: (share("甲.bid"), share("乙.bid")),
        Operation.REHEARSE: (share("甲.bid"),),
        Operation.PIN_RECIPIENT: (
            PinItem(sha256=sha256(member_encryption()), holder="张三", enc_serial=serial_of(member_encryption())),
        ),
    }
    return table[operation]


def results(operation: Operation, signer: EllipticCurvePrivateKey) -> tuple[Mapping[str, Any], ...]:
    """Honest results of those operations; none for others."""
    value = fixed("share value")
    commit = commitment(package_id=PACKAGE_ID, envelope="second", role="bidder", value=value)
    table: dict[Operation, tuple[Mapping[str, Any], ...]] = {
        Operation.SIGN_PACKAGE: ({"sig": sign(signer, package().signed_attributes)},),
        Operation.DECRYPT: ({"share": value}, {"error": "package.share_not_ours"}),
        Operation.REHEARSE: ({"commit": commit},),
        Operation.PIN_RECIPIENT: ({"cert": member_encryption()},),
    }
    return table.get(operation, ())


def bid_json() -> bytes:
    """bid.json of 双信封: the first envelope is the bidder's alone, the second needs all three groups."""

    def group(group_id: str, kind: str, *names: str) -> dict[str, Any]:
        recipients = [
            {
                "kind": "certificate" if kind == "bidder" else "key",
                "name": name,
                "sha256": (sha256(member_encryption()) if name == "张三" else fixed(f"recipient {name}")).hex(),
            }
            for name in names
        ]
        made = fixed(f"commitment {group_id}").hex()
        return {"id": group_id, "kind": kind, "rule": "any", "commitment": made, "recipients": recipients}

    def envelope(envelope_id: str, title: str, not_before: int, *groups: dict[str, Any]) -> dict[str, Any]:
        made = fixed(f"commitment {envelope_id}").hex()
        return {
            "id": envelope_id,
            "title": title,
            "not_before": not_before,
            "commitment": made,
            "groups": list(groups),
        }

    bidder, opening = group("bidder", "bidder", "张三", "李四"), group("opening", "opening_key", "开标密钥")
    value = {
        "format": "BIDSEAL1/bid",
        "platform": PLATFORM,
        "tender": "JXJT-2026-018",
        "lot": "A1 标段",
        "bidder": {"name": ORGANIZATION, "credit_code": CREDIT_CODE},
        "package": PACKAGE_ID.hex(),
        "deadline": ISSUED_AT + 86_400,
        "envelopes": [
            envelope("first", "商务技术", 0, bidder),
            envelope("second", "报价", ISSUED_AT + 90_000, bidder, opening, group("time", "time", "平台")),
        ],
    }
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def package() -> SignPackageItem:
    """The signing of that bid; the manifest is written out here from docs/bid-package.md §7."""
    bid = read_bid(bid_json())
    digests = (sha256(bid_json()), *(fixed(f"entry {name}") for name in bid.entry_names[1:]))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<asic:ASiCManifest xmlns:asic="{_ASIC}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">',
        '<asic:SigReference URI="META-INF/signature.p7s" MimeType="application/pkcs7-signature"/>',
    ]
    for name, digest in zip(bid.entry_names, digests, strict=True):
        kind = "application/json" if name == "bid.json" else "application/pkcs7-mime"
        lines.append(
            f'<asic:DataObjectReference URI="{name}" MimeType="{kind}"><ds:DigestMethod '
            'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>'
            f"{base64.b64encode(digest).decode()}</ds:DigestValue></asic:DataObjectReference>"
        )
    manifest = "".join(line + "\n" for line in [*lines, "</asic:ASiCManifest>"]).encode()
    moment = datetime.fromtimestamp(ISSUED_AT, UTC)
    return SignPackageItem(
        bid_json=bid_json(),
        digests=digests,
        contents=(
            EnvelopeContent(
                envelope_id="first",
                files=(PackedFile(name="投标函.pdf", size=1_234_567), PackedFile(name="资格审查.pdf", size=890)),
                count=2,
                size=1_235_457,
                duration_days=360,
                quality="合格",
                project_manager="赵六",
            ),
            EnvelopeContent(
                envelope_id="second",
                files=(PackedFile(name="已标价工程量清单.xml", size=7),),
                count=1,
                size=7,
                price="12345678.90",
                bid_bond="200000.00",
            ),
        ),
        signing_time=ISSUED_AT,
        signed_attributes=package_signed_attributes(sha256(manifest), member(), moment),
        bid=bid,
    )


def share(name: str) -> ShareItem:
    """One share to be opened; what is in `cms` is of no account to whoever shows it."""
    return ShareItem(
        name=name,
        tender="JXJT-2026-018",
        lot="A1 标段",
        bidder_name=ORGANIZATION,
        credit_code=CREDIT_CODE,
        package_id=PACKAGE_ID,
        envelope_id="second",
        envelope_title="报价",
        group_id="bidder",
        cms=fixed(f"share {name}", 400),
    )
