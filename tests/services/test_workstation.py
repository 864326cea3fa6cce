"""This workstation's key where several ask for it at once."""

import threading
from typing import cast

from desktop.crypto.suites import P256PrivateKey, generate_p256
from desktop.portal.profile import PlatformProfile
from desktop.services.workstation import WorkstationService
from desktop.store.workstation import WorkstationStore

MANY = 4


def test_key_is_made_once_however_many_ask_for_it_at_once() -> None:
    made: list[P256PrivateKey] = []
    is_loading, may_go_on = threading.Event(), threading.Event()

    def load() -> P256PrivateKey:
        is_loading.set()
        assert may_go_on.wait(30)
        made.append(generate_p256())
        return made[-1]

    service = WorkstationService(
        profile=cast("PlatformProfile", None), load_key=load, store=cast("WorkstationStore", None), name="投标工位一"
    )
    points: list[bytes] = []
    threads = [threading.Thread(target=lambda: points.append(service.key_point)) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    assert is_loading.wait(30)
    may_go_on.set()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(set(points)) == 1
    assert len(points) == MANY
