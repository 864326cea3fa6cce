"""T43: nobody can make a phone ask its holder; it shows what it has scanned itself, and nothing else."""

from desktop.domain.operations import Operation
from desktop.phone.core import Phone
from desktop.phone.window.states import Screen, Stage
from tests.phone.conftest import equipped, eyes, hand, languages, open_window, outbox, phone, world
from tests.phone.phone_hand import Eyes, Hand
from tests.phone.phone_world import Desktop, World, seal_item, unit_request

__all__ = ["equipped", "eyes", "hand", "languages", "open_window", "outbox", "phone", "world"]

PROMPTS = 20


def ask(world: World, phone: Phone) -> tuple[Desktop, str]:
    """Have an enrolled workstation of the unit ask this very certificate for a seal; returns the code it shows."""
    certificate = phone.certificates()[0]
    desktop = Desktop(world, enrolled=True)
    item = seal_item(certificate.sign_certificate, "投标文件.pdf")
    return desktop, desktop.show(unit_request(Operation.SEAL, certificate.serial, item))


def mailboxes(world: World, since: int) -> list[str]:
    return [request for request in world.relay.requests[since:] if "/relay/" in request]


def test_t43_twenty_requests_a_minute_reach_no_screen_until_one_is_scanned(
    hand: Hand, world: World, equipped: Phone, eyes: Eyes
) -> None:
    since = len(world.relay.requests)
    codes = []
    for _ in range(PROMPTS):
        codes.append(ask(world, equipped)[1])
        world.clock.advance(3)
        hand.window.app.poll_messages()
        assert hand.window.scan.state.stage is Stage.IDLE
        assert hand.window.app.state.screen is Screen.HOME
    assert len(set(codes)) == PROMPTS
    assert mailboxes(world, since) == []  # nor does the phone ask for any of them by itself
    _, wanted = ask(world, equipped)
    hand.scan(eyes, wanted)
    asked = {request.split("/mailboxes/")[1].split("/")[0] for request in mailboxes(world, since)}
    assert len(asked) == 1
    assert hand.window.scan.state.stage is Stage.CONSENT


def test_t43_a_scan_asks_once_and_the_next_prompt_needs_the_next_scan(
    hand: Hand, world: World, equipped: Phone, eyes: Eyes
) -> None:
    desktop, code = ask(world, equipped)
    hand.scan(eyes, code)
    hand.press("consentDecline")
    hand.wait_stage(Stage.RESULT)
    hand.wait(lambda: desktop.ended is not None)
    since = len(world.relay.requests)
    for _ in range(PROMPTS):
        ask(world, equipped)
    hand.press("resultClose")
    assert hand.window.scan.state.stage is Stage.IDLE
    assert mailboxes(world, since) == []
