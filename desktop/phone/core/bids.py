"""What the phone does for bids: sign a package, give one share of its key, show that it could.

The manifest that is signed is written here anew from what was shown, and the label under which a share was wrapped is
computed from the fields shown (threat T18). Refuses to sign a bid that this phone could not open itself.
Source: docs/bid-package.md §5, §7, §8; docs/protocol.md, operations.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_labels import commitment, wrap_label
from desktop.crypto.cms_share import open_share
from desktop.crypto.cms_signed import package_signed_attributes
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.suites import PrivateKey
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.protocol.bid_items import Bid, ShareItem, SignPackageItem
from desktop.protocol.challenge import Challenge

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">\n'
    '<asic:SigReference URI="META-INF/signature.p7s" MimeType="application/pkcs7-signature"/>\n'
)
_LINE = (
    '<asic:DataObjectReference URI="%s" MimeType="application/%s"><ds:DigestMethod '
    'Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>%s</ds:DigestValue></asic:DataObjectReference>\n'
)


def sign_package_item(challenge: Challenge, item: SignPackageItem, certificate: bytes, enc_certificate: bytes) -> bytes:
    """Return the signedAttrs to sign: over the manifest of exactly what was shown, by this certificate.

    Raises:
        RejectedError: the bid is not of the unit or platform shown (`phone.bid_mismatch`), this phone could not open it
            (`phone.recipient_missing`), or other attributes are asked for (`phone.attributes_differ`).
    """
    bid = item.bid
    if (bid.platform, bid.credit_code) != (challenge.platform, challenge.credit_code):
        raise RejectedError("phone.bid_mismatch")
    if not equal(item.digests[0], sha256(item.bid_json)):
        raise RejectedError("phone.bid_mismatch", "bid.json")
    _demand_own_recipient(bid, sha256(enc_certificate))
    manifest = _manifest(bid, item.digests)
    wanted = package_signed_attributes(sha256(manifest), certificate, datetime.fromtimestamp(item.signing_time, UTC))
    if not equal(wanted, item.signed_attributes):
        raise RejectedError("phone.attributes_differ")
    return wanted


def open_item(item: ShareItem, key: PrivateKey, enc_certificate: bytes) -> Mapping[str, Any]:
    """Return the share, or why it cannot be given; one bad bid does not stop the others."""
    try:
        return {"share": _share(item, key, enc_certificate).reveal()}
    except RejectedError as error:
        return {"error": error.code}


def rehearse_item(item: ShareItem, key: PrivateKey, enc_certificate: bytes) -> Mapping[str, Any]:
    """Return the share's commitment, which shows that this phone can open it and gives nothing away."""
    try:
        value = _share(item, key, enc_certificate).reveal()
    except RejectedError as error:
        return {"error": error.code}
    made = commitment(package_id=item.package_id, envelope=item.envelope_id, role=item.group_id, value=value)
    return {"commit": made}


def _share(item: ShareItem, key: PrivateKey, enc_certificate: bytes) -> SecretBytes:
    label = wrap_label(
        tender=item.tender,
        lot=item.lot,
        bidder=item.credit_code,
        bidder_name=item.bidder_name,
        package_id=item.package_id,
        envelope=item.envelope_id,
        title=item.envelope_title,
        group=item.group_id,
    )
    return open_share(item.cms, key=key, key_id=read_certificate(enc_certificate).sha256, label=label)


def _demand_own_recipient(bid: Bid, own: bytes) -> None:
    """Demand that a bidder's group has this phone's certificate, wherever an envelope has a bidder's group."""
    for envelope in bid.envelopes:
        groups = [group for group in envelope.groups if group.kind == "bidder"]
        if groups and not any(recipient.sha256 == own for group in groups for recipient in group.recipients):
            raise RejectedError("phone.recipient_missing", envelope.envelope_id)


def _manifest(bid: Bid, digests: tuple[bytes, ...]) -> bytes:
    lines = [
        _LINE % (name, "json" if name == "bid.json" else "pkcs7-mime", base64.b64encode(digest).decode("ascii"))
        for name, digest in zip(bid.entry_names, digests, strict=True)
    ]
    return "".join([_HEAD, *lines, "</asic:ASiCManifest>\n"]).encode("ascii")
