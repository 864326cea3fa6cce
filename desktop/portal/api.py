"""The platform's API as typed calls; routes and fields are those of the platform's OpenAPI document."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.domain.operations import OrganizationKind
from desktop.portal import records
from desktop.portal.calls import API as _API
from desktop.portal.calls import b64 as _b64
from desktop.portal.records import (
    Certificate,
    IssuedCertificates,
    Order,
    PlatformIdentity,
    Seal,
    SignedIn,
    UsageRecord,
)
from desktop.portal.room_api import RoomCalls
from desktop.portal.security_api import SecurityCalls
from desktop.portal.tender_api import TenderCalls
from desktop.portal.unit_api import UnitCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderForm:
    """A certificate order as filled in; `licence` and `letter` are (file name, bytes, media type)."""

    organization_name: str
    credit_code: str
    legal_representative: str
    holder_name: str
    id_number: str
    suite: str
    licence: tuple[str, bytes, str]
    letter: tuple[str, bytes, str]

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return f"OrderForm(credit_code={self.credit_code})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealForm:
    """A seal application: the scan as uploaded and the imprint cut out of it (RGBA PNG)."""

    certificate_serial: str
    kind: str
    name: str
    width_mm: float
    height_mm: float
    scan: tuple[str, bytes, str]
    imprint_png: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEntry:
    """One line of the usage records, with what the phone signed: `consent` and its `signature` as it came.

    `ceremony` is the transcript hash that the consent names, in hex; `number` tells its subjects apart.
    """

    operation: str
    certificate_serial: str
    subject: str
    number: int
    result: str
    ceremony: str
    at: datetime
    consent: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFilter:
    """Which usage records; empty parts do not narrow. `result` is "done" or "failed"; `until` is exclusive."""

    organization_id: str = ""
    operation: str = ""
    user: str = ""
    certificate_serial: str = ""
    since: datetime | None = None
    until: datetime | None = None
    result: str = ""
    text: str = ""


class PlatformApi(UnitCalls, SecurityCalls, TenderCalls, RoomCalls):
    """Calls of one platform. `token` gives the bearer of the current session, or None."""

    # -- public ----------------------------------------------------------------------------------------------------

    def identity(self) -> PlatformIdentity:
        """Ask the platform who it is."""
        return records.identity(self._http.json("GET", f"{_API}/profile"))

    def time(self) -> datetime:
        """Ask for the platform's time."""
        return records.platform_time(self._http.json("GET", f"{_API}/time"))

    def send_sms_code(self, mobile: str) -> int:
        """Have a code sent; return the seconds until another may be asked for."""
        answer = self._http.json("POST", f"{_API}/sms", json_body={"mobile": mobile, "purpose": "login"})
        return int(answer["resend_after_s"])

    def sign_in_by_sms(self, mobile: str, code: str, *, device: str = "") -> SignedIn:
        """Log in, registering an unknown number; `device` is what this client is called in lists of sessions."""
        body = {"mobile": mobile, "code": code, "device": device}
        return records.signed_in(self._http.json("POST", f"{_API}/sessions/sms", json_body=body))

    def login_nonce(self) -> bytes:
        """Fetch a one-time login nonce, 32 bytes, good for ten minutes."""
        return base64.b64decode(self._http.json("POST", f"{_API}/sessions/nonce")["nonce"])

    def sign_in_by_transcript(self, transcript: bytes, v: bytes, *, device: str = "") -> SignedIn:
        """Redeem a login answer; only the holder of `v` can."""
        body = {"transcript": _b64(transcript), "v": _b64(v), "device": device}
        return records.signed_in(self._http.json("POST", f"{_API}/sessions/qr", json_body=body))

    def crl(self, which: str) -> bytes:
        """Fetch the CRL of "root" or "issuing", DER."""
        return self._http.request("GET", f"/pki/{which}.crl")

    def certificate_by_serial(self, serial: str) -> bytes:
        """Fetch a signing certificate from the public directory, DER."""
        return self._http.request("GET", f"/pki/certificates/{serial}.cer")

    def ocsp(self, request: bytes) -> bytes:
        """Ask the OCSP responder, DER in and out."""
        return self._http.request(
            "POST", "/pki/ocsp", body=request, headers={"Content-Type": "application/ocsp-request"}
        )

    def timestamp(self, request: bytes) -> bytes:
        """Ask the time stamping service (RFC 3161), DER in and out."""
        return self._http.request(
            "POST", "/pki/tsa", body=request, headers={"Content-Type": "application/timestamp-query"}
        )

    # -- signed in -------------------------------------------------------------------------------------------------

    def me(self) -> tuple[records.Account, tuple[records.Membership, ...]]:
        """Return the account and its organizations."""
        answer = self._get("/me")
        return records.account(answer["account"]), tuple(records.membership(o) for o in answer["organizations"])

    def sign_out(self) -> None:
        """End the session at the platform."""
        self._http.request("DELETE", f"{_API}/sessions/current", headers=self._bearer())

    def orders(self) -> tuple[Order, ...]:
        """Return the account's orders, newest first."""
        return tuple(records.order(o) for o in self._get("/orders"))

    def place_order(self, form: OrderForm) -> Order:
        """Place an order."""
        fields = {
            "organization_name": form.organization_name,
            "credit_code": form.credit_code,
            "legal_representative": form.legal_representative,
            "holder_name": form.holder_name,
            "id_number": form.id_number,
            "suite": form.suite,
        }
        files = {"licence": form.licence, "letter": form.letter}
        return records.order(
            self._http.json("POST", f"{_API}/orders", form=fields, files=files, headers=self._bearer())
        )

    def possession(self, order_id: str, transcript: bytes) -> bytes:
        """Hand in a download answer; return the CA's envelope to the new encryption key."""
        answer = self._post(f"/orders/{order_id}/possession", {"transcript": _b64(transcript)})
        return base64.b64decode(answer["envelope"])

    def issue(self, order_id: str, transcript: bytes, proof: bytes) -> IssuedCertificates:
        """Complete the download; the same call again gives the same certificates."""
        body = {"transcript": _b64(transcript), "proof": _b64(proof)}
        return records.issued(self._post(f"/orders/{order_id}/certificate", body))

    def certificates(self) -> tuple[Certificate, ...]:
        """Return the certificates that the account may see."""
        return tuple(records.certificate(c) for c in self._get("/certificates"))

    def enrol_workstation(self, transcript: bytes) -> None:
        """Register the enrolment of this workstation."""
        self._post("/workstations", {"transcript": _b64(transcript)})

    def workstations(self) -> tuple[dict[str, Any], ...]:
        """Return the workstations enrolled for the account's organizations."""
        return tuple(self._get("/workstations"))

    def remove_workstation(self, workstation_id: str) -> None:
        """Remove a workstation by the platform's id for it; its word ends at once."""
        self._http.request("DELETE", f"{_API}/workstations/{workstation_id}", headers=self._bearer())

    def seals(self) -> tuple[Seal, ...]:
        """Return the seals and applications that the account may see."""
        return tuple(records.seal(s) for s in self._get("/seals"))

    def apply_for_seal(self, form: SealForm) -> Seal:
        """Apply for a seal."""
        fields = {
            "certificate_serial": form.certificate_serial,
            "kind": form.kind,
            "name": form.name,
            "width_mm": f"{form.width_mm:.2f}",
            "height_mm": f"{form.height_mm:.2f}",
        }
        files = {"scan": form.scan, "imprint": ("imprint.png", form.imprint_png, "image/png")}
        return records.seal(self._http.json("POST", f"{_API}/seals", form=fields, files=files, headers=self._bearer()))

    def seal_scan(self, seal_id: str) -> bytes:
        """Fetch the uploaded scan."""
        return self._http.request("GET", f"{_API}/seals/{seal_id}/scan", headers=self._bearer())

    def seal_imprint(self, seal_id: str) -> bytes:
        """Fetch the imprint PNG."""
        return self._http.request("GET", f"{_API}/seals/{seal_id}/imprint", headers=self._bearer())

    def seal_object(self, seal_id: str) -> bytes:
        """Fetch the signed seal object of a claimed seal."""
        return self._http.request("GET", f"{_API}/seals/{seal_id}/object", headers=self._bearer())

    def claim_seal(self, seal_id: str, transcript: bytes) -> bytes:
        """Claim an approved seal; return the signed seal object."""
        answer = self._post(f"/seals/{seal_id}/claim", {"transcript": _b64(transcript)})
        return base64.b64decode(answer["seal"])

    def record(self, entry: UsageEntry) -> None:
        """Hand in a usage record; repeating it does no harm."""
        body = {
            "operation": entry.operation,
            "certificate_serial": entry.certificate_serial,
            "subject": entry.subject,
            "number": entry.number,
            "result": entry.result,
            "at": _iso(entry.at),
            "consent": _b64(entry.consent),
            "signature": _b64(entry.signature),
        }
        self._post("/records", body)

    def usage_records(
        self, wanted: UsageFilter | None = None, *, limit: int = 50, before: int | None = None
    ) -> tuple[UsageRecord, ...]:
        """Return a page of usage records, newest first; `before` is the number of the last one seen."""
        asked = wanted or UsageFilter()
        params = {
            "organization_id": asked.organization_id,
            "operation": asked.operation,
            "user": asked.user,
            "certificate_serial": asked.certificate_serial,
            "since": _iso(asked.since) if asked.since else "",
            "until": _iso(asked.until) if asked.until else "",
            "result": asked.result,
            "text": asked.text,
            "before": "" if before is None else str(before),
            "limit": str(limit),
        }
        answer = self._get("/records", {name: value for name, value in params.items() if value})
        return tuple(records.usage_record(r) for r in answer)

    def record_content(self, number: int) -> records.RecordContent:
        """Return a usage record with everything that its hash covers."""
        return records.record_content(self._get(f"/records/{number}"))

    # -- operator --------------------------------------------------------------------------------------------------

    def orders_to_review(self, state: str = "pending_review") -> tuple[Order, ...]:
        """Return orders for the review desk."""
        return tuple(records.order(o) for o in self._get("/review/orders", {"state": state}))

    def review_order(
        self,
        order_id: str,
        *,
        approve: bool,
        reason: str = "",
        unit_kind: OrganizationKind = OrganizationKind.BIDDER,
    ) -> None:
        """Decide on an order, and for a first one what its unit is to tenders."""
        body = {"approve": approve, "reason": reason, "unit_kind": str(unit_kind)}
        self._post(f"/review/orders/{order_id}", body)

    def order_file(self, order_id: str, which: str) -> bytes:
        """Fetch an order's "licence" or "letter", or one of its further papers by number ("0", "1", …)."""
        return self._http.request("GET", f"{_API}/review/orders/{order_id}/files/{which}", headers=self._bearer())

    def seals_to_review(self, state: str = "pending_review") -> tuple[Seal, ...]:
        """Return seal applications for the review desk."""
        return tuple(records.seal(s) for s in self._get("/review/seals", {"state": state}))

    def review_seal(self, seal_id: str, *, approve: bool, reason: str = "") -> None:
        """Decide on a seal application."""
        self._post(f"/review/seals/{seal_id}", {"approve": approve, "reason": reason})

    def revoke_certificate(self, serial: str, reason: str) -> None:
        """Revoke a certificate; its seals become void."""
        self._post(f"/review/certificates/{serial}/revoke", {"reason": reason})


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
