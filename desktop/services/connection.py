"""The connection check: platform, relay, time, timestamps, OCSP and revocation lists, one after the other.

Each is asked the way the work itself asks it, and judged by what the work would make of the answer; nothing is kept and
nobody is signed in. Source: manual 1; issue 5, section 1.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from desktop.crypto.certificates import is_issued_by, read_certificate
from desktop.crypto.crl import read_crl
from desktop.crypto.ocsp_query import OCSP_NONCE_BYTES, check_ocsp_reply, write_ocsp_query
from desktop.crypto.timestamps import NONCE_BYTES, TimestampQuery, nonce_from, read_reply, write_query
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage, RevocationData, check_path, check_timestamp
from desktop.portal.api import PlatformApi
from desktop.services.workspace import Workspace

log = logging.getLogger(__name__)

#: Slower than this is said; it still works.
SLOW_S = 2.0
#: Codes and timestamps allow a minute (docs/protocol.md §7); beyond five seconds it is worth saying.
OFFSET_SLOW_S, OFFSET_MOST_S = 5.0, 60.0
_TOKEN_BYTES, _OWNER_BYTES, _MAILBOX_TTL_S = 16, 32, 10
_DIGEST_BYTES = 32


class Probe(StrEnum):
    """What is asked, in this order."""

    PLATFORM = "platform"
    RELAY = "relay"
    TIME = "time"
    TSA = "tsa"
    OCSP = "ocsp"
    CRL = "crl"


class Grade(StrEnum):
    """How it went."""

    OK = "ok"
    SLOW = "slow"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one probe. `code` is of the catalogue, "" = none; `offset_s`: platform's time minus ours."""

    probe: Probe
    grade: Grade
    took_s: float = 0.0
    code: str = ""
    detail: str = ""
    offset_s: float | None = None


class ConnectionCheck:
    """One run over all probes; blocking, for a worker."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        # Without a session: what fails here is the way, not the login.
        self._api = PlatformApi(workspace.http, lambda: None)
        self._service: tuple[bytes, ...] = ()
        self._offset_s: float | None = None

    def run(self, *, check: Callable[[], None]) -> Iterator[Finding]:
        """Yield each finding as it comes; `check` is called before each probe and may raise to stop."""
        for probe in Probe:
            check()
            yield self._find(probe)

    def _find(self, probe: Probe) -> Finding:
        asks: dict[Probe, Callable[[], None]] = {
            Probe.PLATFORM: self._platform,
            Probe.RELAY: self._relay,
            Probe.TIME: self._time,
            Probe.TSA: self._tsa,
            Probe.OCSP: self._ocsp,
            Probe.CRL: self._crl,
        }
        clock = self._workspace.clock
        before = clock.monotonic()
        try:
            asks[probe]()
        except BidSealError as error:
            log.info("connection check: %s failed, %s", probe, error.code)
            took = clock.monotonic() - before
            return Finding(
                probe=probe,
                grade=Grade.FAILED,
                took_s=took,
                code=error.code,
                detail=error.detail,
                offset_s=self._offset_s if probe is Probe.TIME else None,
            )
        took = clock.monotonic() - before
        offset = self._offset_s if probe is Probe.TIME else None
        is_slow = took > SLOW_S or (offset is not None and abs(offset) > OFFSET_SLOW_S)
        return Finding(probe=probe, grade=Grade.SLOW if is_slow else Grade.OK, took_s=took, offset_s=offset)

    def _platform(self) -> None:
        """Demand that it is the platform of the profile: the same id and the same root."""
        identity, profile = self._api.identity(), self._workspace.profile
        if (identity.platform_id, identity.root) != (profile.platform_id, profile.root):
            raise RejectedError("portal.wrong_platform", identity.platform_id)

    def _relay(self) -> None:
        """Open a mailbox as a scan does, look into it, and take it away."""
        relay, random = self._workspace.parts.relay, self._workspace.random
        token, owner = random(_TOKEN_BYTES), random(_OWNER_BYTES)
        relay.open(token=token, owner=owner, challenge=random(_DIGEST_BYTES), ttl_s=_MAILBOX_TTL_S)
        relay.inbox(token=token, owner=owner, after=0, wait_s=0)
        relay.delete(token=token, owner=owner)

    def _time(self) -> None:
        clock = self._workspace.clock
        before = clock.monotonic()
        theirs = self._api.time()
        age = timedelta(seconds=(clock.monotonic() - before) / 2)
        self._offset_s = (theirs + age - clock.now()).total_seconds()
        if abs(self._offset_s) > OFFSET_MOST_S:
            raise RejectedError("portal.clock_off", f"{self._offset_s:+.0f} s")

    def _tsa(self) -> None:
        workspace = self._workspace
        digest, nonce = workspace.random(_DIGEST_BYTES), nonce_from(workspace.random(NONCE_BYTES))
        token = read_reply(
            self._api.timestamp(write_query(TimestampQuery(algorithm="sha256", digest=digest, nonce=nonce)))
        )
        judged = check_timestamp(
            token,
            workspace.trust.anchors,
            digest_of=lambda name: digest if name == "sha256" else b"",
            now=workspace.clock.now(),
            revocation=RevocationData(crls=(self._api.crl("root"), self._api.crl("issuing"))),
            nonce=nonce,
        )
        if judged.verdict is not Verdict.VALID:
            raise UnavailableError(judged.reasons[0].code, judged.reasons[0].detail)
        self._service = judged.path

    def _ocsp(self) -> None:
        """Ask about the timestamp service's own certificate, which everybody may know, and judge by the answer."""
        if not self._service:
            raise UnavailableError("verify.evidence_unavailable", "no timestamp, so no certificate to ask about")
        workspace, subject = self._workspace, self._service[0]
        facts = read_certificate(subject)
        issuer = next((i for i in workspace.profile.issuing if is_issued_by(facts, read_certificate(i))), None)
        if issuer is None:
            raise UnavailableError("verify.evidence_unavailable", "issuer unknown")
        nonce = workspace.random(OCSP_NONCE_BYTES)
        reply = check_ocsp_reply(self._api.ocsp(write_ocsp_query(subject, issuer, nonce)), subject, nonce)
        verdict = check_path(
            subject,
            workspace.trust.anchors,
            at=workspace.clock.now(),
            revocation=RevocationData(crls=(self._api.crl("root"),), ocsps=(reply,)),
            usage=CertificateUsage.TIMESTAMP,
        )
        if verdict.verdict is not Verdict.VALID:
            raise UnavailableError("verify.ocsp_refused", ", ".join(r.code for r in verdict.reasons))

    def _crl(self) -> None:
        profile, now = self._workspace.profile, self._workspace.clock.now()
        for name, issuer in (("root", profile.root), ("issuing", profile.issuing[0])):
            age = read_crl(self._api.crl(name), issuer_spki=read_certificate(issuer).spki)
            if age.next_update is not None and age.next_update <= now:
                raise UnavailableError("portal.crl_stale", name)
