"""Answers: one good one has one effect, every other is refused by name (T1, T6, T8, T9, T10, T21, T53)."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import Suite, generate_key, generate_p256, load_point, point_of, sign, spki_of, verify
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import verify_answer
from desktop.protocol import cose
from desktop.protocol.challenge import UNSIGNED_OPERATIONS, workstation_id_of
from desktop.protocol.items import BY_NEW_KEY, EnrolItem
from desktop.protocol.messages import (
    RECEIPT_USE,
    Answer,
    Outcome,
    PhoneMessage,
    Proof,
    Reason,
    Receipt,
    ReplyType,
)
from desktop.protocol.transcript import Consent, Transcript
from desktop.signing.ceremony import DeleteMailbox, Ended, State
from tests.ceremony.bench import (
    OTHER_CODE,
    SLOT,
    Bench,
    Holder,
    ProbePhone,
    envelope_for,
    holder,
    items_of,
    make_holder,
    seal_item,
)

SIGNED_BY_CERTIFICATE = [o for o in Operation if o not in BY_NEW_KEY]


def answered(operation: Operation, signer: Holder | None = None, **changes: Any) -> tuple[Bench, ProbePhone]:
    bench = Bench().start(operation)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(signer or holder(), **changes))
    return bench, phone


def refused(bench: Bench, phone: ProbePhone) -> str:
    """Demand that nothing took effect; return the code that the phone and the desktop were told alike."""
    assert bench.ceremony.state is State.REFUSED
    assert bench.verified == []
    assert bench.consumed == set()
    assert bench.ended is not None
    (reply,) = bench.replies_to(phone)
    assert (reply.kind, reply.code) == (ReplyType.ENDED, bench.ended.code)
    return bench.ended.code


@pytest.mark.parametrize(
    ("operation", "enrolled"), [*((o, True) for o in Operation), *((o, False) for o in sorted(UNSIGNED_OPERATIONS))]
)
def test_the_honest_answer_takes_effect_once_and_is_receipted(operation: Operation, enrolled: bool) -> None:
    bench = Bench(enrolled=enrolled).start(operation)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(holder()))
    assert bench.ceremony.state is State.ACTING
    (verified,) = bench.verified
    assert verified.t2 == phone.t2
    assert bench.consumed == {phone.t0}
    assert (verified.signer is None) == (operation in BY_NEW_KEY)
    bench.take(bench.ceremony.finish(Outcome.DONE, results=[{"name": "x"}]))
    (reply,) = bench.replies_to(phone)
    document = reply.document
    if enrolled:
        document = cose.open1(document, use=RECEIPT_USE, key=load_point(phone.challenge.workstation_key))
    receipt = Receipt.read(document)
    assert (receipt.t2, receipt.outcome, receipt.results) == (phone.t2, Outcome.DONE, ({"name": "x"},))
    assert bench.events[-2:] == [DeleteMailbox(token=phone.qr.token), Ended(state=State.DONE)]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_reaches_the_phone(outcome: Outcome) -> None:
    bench, phone = answered(Operation.SEAL)
    bench.take(bench.ceremony.finish(outcome, code="ceremony.nothing_done"))
    good = outcome in (Outcome.DONE, Outcome.PARTIAL)
    assert bench.ceremony.state is (State.DONE if good else State.REFUSED)
    (reply,) = bench.replies_to(phone)
    receipt = Receipt.read(cose.payload_of(reply.document)[0])
    assert (receipt.outcome, receipt.code) == (outcome, "ceremony.nothing_done")


# -- T1: replay ------------------------------------------------------------------------------------------------------


def test_t01_the_same_answer_twice_is_one_effect() -> None:
    bench = Bench().start()
    phone = bench.claimed_phone()
    frame = phone.answer(holder())
    for _ in range(100):
        bench.post(phone, frame)
    assert len(bench.verified) == 1
    assert len(bench.judged) == 1


def test_t01_an_answer_of_an_earlier_ceremony_is_unreadable_in_the_next() -> None:
    first, second = Bench(seed=1).start(), Bench(seed=2).start()
    old = first.claimed_phone()
    frame = old.answer(holder())
    phone = second.claimed_phone()
    second.post(phone, frame)
    assert second.warnings == ["ceremony.message_unreadable"]
    assert second.verified == []
    second.post(phone, phone.answer(holder()))
    assert len(second.verified) == 1


def test_t01_the_plaintext_of_an_earlier_answer_sealed_anew_is_refused() -> None:
    first, second = Bench(seed=1).start(), Bench(seed=2).start()
    old = first.claimed_phone()
    phone = second.claimed_phone()
    second.post(phone, phone.frame(PhoneMessage.ANSWER, old.answer_bytes(holder())))
    assert refused(second, phone) == "ceremony.signature_invalid"


def test_t01_a_ceremony_consumed_before_is_not_done_again() -> None:
    bench = Bench().start()
    bench.consumed.add(bench.ceremony.t0)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(holder()))
    assert bench.ended == Ended(state=State.REFUSED, code="ceremony.already_used")
    assert bench.verified == []


# -- T6, T8: the right answer to another question ---------------------------------------------------------------------


def test_t06_swapped_answers_of_two_running_ceremonies_are_both_unreadable() -> None:
    benches = [Bench(seed=1).start(), Bench(seed=2).start()]
    phones = [b.claimed_phone() for b in benches]
    frames = [p.answer(holder()) for p in phones]
    for bench, phone, frame in zip(benches, phones, reversed(frames), strict=True):
        bench.post(phone, frame)
        assert bench.verified == []
        assert bench.ceremony.state is State.CLAIMED
    for bench, phone, frame in zip(benches, phones, frames, strict=True):
        bench.post(phone, frame)
        assert len(bench.verified) == 1


def test_t08_every_operation_accepts_its_own_answer() -> None:
    for operation in Operation:
        assert len(answered(operation)[0].verified) == 1


@pytest.mark.parametrize(("asked", "given"), list(permutations(Operation, 2)))
def test_t08_an_answer_made_for_another_operation_is_refused(asked: Operation, given: Operation) -> None:
    """The holder agreed to `given` in his own words and bytes; a confused desktop passes it off as `asked`."""
    donor = Bench(seed=2).start(given)
    donated = donor.claimed_phone()
    bench = Bench(seed=1).start(asked)
    phone = bench.claimed_phone()
    bench.post(phone, phone.frame(PhoneMessage.ANSWER, donated.answer_bytes(holder())))
    assert refused(bench, phone) in {
        "ceremony.malformed",
        "ceremony.signature_invalid",
        "ceremony.certificate_not_allowed",
    }


@pytest.mark.parametrize(("asked", "given"), list(permutations(Operation, 2)))
def test_t08_even_within_one_transcript_the_operation_is_signed(asked: Operation, given: Operation) -> None:
    """Everything but the operation is right: the phone was shown `given` under the very T2 of `asked`."""

    def shown_another(consent: Consent) -> Consent:
        return replace(consent, challenge=replace(consent.challenge, operation=given))

    bench, phone = answered(asked, consent=shown_another)
    assert refused(bench, phone) == "ceremony.signature_invalid"


CONSENT_CHANGES: dict[str, Callable[[Consent], Consent]] = {
    "another T2": lambda c: replace(c, t2=sha256(c.t2)),
    "another phone nonce": lambda c: replace(c, phone_nonce=b"\x00" * 32),
    "another certificate": lambda c: replace(c, signer_sha256=b"\x00" * 32),
    "another language": lambda c: replace(c, language="en"),
    "other results": lambda c: replace(c, results_sha256=b"\x00" * 32),
    "another platform": lambda c: replace(c, challenge=replace(c.challenge, platform="other")),
    "another organization": lambda c: replace(c, challenge=replace(c.challenge, organization="乙公司")),
    "another credit code": lambda c: replace(c, challenge=replace(c.challenge, credit_code=OTHER_CODE)),
    "another template": lambda c: replace(c, challenge=replace(c.challenge, template_version=2)),
}


@pytest.mark.parametrize("change", CONSENT_CHANGES)
@pytest.mark.parametrize("operation", list(Operation))
def test_t06_a_consent_that_differs_in_one_field_is_refused(operation: Operation, change: str) -> None:
    bench, phone = answered(operation, consent=CONSENT_CHANGES[change])
    assert refused(bench, phone) == "ceremony.signature_invalid"


def test_t09_a_consent_never_is_what_a_document_signature_covers() -> None:
    bench = Bench().start(Operation.LOGIN)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(holder()))
    verified = bench.verified[0]
    consent = Consent(
        challenge=verified.challenge,
        t2=verified.t2,
        phone_nonce=verified.claim.nonce,
        signer_sha256=sha256(holder().certificate),
        language="zh",
        results_sha256=b"\x00" * 32,
    ).to_be_signed()
    assert consent[0] == 0x42
    assert seal_item().signed_attributes[0] == 0x31
    public = holder().key.public_key()
    assert not verify(public, seal_item().signed_attributes, verified.answer.signature)


def test_t09_a_signature_over_a_bare_digest_is_no_seal() -> None:
    item = seal_item()
    bench, phone = answered(Operation.SEAL, results=({"sig": sign(holder().key, item.tbs_sha256)},))
    assert refused(bench, phone) == "ceremony.signature_invalid"


# -- T10: who signs ---------------------------------------------------------------------------------------------------


def with_holder(operation: Operation, signer: Holder, **changes: Any) -> tuple[Bench, ProbePhone]:
    bench = Bench()
    bench.known[signer.serial] = signer.certificate
    bench.start(operation, **changes)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(signer))
    return bench, phone


@pytest.mark.parametrize("operation", SIGNED_BY_CERTIFICATE)
@pytest.mark.parametrize(
    "signer",
    [
        make_holder(credit_code=OTHER_CODE, organization="乙公司"),
        make_holder(may_sign=False),
        make_holder(is_ca=True),
    ],
    ids=["another organization", "encryption certificate", "CA certificate"],
)
def test_t10_a_certificate_that_may_not_sign_here_is_refused(operation: Operation, signer: Holder) -> None:
    bench, phone = with_holder(operation, signer, certificates=(signer.serial,))
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"


@pytest.mark.parametrize("operation", [Operation.SEAL, Operation.CLAIM_SEAL, Operation.LOGIN])
def test_t10_a_colleague_who_is_not_on_the_list_is_refused(operation: Operation) -> None:
    colleague = make_holder(name="李四")
    bench, phone = with_holder(operation, colleague, certificates=(holder().serial,))
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"
    allowed, _ = with_holder(Operation.LOGIN, colleague, certificates=())
    assert len(allowed.verified) == 1


def test_t10_an_unknown_serial_number_is_refused() -> None:
    bench = Bench(known={})
    bench.start(Operation.LOGIN)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(holder()))
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"


def test_t10_a_certificate_behind_another_number_is_refused() -> None:
    other = make_holder()
    bench = Bench()
    bench.known[holder().serial] = other.certificate
    bench.start(Operation.LOGIN)
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(other, certificate=holder().serial))
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"


def test_t10_somebody_elses_number_does_not_help_without_his_key() -> None:
    thief = make_holder()
    bench, phone = answered(Operation.LOGIN, signer=thief, certificate=holder().serial)
    assert refused(bench, phone) == "ceremony.signature_invalid"


def test_a_seal_must_name_its_certificate_and_its_organization() -> None:
    bench, phone = with_holder(Operation.SEAL, holder(), certificates=())
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"
    stranger = make_holder(credit_code="")
    bench, phone = with_holder(Operation.SEAL, stranger, certificates=(stranger.serial,), credit_code="")
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"


def test_login_without_an_organization_takes_any_holder() -> None:
    bench, _ = with_holder(Operation.LOGIN, make_holder(credit_code=OTHER_CODE), credit_code="", organization="")
    assert len(bench.verified) == 1


def test_an_empty_serial_number_is_for_downloads_only() -> None:
    bench, phone = answered(Operation.LOGIN, certificate="")
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"
    bench, phone = answered(Operation.DOWNLOAD, certificate="AB")
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"


# -- results ----------------------------------------------------------------------------------------------------------


def test_a_partial_answer_serves_the_other_items() -> None:
    items = (seal_item("甲.pdf"), seal_item("乙.pdf"))
    bench = Bench().start(Operation.SEAL, items=items)
    phone = bench.claimed_phone()
    good = phone.results(holder(), generate_p256())
    bench.post(phone, phone.answer(holder(), results=(good[0], {"error": "phone.attributes_differ"})))
    assert bench.verified[0].answer.results[1] == {"error": "phone.attributes_differ"}


@pytest.mark.parametrize(
    "results",
    [
        (),
        ({"sig": b"\x00" * 64}, {"sig": b"\x00" * 64}),
        ({"sig": b"\x00" * 64, "more": 1},),
        ({"sig": b"\x00" * 63},),
        ({"sig": b"\x00" * 385},),
        ({},),
        ({"error": "x", "sig": b"\x00" * 64},),
    ],
    ids=["none", "too many", "unknown field", "short", "long", "missing", "both"],
)
def test_results_of_another_form_are_refused(results: Any) -> None:
    bench, phone = answered(Operation.SEAL, results=results)
    assert refused(bench, phone) == "ceremony.malformed"


@pytest.mark.parametrize("signature", [b"\x00" * 64, b"\xff" * 64, b"\x01" * 256])
@pytest.mark.parametrize("operation", [Operation.SEAL, Operation.ENROL_WORKSTATION])
def test_a_result_signature_of_nobody_is_refused(operation: Operation, signature: bytes) -> None:
    bench, phone = answered(operation, results=({"sig": signature},))
    assert refused(bench, phone) == "ceremony.signature_invalid"


def test_t06_swapped_signatures_of_two_documents_are_refused() -> None:
    bench = Bench().start(Operation.SEAL, items=(seal_item("甲.pdf"), seal_item("乙.pdf")))
    phone = bench.claimed_phone()
    first, second = phone.results(holder(), generate_p256())
    bench.post(phone, phone.answer(holder(), results=(second, first)))
    assert refused(bench, phone) == "ceremony.signature_invalid"


def test_an_error_in_place_of_a_login_is_malformed() -> None:
    for operation in (Operation.LOGIN, Operation.DOWNLOAD, Operation.ENROL_WORKSTATION, Operation.CLAIM_SEAL):
        bench, phone = answered(operation, results=({"error": "phone.declined"},))
        assert refused(bench, phone) == "ceremony.malformed"


def test_t04_the_key_of_another_workstation_is_not_enrolled_by_this_one() -> None:
    strange = EnrolItem(workstation_key=point_of(generate_p256()), name="投标部-01")
    bench = Bench(enrolled=False).start(Operation.ENROL_WORKSTATION, items=(strange,))
    phone = bench.claimed_phone()
    assert workstation_id_of(strange.workstation_key) != phone.challenge.workstation_id
    bench.post(phone, phone.answer(holder()))
    assert refused(bench, phone) == "ceremony.wrong_purpose"


@pytest.mark.parametrize("operation", [Operation.SEAL, Operation.CLAIM_SEAL])
def test_t04_a_workstation_that_nobody_enrolled_cannot_ask_for_a_seal(operation: Operation) -> None:
    bench = Bench(enrolled=False).start(operation)
    with pytest.raises(RejectedError) as caught:
        bench.phone()
    assert caught.value.code == "ceremony.workstation_not_enrolled"


# -- download ---------------------------------------------------------------------------------------------------------


def download(change: Callable[[ProbePhone, dict[str, bytes]], dict[str, bytes]]) -> tuple[Bench, ProbePhone]:
    bench = Bench().start(Operation.DOWNLOAD)
    phone = bench.claimed_phone()
    honest = dict(phone.results(holder(), generate_p256())[0])
    bench.post(phone, phone.answer(holder(), results=(change(phone, honest),)))
    return bench, phone


def _p384() -> bytes:
    return spki_of(ec.generate_private_key(ec.SECP384R1()))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _, r: {**r, "enc": r["sign"]}, "ceremony.key_not_allowed"),
        (lambda _, r: {**r, "enc": spki_of(generate_key(Suite.RSA2048))}, "ceremony.key_not_allowed"),
        (lambda _, r: {**r, "enc": _p384()}, "ceremony.key_not_allowed"),
        (lambda _, r: {**r, "enc": r["enc"] + b"\x00"}, "ceremony.key_not_allowed"),
        (lambda _, r: {**r, "enc": b"\x30\x00"}, "ceremony.key_not_allowed"),
        (lambda _, r: {**r, "sign": spki_of(generate_p256())}, "ceremony.signature_invalid"),
        (lambda _, r: {**r, "req_sig": b"\x00" * 64}, "ceremony.signature_invalid"),
        (lambda _, r: {**r, "enc": spki_of(generate_p256())}, "ceremony.signature_invalid"),
    ],
    ids=["one key twice", "another suite", "P-384", "trailing byte", "no key", "key of another", "junk", "enc swapped"],
)
def test_t21_a_download_with_keys_that_do_not_fit_is_refused(change: Any, code: str) -> None:
    bench, phone = download(change)
    assert refused(bench, phone) == code


def test_possession_is_proven_before_the_certificates_come() -> None:
    bench = Bench().start(Operation.DOWNLOAD)
    phone = bench.claimed_phone()
    enc_key = generate_p256()
    bench.post(phone, phone.answer(holder(), enc_key=enc_key))
    secret = b"\x33" * 32
    bench.take(bench.ceremony.ask_proof(envelope_for(bench.verified[0], secret)))
    (prove,) = bench.replies_to(phone)
    assert prove.kind is ReplyType.PROVE
    value = phone.possession(enc_key, prove.envelope)
    bench.post(phone, phone.frame(PhoneMessage.PROOF, Proof(value=value).write()))
    assert bench.proofs == [secret]
    assert bench.ceremony.state is State.ACTING


def test_a_proof_that_nobody_asked_for_or_that_is_malformed_counts_for_nothing() -> None:
    bench = Bench().start(Operation.DOWNLOAD)
    phone = bench.claimed_phone()
    proof = phone.frame(PhoneMessage.PROOF, Proof(value=b"\x01" * 32).write())
    bench.post(phone, proof)
    bench.post(phone, phone.answer(holder()))
    bench.post(phone, proof)
    assert (bench.proofs, bench.ceremony.state) == ([], State.ACTING)
    bench.take(bench.ceremony.ask_proof(b"1"))
    bench.post(phone, phone.frame(PhoneMessage.PROOF, Proof(value=b"\x01" * 31).write()))
    assert (bench.proofs, bench.ceremony.state) == ([], State.PROVING)


@pytest.mark.parametrize("wait_s", [29, 30])
def test_a_proof_is_waited_for_half_a_minute(wait_s: int) -> None:
    bench, _ = answered(Operation.DOWNLOAD)
    bench.take(bench.ceremony.ask_proof(b"1"))
    bench.tick(wait_s)
    assert bench.ceremony.state is (State.PROVING if wait_s < 30 else State.EXPIRED)


# -- time, decline, cancel --------------------------------------------------------------------------------------------


def test_an_answer_is_waited_for_two_minutes_and_once_two_more() -> None:
    bench = Bench().start()
    phone = bench.claimed_phone()
    more = phone.frame(PhoneMessage.EXTEND, Reason(code="phone.more_time").write())
    bench.tick(119)
    bench.post(phone, more)
    assert [r.kind for r in bench.replies_to(phone)] == [ReplyType.EXTENDED]
    bench.tick(119)
    assert bench.ceremony.state is State.CLAIMED
    assert bench.ceremony.remaining_s() == pytest.approx(2)
    bench.post(phone, phone.frame(PhoneMessage.EXTEND, Reason(code="phone.more_time").write()))
    assert bench.warnings == ["ceremony.already_used"]
    bench.tick(2)
    assert bench.ended == Ended(state=State.EXPIRED, code="ceremony.answer_timeout")
    (reply,) = bench.replies_to(phone)
    assert (reply.kind, reply.code) == (ReplyType.ENDED, "ceremony.answer_timeout")


@pytest.mark.parametrize(
    ("kind", "reason", "state", "code"),
    [
        (PhoneMessage.DECLINE, "phone.declined", State.DECLINED, "ceremony.declined"),
        (PhoneMessage.DECLINE, "phone.code_mismatch", State.DECLINED, "ceremony.code_mismatch"),
        (PhoneMessage.CANCEL, "ceremony.cancelled", State.CANCELLED, "ceremony.cancelled"),
    ],
)
def test_the_phone_may_say_no(kind: PhoneMessage, reason: str, state: State, code: str) -> None:
    bench = Bench().start()
    phone = bench.claimed_phone()
    bench.post(phone, phone.frame(kind, Reason(code=reason).write()))
    assert bench.ended == Ended(state=state, code=code)
    bench.post(phone, phone.answer(holder()))
    assert bench.verified == []


def test_cancel_of_the_user_reaches_the_phone_and_comes_too_late_once_acting() -> None:
    bench = Bench().start()
    phone = bench.claimed_phone()
    bench.take(bench.ceremony.cancel())
    assert [r.code for r in bench.replies_to(phone)] == ["ceremony.cancelled"]
    acting, _ = answered(Operation.SEAL)
    assert acting.ceremony.cancel() == []
    assert acting.ceremony.state is State.ACTING


def test_what_comes_after_the_end_is_left_aside() -> None:
    bench, phone = answered(Operation.SEAL)
    bench.take(bench.ceremony.finish(Outcome.DONE))
    count = len(bench.events)
    bench.post(phone, phone.answer(holder()), SLOT)
    bench.tick(1000)
    assert len(bench.events) == count
    assert bench.ceremony.remaining_s() == 0


@pytest.mark.parametrize("shown_s", [599, 601])
def test_a_code_is_shown_ten_minutes_and_then_waits_for_the_user(shown_s: int) -> None:
    bench = Bench().start()
    for _ in range(shown_s):
        bench.tick(1)
    assert bench.ceremony.state is (State.SHOWING if shown_s < 600 else State.PAUSED)
    assert (bench.ceremony.code() is None) == (shown_s >= 600)


def test_a_hidden_window_shows_nothing_and_goes_on_where_the_user_wants() -> None:
    bench = Bench().start()
    bench.take(bench.ceremony.hide())
    bench.take(bench.ceremony.hide())
    assert (bench.ceremony.code(), bench.ceremony.remaining_s()) == (None, 0)
    bench.take(bench.ceremony.renew())
    bench.claimed_phone()
    bench.take(bench.ceremony.hide())
    assert bench.ceremony.state is State.CLAIMED


def test_a_scan_just_before_the_window_was_hidden_still_counts() -> None:
    bench = Bench().start()
    phone = bench.phone()
    late = bench.phone(nonce=b"\x0b" * 32)
    bench.take(bench.ceremony.hide())
    bench.clock.advance(6)
    bench.post(late, late.claim(), "0b" * 16)
    assert bench.ceremony.state is State.PAUSED
    fresh = Bench().start()
    phone = fresh.phone()
    fresh.take(fresh.ceremony.hide())
    fresh.post(phone, phone.claim())
    assert fresh.ceremony.state is State.CLAIMED


def test_the_round_before_the_last_is_forgotten_and_its_mailbox_deleted() -> None:
    bench = Bench().start()
    first = bench.phone()
    bench.tick(60)
    assert bench.deleted == []
    bench.tick(6)
    assert bench.deleted == [first.qr.token]
    assert bench.post(first, first.claim()) == []


# -- the transcript that goes to the platform -------------------------------------------------------------------------


def test_the_platform_judges_the_same_bytes() -> None:
    bench, _ = answered(Operation.LOGIN)
    handed = bench.verified[0].transcript.write()
    read = Transcript.read(handed)
    assert read == bench.verified[0].transcript
    assert (read.t0, read.t2) == (bench.verified[0].t0, bench.verified[0].t2)


def test_t50_a_transcript_with_another_r_is_refused() -> None:
    from desktop.domain.errors import RejectedError

    bench, _ = answered(Operation.LOGIN)
    forged = replace(bench.verified[0].transcript, r=b"\x00" * 32)
    with pytest.raises(RejectedError) as caught:
        verify_answer(forged, signer_of=bench.known.get)
    assert caught.value.code == "ceremony.signature_invalid"


def test_an_answer_is_what_it_was_written_as() -> None:
    bench, phone = answered(Operation.SEAL)
    answer = bench.verified[0].answer
    assert Answer.read(Operation.SEAL, answer.write()) == answer
    assert items_of(Operation.SEAL) == phone.challenge.items


@pytest.mark.parametrize("operation", [Operation.RENEW, Operation.CHANGE_PASSWORD])
def test_what_is_done_to_a_certificate_is_agreed_to_by_its_own_key(operation: Operation) -> None:
    """A colleague of the same unit may be listed by a desktop that lies; the certificate itself must have signed."""
    colleague = make_holder(name="李四")
    bench = Bench(known={h.serial: h.certificate for h in (holder(), colleague)})
    bench.start(operation, certificates=(holder().serial, colleague.serial))
    phone = bench.claimed_phone()
    bench.post(phone, phone.answer(colleague))
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"


def test_a_renewal_needs_the_old_certificates_agreement_and_the_new_keys_request() -> None:
    bench, phone = answered(Operation.RENEW, certificate="")
    assert refused(bench, phone) == "ceremony.certificate_not_allowed"
    bench = Bench().start(Operation.RENEW)
    phone = bench.claimed_phone()
    (honest,) = phone.results(holder(), generate_p256())
    bench.post(phone, phone.answer(holder(), results=({**honest, "req_sig": bytes(64)},)))
    assert refused(bench, phone) == "ceremony.signature_invalid"
