"""Camera mode of the engine: codes out, texts in, one effect; a film of it is worth nothing (T1, T4, T8, T23, T28)."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import pytest

from desktop.crypto.primitives import hpke_open, sha256
from desktop.crypto.suites import generate_p256, load_point, sign
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import verify_answer
from desktop.protocol import cose
from desktop.protocol.camera import CameraContext, CameraKind, context, write_message
from desktop.protocol.challenge import RELAY_ONLY, read_challenge, write_challenge
from desktop.protocol.messages import RECEIPT_USE, Outcome, Receipt
from desktop.protocol.parts import CHUNK_BYTES, Part, Progress, split
from desktop.protocol.transcript import CameraTranscript, Transcript, read_transcript
from desktop.signing.ceremony import (
    CAMERA_TERMINAL,
    CAMERA_TRANSITIONS,
    CameraState,
    CameraTrigger,
    Ended,
    drawn,
)
from desktop.signing.ceremony.camera_states import camera_allows, camera_move
from tests.ceremony.bench import (
    Bench,
    envelope_for,
    holder,
    items_of,
    make_holder,
    make_workstation,
    seal_item,
    workstation_key,
)
from tests.ceremony.camera_bench import CAMERA_OPERATIONS, CameraBench

STATES_DOCUMENT = Path(__file__).parents[2] / "docs" / "ceremony-states.md"
_S, _T = CameraState, CameraTrigger

#: Said a second time, so that a change of the table is a change of two minds.
EXPECTED: dict[CameraState, dict[CameraTrigger, CameraState]] = {
    _S.NEW: {_T.START: _S.SHOWING},
    **{
        state: {
            _T.RENEW: _S.SHOWING,
            _T.PART: _S.READING,
            _T.UNREADABLE: _S.SHOWING,
            _T.GOOD_ANSWER: _S.ACTING,
            _T.BAD_ANSWER: _S.REFUSED,
            _T.SHOWN_TOO_LONG: _S.PAUSED,
            _T.WINDOW_HIDDEN: _S.PAUSED,
            _T.USER_CANCEL: _S.CANCELLED,
        }
        for state in (_S.SHOWING, _S.READING)
    },
    _S.PAUSED: {_T.RENEW: _S.SHOWING, _T.USER_CANCEL: _S.CANCELLED},
    _S.ACTING: {_T.ASK_PROOF: _S.PROVING, _T.FINISH: _S.RECEIPT, _T.REFUSE: _S.REFUSED},
    _S.PROVING: {
        _T.PART: _S.PROVING,
        _T.UNREADABLE: _S.PROVING,
        _T.PROOF: _S.ACTING,
        _T.PROOF_OVERDUE: _S.EXPIRED,
        _T.USER_CANCEL: _S.CANCELLED,
        _T.REFUSE: _S.REFUSED,
    },
    _S.RECEIPT: {_T.RECEIPT_LEFT: _S.DONE},
}


@pytest.mark.parametrize(("state", "trigger"), list(product(CameraState, CameraTrigger)))
def test_every_pair_moves_as_listed_or_is_refused(state: CameraState, trigger: CameraTrigger) -> None:
    target = EXPECTED.get(state, {}).get(trigger)
    assert camera_allows(state, trigger) is (target is not None)
    if target is None:
        with pytest.raises(MisuseError):
            camera_move(state, trigger)
    else:
        assert camera_move(state, trigger) is target


def test_final_states_are_final_and_there_is_one_way_to_an_effect() -> None:
    assert not {source for source, _ in CAMERA_TRANSITIONS} & CAMERA_TERMINAL
    into_acting = {pair for pair, target in CAMERA_TRANSITIONS.items() if target is _S.ACTING}
    assert into_acting == {
        (_S.SHOWING, _T.GOOD_ANSWER),
        (_S.READING, _T.GOOD_ANSWER),
        (_S.PROVING, _T.PROOF),
    }


def test_the_document_holds_the_diagram_of_the_table() -> None:
    diagram = drawn(CAMERA_TRANSITIONS, CAMERA_TERMINAL)
    assert f"```mermaid\n{diagram}```" in STATES_DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("operation", CAMERA_OPERATIONS)
def test_the_honest_answer_takes_effect_once_and_its_receipt_is_shown(operation: Operation) -> None:
    bench = CameraBench().start(operation)
    phone = bench.phone()
    codes = list(phone.shown_answer(holder()))
    Random(5).shuffle(codes)
    bench.read(codes)
    assert bench.ceremony.state is _S.ACTING
    (verified,) = bench.verified
    assert verified.t2 == verified.t0 == phone.t0
    assert verified.claim.nonce == phone.nonce
    assert bench.consumed == {phone.t0}
    assert [c.phone_name for c in bench.claims] == [phone.name]
    assert bench.ceremony.shown == ()
    bench.take(bench.ceremony.finish(Outcome.DONE, results=[{"name": "x"}]))
    kind, document = bench.shown_message()
    assert kind is CameraKind.RECEIPT
    receipt = Receipt.read(cose.open1(document, use=RECEIPT_USE, key=load_point(phone.challenge.workstation_key)))
    assert (receipt.t2, receipt.outcome, receipt.results) == (phone.t0, Outcome.DONE, ({"name": "x"},))
    assert bench.ended is None
    bench.take(bench.ceremony.cancel())
    assert bench.ended == Ended(state=_S.DONE)


def test_a_download_proves_its_new_key_by_two_more_sets_of_codes() -> None:
    bench = CameraBench().start(Operation.DOWNLOAD)
    phone, enc = bench.phone(), generate_p256()
    bench.read(phone.shown_answer(holder(), enc_key=enc))
    bench.take(bench.ceremony.ask_proof(envelope_for(bench.verified[0], b"\x05" * 32)))
    kind, envelope = bench.shown_message()
    assert kind is CameraKind.PROVE
    bench.read(phone.shown_answer(holder(), enc_key=enc))
    assert bench.warnings == ["ceremony.wrong_purpose"]
    bench.read(phone.shown_proof(phone.possession(enc, envelope)))
    assert bench.proofs == [b"\x05" * 32]
    assert bench.ceremony.state is _S.ACTING
    assert len(bench.verified) == 1


def test_progress_is_shown_while_the_answer_is_read() -> None:
    bench = CameraBench().start()
    codes = bench.phone().shown_answer(holder())
    assert len(codes) > 3
    bench.read(codes[1:3])
    assert (bench.ceremony.state, bench.ceremony.progress) == (_S.READING, Progress(have=2, total=len(codes)))
    bench.read(codes[:1] * 5)
    assert bench.ceremony.progress == Progress(have=3, total=len(codes))
    bench.read(codes)
    assert bench.ceremony.state is _S.ACTING


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.FAILED])
def test_an_effect_that_failed_ends_by_name_and_shows_nothing(outcome: Outcome) -> None:
    bench = CameraBench().start()
    bench.read(bench.phone().shown_answer(holder()))
    bench.take(bench.ceremony.finish(outcome, code="ceremony.nothing_done"))
    assert bench.ended == Ended(state=_S.REFUSED, code="ceremony.nothing_done")
    assert bench.ceremony.shown == ()


# -- who may ask ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", CAMERA_OPERATIONS)
def test_t04_a_workstation_that_nobody_enrolled_cannot_ask_by_camera(operation: Operation) -> None:
    with pytest.raises(RejectedError) as caught:
        CameraBench(enrolled=False).start(operation)
    assert caught.value.code == "ceremony.workstation_not_enrolled"


@pytest.mark.parametrize("operation", sorted(RELAY_ONLY))
def test_a_login_or_an_enrolment_does_not_go_by_camera(operation: Operation) -> None:
    with pytest.raises(RejectedError) as caught:
        CameraBench().start(operation)
    assert caught.value.code == "ceremony.wrong_purpose"
    challenge = replace(CameraBench().start().ceremony.challenge, operation=operation, items=items_of(operation))
    data = write_challenge(challenge, lambda m: sign(workstation_key(), m))
    with pytest.raises(RejectedError) as caught:
        read_challenge(data)
    assert caught.value.code == "ceremony.wrong_purpose"


def test_t04_an_unsigned_challenge_for_the_camera_is_refused() -> None:
    challenge = replace(CameraBench().start(Operation.DOWNLOAD).ceremony.challenge, enrolment=None, workstation_key=b"")
    with pytest.raises(RejectedError) as caught:
        read_challenge(write_challenge(challenge, None))
    assert caught.value.code == "ceremony.workstation_not_enrolled"


# -- T8: neither mode counts in the other -----------------------------------------------------------------------------


def test_t08_a_camera_answer_does_not_count_in_a_relay_ceremony_nor_the_other_way_round() -> None:
    relay, camera = Bench().start(), CameraBench().start()
    there, here = relay.claimed_phone(), camera.phone()
    as_camera = CameraTranscript(challenge=there.challenge_bytes, answer=here.camera_answer(holder()))
    as_relay = Transcript(
        challenge=here.challenge_bytes, claim=here.claim_bytes, r=there.r, answer=here.answer_bytes(holder())
    )
    for transcript in (as_camera, as_relay):
        assert read_transcript(transcript.write()) == transcript
        with pytest.raises(RejectedError) as caught:
            verify_answer(transcript, signer_of=camera.known.get)
        assert caught.value.code == "ceremony.wrong_purpose"
    honest = CameraTranscript(challenge=here.challenge_bytes, answer=here.camera_answer(holder()))
    assert verify_answer(read_transcript(honest.write()), signer_of=camera.known.get).t2 == here.t0


def test_t08_a_relay_context_is_unreadable_by_camera() -> None:
    bench = CameraBench().start()
    phone = bench.phone()
    for info in (b"BIDSEAL1/answer" + phone.t0, b"BIDSEAL1/claim" + phone.t0, context(CameraContext.PROOF, phone.t0)):
        bench.read(phone.codes(phone.camera_answer(holder()), info=info))
    assert bench.warnings == ["ceremony.message_unreadable"] * 3
    assert bench.ceremony.state is _S.SHOWING


def test_t06_a_consent_over_anything_but_t0_is_refused() -> None:
    bench = CameraBench().start()
    phone = bench.phone()
    bench.read(phone.shown_answer(holder(), consent=lambda c: replace(c, t2=sha256(c.t2))))
    assert bench.ended == Ended(state=_S.REFUSED, code="ceremony.signature_invalid")
    assert (bench.verified, bench.consumed) == ([], set())


def test_t10_a_colleague_who_is_not_on_the_list_is_refused() -> None:
    bench, colleague = CameraBench(), make_holder(name="李四")
    bench.known[colleague.serial] = colleague.certificate
    bench.start()
    bench.read(bench.phone().shown_answer(colleague))
    assert bench.ended == Ended(state=_S.REFUSED, code="ceremony.certificate_not_allowed")


# -- T1, T28: replays and films ---------------------------------------------------------------------------------------


def test_t28_a_filmed_answer_is_unreadable_in_every_other_ceremony() -> None:
    first, second = CameraBench(seed=1).start(), CameraBench(seed=2).start()
    film = first.phone().shown_answer(holder())
    second.read(film)
    assert second.warnings == ["ceremony.message_unreadable"]
    assert second.verified == []
    first.read(film)
    assert len(first.verified) == 1


def test_t28_a_filmed_answer_is_unreadable_once_its_challenge_was_renewed() -> None:
    bench = CameraBench().start()
    film = bench.phone().shown_answer(holder())
    bench.tick(600)
    assert bench.ceremony.state is _S.PAUSED
    bench.read(film)
    bench.take(bench.ceremony.renew())
    bench.read(film)
    assert bench.warnings == ["ceremony.message_unreadable"]
    assert bench.verified == []


def test_t28_a_film_of_both_screens_opens_nothing() -> None:
    """Whoever films challenge, answer and receipt has no key that opens the answer: it is sealed to the desktop."""
    bench = CameraBench().start()
    phone = bench.phone()
    plaintext = phone.camera_answer(holder())
    codes = phone.codes(plaintext)
    _, filmed = _message(codes)
    for key in (generate_p256(), workstation_key(), holder().key):
        with pytest.raises(RejectedError):
            hpke_open(key=key, info=context(CameraContext.ANSWER, phone.t0), ciphertext=filmed)
    assert holder().certificate not in filmed
    assert phone.nonce not in filmed
    bench.read(codes)
    assert len(bench.verified) == 1


def test_t28_the_plaintext_of_an_earlier_answer_sealed_anew_is_refused() -> None:
    first, second = CameraBench(seed=1).start(), CameraBench(seed=2).start()
    old = first.phone().camera_answer(holder())
    second.read(second.phone().codes(old))
    assert second.ended == Ended(state=_S.REFUSED, code="ceremony.signature_invalid")


def test_t01_the_same_answer_again_and_again_is_one_effect() -> None:
    bench = CameraBench().start()
    codes = bench.phone().shown_answer(holder())
    for _ in range(20):
        bench.read(codes)
    bench.take(bench.ceremony.finish(Outcome.DONE))
    bench.read(codes)
    assert len(bench.verified) == len(bench.judged) == 1


def test_t01_a_ceremony_consumed_before_is_not_done_again() -> None:
    bench = CameraBench().start()
    bench.consumed.add(bench.ceremony.t0)
    bench.read(bench.phone().shown_answer(holder()))
    assert bench.ended == Ended(state=_S.REFUSED, code="ceremony.already_used")
    assert bench.verified == []


# -- T23: what else a camera sees -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "https://jxjt.example/m#x", "WIFI:S:x;;", "BS1", "BS1%%%", "x" * 5000])
def test_t23_foreign_codes_change_nothing(text: str) -> None:
    bench = CameraBench().start()
    assert bench.read([text] * 3) == []
    assert bench.ceremony.state is _S.SHOWING


def test_t23_the_desktops_own_codes_in_a_mirror_change_nothing() -> None:
    bench = CameraBench().start()
    bench.read(bench.ceremony.shown)
    assert (bench.ceremony.state, bench.warnings) == (_S.SHOWING, [])


def test_t23_junk_between_the_parts_does_not_stop_the_answer() -> None:
    bench = CameraBench().start()
    codes = bench.phone().shown_answer(holder())
    junk = [Part(message_id=bytes([n]) * 4, index=0, total=2048, chunk=bytes(CHUNK_BYTES)).write() for n in range(3)]
    whole = [*split(b"no message"), *split(write_message(CameraKind.ANSWER, b"\x04" * 80))]
    bench.read([t for code in codes for t in (*junk, *whole, code)])
    assert bench.ceremony.state is _S.ACTING
    assert set(bench.warnings) == {"ceremony.malformed", "ceremony.message_unreadable"}


def test_eight_documents_are_shown_in_a_quarter_of_a_minute_and_nine_are_refused() -> None:
    documents = tuple(seal_item("页" * 80 + str(n)) for n in range(9))
    bench = CameraBench().start(items=documents[:8])
    assert len(bench.ceremony.shown) < 120
    with pytest.raises(RejectedError) as caught:
        CameraBench().start(items=documents)
    assert caught.value.code == "ceremony.too_large_for_camera"
    challenge = replace(bench.ceremony.challenge, items=documents)
    with pytest.raises(RejectedError) as caught:
        read_challenge(write_challenge(challenge, lambda m: sign(workstation_key(), m)))
    assert caught.value.code == "ceremony.malformed"


# -- time and the window ----------------------------------------------------------------------------------------------


def test_a_window_that_comes_back_in_time_shows_the_same_challenge() -> None:
    bench = CameraBench().start()
    before = bench.ceremony.shown
    codes = bench.phone().shown_answer(holder())
    bench.read(codes[:2])
    bench.take(bench.ceremony.hide())
    assert (bench.ceremony.state, bench.ceremony.shown) == (_S.PAUSED, ())
    bench.read(codes)
    assert bench.verified == []
    bench.clock.advance(300)
    bench.take(bench.ceremony.renew())
    assert bench.ceremony.shown == before
    assert 299 <= bench.ceremony.remaining_s() <= 300
    bench.read(codes)
    assert len(bench.verified) == 1


def test_a_renewed_challenge_shares_nothing_with_the_one_before() -> None:
    bench = CameraBench().start()
    first = bench.ceremony.challenge
    bench.take(bench.ceremony.renew())
    second = bench.ceremony.challenge
    assert first.ephemeral_key != second.ephemeral_key
    assert first.nonce != second.nonce
    assert second.is_camera
    assert second.r_hash == b""


def test_ten_minutes_end_a_challenge_a_request_for_proof_and_a_receipt() -> None:
    bench = CameraBench().start()
    bench.tick(599)
    assert bench.ceremony.state is _S.SHOWING
    bench.tick(1)
    assert bench.ceremony.state is _S.PAUSED
    bench.take(bench.ceremony.renew())
    bench.read(bench.phone().shown_answer(holder()))
    bench.tick(10_000)
    assert bench.ceremony.state is _S.ACTING
    bench.take(bench.ceremony.finish(Outcome.PARTIAL))
    bench.tick(600)
    assert bench.ended == Ended(state=_S.DONE)
    proving = CameraBench().start(Operation.DOWNLOAD)
    proving.read(proving.phone().shown_answer(holder()))
    proving.take(proving.ceremony.ask_proof(b"envelope"))
    proving.tick(600)
    assert proving.ended == Ended(state=_S.EXPIRED, code="ceremony.answer_timeout")


def test_cancel_ends_what_has_no_effect_yet_and_nothing_else() -> None:
    bench = CameraBench().start()
    bench.take(bench.ceremony.cancel())
    assert bench.ended == Ended(state=_S.CANCELLED, code="ceremony.cancelled")
    bench = CameraBench().start()
    bench.read(bench.phone().shown_answer(holder()))
    assert bench.ceremony.cancel() == []
    assert bench.ceremony.state is _S.ACTING


def test_our_own_calls_out_of_turn_are_bugs() -> None:
    bench = CameraBench()
    for call in (
        bench.ceremony.renew,
        lambda: bench.ceremony.finish(Outcome.DONE),
        lambda: bench.ceremony.ask_proof(b"1"),
        lambda: bench.ceremony.challenge,
    ):
        with pytest.raises(MisuseError):
            call()
    bench.start()
    with pytest.raises(MisuseError):
        bench.start()
    assert make_workstation(enrolled=True).enrolment is not None


def _message(codes: tuple[str, ...]) -> tuple[CameraKind, bytes]:
    from desktop.protocol.camera import read_message
    from tests.ceremony.camera_bench import read_codes

    return read_message(read_codes(codes))
