"""Bids by camera: packed, rehearsed and opened with the network cut off, and what a film of it is worth (T28)."""

import pytest

from desktop.crypto.primitives import hpke_open
from desktop.crypto.suites import generate_p256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.phone.core import PhoneOutcome
from desktop.protocol.camera import CameraContext, CameraKind, context, expect
from desktop.protocol.challenge import read_challenge
from desktop.protocol.messages import Outcome
from desktop.protocol.parts import Assembler
from desktop.protocol.transcript import t0_of
from desktop.services.action import Action
from desktop.services.opening import OpenAction, RehearseAction
from desktop.services.packing import PackAction
from desktop.testing.rig import scan_by_camera
from tests.bids.conftest import Bidder
from tests.services.no_sockets import network_cut_off


def by_camera(
    bidder: Bidder, action: Action, filmed: list[tuple[str, ...]] | None = None
) -> tuple[str, Outcome | None]:
    """Scan with the network cut off; `filmed` receives what both screens have shown."""

    def lens(codes: tuple[str, ...]) -> tuple[str, ...]:
        if filmed is not None:
            filmed.append(codes)
        return codes

    with network_cut_off() as tried:
        view, result = scan_by_camera(
            bidder.workspace, bidder.phone, action, credit_code=bidder.company.credit_code, lens=lens
        )
    assert tried == []
    assert result.outcome is PhoneOutcome.DONE, view
    return view.problem, view.outcome


def test_a_bid_is_packed_rehearsed_and_opened_and_no_socket_is_opened(bidder: Bidder) -> None:
    order = bidder.order()
    own = bidder.own()
    assert by_camera(bidder, PackAction(bidder.workspace, order)) == ("", Outcome.DONE)
    verdict = bidder.inspect(order.target)
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    rehearsal = RehearseAction(bidder.workspace, **own, jobs=(bidder.job(order.target),))
    assert by_camera(bidder, rehearsal) == ("", Outcome.DONE)
    job = bidder.job(order.target)
    assert by_camera(bidder, OpenAction(bidder.workspace, **own, jobs=(job,))) == ("", Outcome.DONE)
    for name in ("投标函.pdf", "清单.xml"):
        assert (job.target / name).read_bytes() == (bidder.documents / name).read_bytes()


def test_t28_a_filmed_decrypt_answer_opens_nothing(bidder: Bidder) -> None:
    """The desktop opened the bid with it; who has the film alone has no key that opens the answer."""
    path = bidder.pack()
    job = bidder.job(path)
    filmed: list[tuple[str, ...]] = []
    action = OpenAction(bidder.workspace, **bidder.own(), jobs=(job,))
    assert by_camera(bidder, action, filmed) == ("", Outcome.DONE)
    challenge_codes, answer_codes, _receipt = filmed
    _, challenge = expect(_whole(challenge_codes), CameraKind.CHALLENGE)
    _, ciphertext = expect(_whole(answer_codes), CameraKind.ANSWER)
    assert read_challenge(challenge).is_camera
    info = context(CameraContext.ANSWER, t0_of(challenge))
    for key in (generate_p256(), bidder.workspace.workstation._private_key()):
        with pytest.raises(RejectedError) as caught:
            hpke_open(key=key, info=info, ciphertext=ciphertext)
        assert caught.value.code == "ceremony.message_unreadable"
    everything = [p for p in bidder.workspace.folder.root.rglob("*") if p.is_file()]
    assert not any(ciphertext in p.read_bytes() for p in everything)


def _whole(codes: tuple[str, ...]) -> bytes:
    assembler = Assembler()
    return next(m for m in map(assembler.take, codes) if m is not None)
