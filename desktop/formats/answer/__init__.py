"""Verification of a phone's answer: the same bytes, judged by the same code, on desktop and platform.

Refuses everything that is not exactly one consent of an allowed certificate to this challenge: see `verify_answer`.
Whether the certificate's path is good and unrevoked is the caller's to decide (formats.trust with the caller's data).
Source: docs/protocol.md, Answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.suites import PublicKey, load_spki, suite_of, verify
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer.tender import check_tender_result
from desktop.protocol.bid_items import SignPackageItem
from desktop.protocol.camera import CameraAnswer
from desktop.protocol.challenge import Challenge, enrolment_statement, read_challenge, workstation_id_of
from desktop.protocol.items import (
    BY_NEW_KEY,
    ISSUING,
    ChangePasswordItem,
    DownloadItem,
    EnrolItem,
    SealItem,
    SuccessorItem,
)
from desktop.protocol.messages import Answer, Claim
from desktop.protocol.tender_items import TenderItem
from desktop.protocol.transcript import AnyTranscript, CameraTranscript, Consent, key_request, results_hash

__all__ = ["VerifiedAnswer", "statement_of", "verify_answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedAnswer:
    """An answer whose every signature was checked. `signer` is None where the new key answers (download, reissue).

    In camera mode `claim` is the answer itself, which holds what a claim says of the phone, and `t2` is T0.
    """

    challenge: Challenge
    claim: Claim | CameraAnswer
    answer: Answer
    t0: bytes
    t2: bytes
    signer: CertificateFacts | None
    transcript: AnyTranscript
    #: The exact bytes that the answer's signature covers.
    consent: bytes


def verify_answer(transcript: AnyTranscript, *, signer_of: Callable[[str], bytes | None]) -> VerifiedAnswer:
    """Verify one ceremony's transcript.

    `signer_of` gives the DER of the certificate with a serial number, or None if the caller knows none.

    Raises:
        RejectedError: with the code that names what is wrong; nothing was accepted.
    """
    challenge = read_challenge(transcript.challenge)
    claim, answer = _said(challenge, transcript)
    if len(answer.results) != len(challenge.items):
        raise RejectedError("ceremony.malformed", "results and items differ in number")
    t2 = transcript.t2
    signer: CertificateFacts | None = None
    if challenge.operation in BY_NEW_KEY:
        if answer.certificate:
            raise RejectedError("ceremony.certificate_not_allowed", "signed by its new key")
        key, signer_sha256 = _new_key(challenge, answer, t2), sha256(answer.results[0]["sign"])
    else:
        signer = _allowed_signer(challenge, answer, signer_of)
        key, signer_sha256 = signer.public_key, signer.sha256
        _check_own(challenge, signer)
        if challenge.operation in ISSUING:
            _new_key(challenge, answer, t2)
    consent = Consent(
        challenge=challenge,
        t2=t2,
        phone_nonce=claim.nonce,
        signer_sha256=signer_sha256,
        language=answer.language,
        results_sha256=results_hash(answer.results),
    ).to_be_signed()
    if not verify(key, consent, answer.signature):
        raise RejectedError("ceremony.signature_invalid", "consent")
    _check_content(challenge, answer.results, key)
    return VerifiedAnswer(
        challenge=challenge,
        claim=claim,
        answer=answer,
        t0=transcript.t0,
        t2=t2,
        signer=signer,
        transcript=transcript,
        consent=consent,
    )


def _said(challenge: Challenge, transcript: AnyTranscript) -> tuple[Claim | CameraAnswer, Answer]:
    """Read what the phone said, by the rules of the mode that the challenge is for: neither counts in the other."""
    if isinstance(transcript, CameraTranscript) != challenge.is_camera:
        raise RejectedError("ceremony.wrong_purpose", "camera and relay")
    if isinstance(transcript, CameraTranscript):
        said = CameraAnswer.read(challenge.operation, transcript.answer)
        return said, said.answer
    claim = Claim.read(transcript.claim)
    if not equal(sha256(transcript.r), challenge.r_hash):
        raise RejectedError("ceremony.signature_invalid", "r does not fit its commitment")
    return claim, Answer.read(challenge.operation, transcript.answer)


def _allowed_signer(challenge: Challenge, answer: Answer, signer_of: Callable[[str], bytes | None]) -> CertificateFacts:
    if challenge.certificates:
        if answer.certificate not in challenge.certificates:
            raise RejectedError("ceremony.certificate_not_allowed", "not in the challenge's list")
    elif challenge.operation not in (Operation.LOGIN, Operation.ENROL_WORKSTATION):
        raise RejectedError("ceremony.certificate_not_allowed", "the challenge names no certificate")
    der = signer_of(answer.certificate) if answer.certificate else None
    if der is None:
        raise RejectedError("ceremony.certificate_not_allowed", "unknown serial number")
    signer = read_certificate(der)
    if signer.serial != answer.certificate or signer.is_ca or not signer.may_sign:
        raise RejectedError("ceremony.certificate_not_allowed", "not a signing certificate of that number")
    if challenge.credit_code and signer.credit_code != challenge.credit_code:
        raise RejectedError("ceremony.certificate_not_allowed", "another organization")
    if not challenge.credit_code and challenge.operation is not Operation.LOGIN:
        raise RejectedError("ceremony.certificate_not_allowed", "the challenge names no organization")
    return signer


def _check_own(challenge: Challenge, signer: CertificateFacts) -> None:
    """Demand that what is done to a certificate is agreed to by its own key."""
    for item in challenge.items:
        if isinstance(item, SuccessorItem):
            about = item.old_serial
        elif isinstance(item, ChangePasswordItem):
            about = item.serial_number
        else:
            continue
        if about != signer.serial:
            raise RejectedError("ceremony.certificate_not_allowed", "about another certificate")


def _new_key(challenge: Challenge, answer: Answer, t2: bytes) -> PublicKey:
    item, result = challenge.items[0], answer.results[0]
    assert isinstance(item, DownloadItem)
    key, encryption_key = load_spki(result["sign"]), load_spki(result["enc"])
    if result["sign"] == result["enc"]:
        raise RejectedError("ceremony.key_not_allowed", "one key for signing and encryption")
    if suite_of(key) != item.suite or suite_of(encryption_key) != item.suite:
        raise RejectedError("ceremony.key_not_allowed", "another suite than ordered")
    request = key_request(sign_spki=result["sign"], enc_spki=result["enc"], order_id=item.order_id, t2=t2)
    if not verify(key, request, result["req_sig"]):
        raise RejectedError("ceremony.signature_invalid", "key request")
    return key


def _check_content(challenge: Challenge, results: tuple[Mapping[str, Any], ...], key: PublicKey) -> None:
    """Check the signatures that an operation's results are made of, beside the consent over them."""
    for item, result in zip(challenge.items, results, strict=True):
        if "error" in result:
            continue
        if isinstance(item, TenderItem):
            check_tender_result(item, result, key)
            continue
        if isinstance(item, SealItem | SignPackageItem):
            message, what = item.signed_attributes, "signed attributes"
        elif isinstance(item, EnrolItem):
            if workstation_id_of(item.workstation_key) != challenge.workstation_id:
                raise RejectedError("ceremony.wrong_purpose", "the key of another workstation")
            message, what = statement_of(challenge, item), "enrolment"
        else:
            continue
        if not verify(key, message, result["sig"]):
            raise RejectedError("ceremony.signature_invalid", what)


def statement_of(challenge: Challenge, item: EnrolItem) -> bytes:
    """Return the enrolment statement that an `enrol_workstation` challenge asks for."""
    return enrolment_statement(
        platform=challenge.platform,
        credit_code=challenge.credit_code,
        workstation_key=item.workstation_key,
        workstation_name=item.name,
        issued_at=challenge.issued_at,
    )
