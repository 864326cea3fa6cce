"""From the phone's approval to the desktop's verified answer, over the relay.

The clock starts when the phone hands its signed answer to its HTTP client and stops when the desktop has decrypted it
and checked signature, path and revocation. Platform and relay are a process of their own; desktop and phone share one.
The peer is an empty request to the same process at the same time, which says how busy the machine was.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

import requests

from benchmarks.documents import write_text
from benchmarks.measure import Figure, Plan, quantile, seconds
from benchmarks.scans import ScanOffice, open_office
from desktop.formats.answer import VerifiedAnswer
from desktop.protocol.transcript import Transcript

_SCANS = 20  # times the rounds


def figures(plan: Plan) -> Iterator[Figure]:
    """Approve the sealing of a page, again and again."""
    count = 2 if plan.is_tiny else plan.rounds * _SCANS
    source = write_text(plan.scratch / "page.pdf", 1)
    with open_office(plan.scratch / "office") as plain:
        verified: list[float] = []
        office = _listening(plain, verified)
        address = f"{office.workspace.profile.base_url}/api/v1/profile"
        session = requests.Session()
        took, bare = [], []
        for _ in range(count):
            bare.append(seconds(lambda: session.get(address, timeout=10)))
            office.seal([source])
            took.append(verified[-1])
    for share in (0.5, 0.95):
        yield Figure(
            name=f"approve to verified, p{share * 100:.0f}",
            peer="asking the same process who it is",
            ours=quantile(took, share) * 1000,
            theirs=quantile(bare, share) * 1000,
            unit="ms",
            how=f"p{share * 100:.0f} of {count}",
            target="ours <= 100" if share > 0.5 else "",  # noqa: PLR2004 - the target is on the p95
        )


def _listening(office: ScanOffice, verified: list[float]) -> ScanOffice:
    """Note for every verified answer how long ago the phone sent it."""
    http, judge = office.http, office.workspace.parts.judge

    def timed(transcript: Transcript) -> VerifiedAnswer:
        answer = judge(transcript)
        verified.append(time.perf_counter() - http.posted_at)
        return answer

    workspace = replace(office.workspace, parts=replace(office.workspace.parts, judge=timed))
    return replace(office, workspace=workspace)
