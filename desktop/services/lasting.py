"""Making seals last: timestamps from the platform's service, and the evidence about all certificates concerned.

Nothing is taken on trust: a token or an answer that this workstation itself would not accept never reaches a file.
When the service is down a seal is made without (docs/protocol.md §3); within one scan it is not asked again then.
Source: RFC 3161, RFC 6960, EN 319 142-1 §6.3.
"""

import logging
import threading
from pathlib import Path

from desktop.crypto.certificates import is_issued_by, read_certificate
from desktop.crypto.ocsp_query import OCSP_NONCE_BYTES, check_ocsp_reply, write_ocsp_query
from desktop.crypto.timestamps import NONCE_BYTES, TimestampQuery, nonce_from, read_reply, write_query
from desktop.domain.errors import BidSealError, UnavailableError
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage, RevocationData, check_path, check_timestamp
from desktop.services.workspace import Workspace
from desktop.signing.pdf import LongTermEvidence, SealedDocument, SealLevel, extend_lt
from desktop.store.files import replace

log = logging.getLogger(__name__)


class Lasting:
    """Timestamps and evidence for documents signed with certain certificates (DER). Thread-safe."""

    def __init__(self, workspace: Workspace, *certificates: bytes) -> None:
        self._workspace = workspace
        self._certificates = certificates
        self._service: tuple[bytes, ...] = ()
        self._evidence: LongTermEvidence | None = None
        self._problem: BidSealError | None = None
        self._no_evidence: BidSealError | None = None
        self._collecting = threading.Lock()

    def timestamp(self, digest: bytes) -> bytes:
        """Return a trusted token over a SHA-256, DER.

        Raises:
            BidSealError: there is none to be had, with the reason.
        """
        if self._problem is not None:
            raise self._problem
        try:
            return self._ask(digest)
        except BidSealError as error:
            log.info("no timestamp: %s", error.code)
            self._problem = error
            raise

    def extend(self, sealed: SealedDocument) -> tuple[SealedDocument, str]:
        """Add the evidence to a file with a timestamp (in place) and return it with the code of what is missing."""
        if sealed.level is not SealLevel.B_T:
            return sealed, sealed.note
        try:
            return extend_lt(Path(sealed.path), self.evidence(), replace=replace), ""
        except BidSealError as error:
            log.info("no long-term evidence: %s", error.code)
            return sealed, error.code

    def evidence(self) -> LongTermEvidence:
        """Return the evidence, the same for all documents; where it could not be had once, do not ask again.

        Raises:
            BidSealError: there is none to be had, with the reason.
        """
        with self._collecting:
            if self._no_evidence is not None:
                raise self._no_evidence
            try:
                return self._collect()
            except BidSealError as error:
                self._no_evidence = error
                raise

    def _ask(self, digest: bytes) -> bytes:
        workspace = self._workspace
        nonce = nonce_from(workspace.random(NONCE_BYTES))
        query = write_query(TimestampQuery(algorithm="sha256", digest=digest, nonce=nonce))
        token = read_reply(workspace.api.timestamp(query))
        judged = check_timestamp(
            token,
            workspace.trust.anchors,
            digest_of=lambda name: digest if name == "sha256" else b"",
            now=workspace.clock.now(),
            revocation=workspace.trust.revocation(),
            nonce=nonce,
        )
        if judged.verdict is not Verdict.VALID:
            reason = judged.reasons[0]
            raise UnavailableError(reason.code, reason.detail)
        self._service = judged.path
        return token

    def _collect(self) -> LongTermEvidence:
        if self._evidence is None:
            api, anchors = self._workspace.api, self._workspace.trust.anchors
            signers, service = self._certificates, self._service[0]
            subjects = (*signers, service)
            ocsps = tuple(self._status(der) for der in subjects)
            crls = (api.crl("root"),)
            certificates = dict.fromkeys((*subjects, *self._service, *anchors.intermediates, *anchors.roots))
            made = LongTermEvidence(certificates=tuple(certificates), ocsps=ocsps, crls=crls)
            for der in signers:
                self._demand(der, made, CertificateUsage.SIGN)
            self._demand(service, made, CertificateUsage.TIMESTAMP)
            self._evidence = made
        return self._evidence

    def _status(self, der: bytes) -> bytes:
        facts = read_certificate(der)
        issuers = [i for i in self._workspace.trust.anchors.intermediates if is_issued_by(facts, read_certificate(i))]
        if not issuers:
            raise UnavailableError("verify.evidence_unavailable", "issuer unknown")
        nonce = self._workspace.random(OCSP_NONCE_BYTES)
        reply = self._workspace.api.ocsp(write_ocsp_query(der, issuers[0], nonce))
        return check_ocsp_reply(reply, der, nonce)

    def _demand(self, der: bytes, evidence: LongTermEvidence, usage: CertificateUsage) -> None:
        """Demand that the evidence alone proves a certificate good now."""
        verdict = check_path(
            der,
            self._workspace.trust.anchors,
            at=self._workspace.clock.now(),
            revocation=RevocationData(crls=evidence.crls, ocsps=evidence.ocsps),
            usage=usage,
        )
        if verdict.verdict is not Verdict.VALID:
            raise UnavailableError("verify.evidence_unavailable", ", ".join(r.code for r in verdict.reasons))
