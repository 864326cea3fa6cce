"""The desktop's engine and a phone that see each other's screens, and nothing else."""

import os

from desktop.crypto.suites import point_of, sign
from desktop.formats.answer import verify_answer
from desktop.phone.core import CameraScan, Phone
from desktop.protocol.challenge import workstation_id_of
from desktop.protocol.parts import Assembler
from desktop.signing.ceremony import CameraCeremony, CeremonyPolicy, CeremonyRequest, Workstation
from tests.phone.phone_ca import PLATFORM_NAME
from tests.phone.phone_world import PLATFORM_ID, Desktop, World


class CameraDesktop(Desktop):
    """A workstation in camera mode; what it does after a good answer is as in `Desktop`."""

    def __init__(self, world: World, *, enrolled: bool = True) -> None:
        super().__init__(world, enrolled=enrolled)
        self.engine: CameraCeremony

    def show_codes(self, request: CeremonyRequest) -> tuple[str, ...]:
        point = point_of(self.key)
        self.engine = CameraCeremony(
            policy=CeremonyPolicy(),
            workstation=Workstation(
                platform=PLATFORM_ID,
                platform_name=PLATFORM_NAME,
                workstation_id=workstation_id_of(point),
                name=self.name,
                key_point=point,
                sign=lambda message: sign(self.key, message),
                enrolment=self.enrolment,
            ),
            clock=self.world.clock,
            random=os.urandom,
            judge=lambda t: verify_answer(t, signer_of=self.world.issued.get),
            consume=lambda _: True,
        )
        self.ceremony = self.engine  # type: ignore[assignment]  # what `Desktop` calls, both have
        self.carry_out(self.engine.start(request))
        return self.engine.shown

    def watch(self, scan: CameraScan) -> None:
        """Look at the phone's screen until every code was seen."""
        for text in scan.parts:
            self.carry_out(self.engine.receive(text))


def read_challenge(phone: Phone, codes: tuple[str, ...]) -> CameraScan:
    """Hold the phone before the screen."""
    assembler = Assembler()
    (message,) = [m for m in map(assembler.take, codes) if m is not None]
    return phone.take_camera_challenge(message)


def look_at(scan: CameraScan, desktop: CameraDesktop) -> list[str]:
    """Hold the phone before the screen after the answer; returns the problems that it names."""
    return [problem for problem in map(scan.take_text, desktop.engine.shown) if problem]
