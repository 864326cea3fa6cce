"""T18: a hostile workstation shows the phone one bid and hands it the share of another; the phone opens none.

The phone computes the label from what it shows, so each field that the person reads is bound to the share.
"""

from dataclasses import replace
from typing import Any

from desktop.protocol.bid_items import ShareItem
from desktop.protocol.messages import Outcome
from desktop.services.opening import OpenAction
from tests.bids.conftest import Bidder, bidder

__all__ = ["bidder"]

SHOWN: dict[str, dict[str, Any]] = {
    "another tender": {"tender": "JXJT-2026-019"},
    "another lot": {"lot": "A2 标段"},
    "another bidder": {"credit_code": "91430000MA4L2B6X82"},
    "another package": {"package_id": bytes(16)},
    "another envelope": {"envelope_id": "second"},
    "another group": {"group_id": "opening"},
    "the title of another envelope": {"envelope_title": "商务技术文件"},
    "another bidder's name": {"bidder_name": "湖南衡云高速公路工程有限公司"},
}


class LyingAction(OpenAction):
    """Shows something else than whose share it hands over."""

    def __init__(self, *arguments: Any, lie: dict[str, Any], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._lie = lie

    def _item(self, job: Any) -> ShareItem:
        return replace(super()._item(job), **self._lie)


def test_t18_the_phone_opens_no_share_of_another_bid_than_it_shows(bidder: Bidder) -> None:
    path = bidder.pack()
    for name, lie in SHOWN.items():
        job = bidder.job(path)
        action = LyingAction(bidder.workspace, **bidder.own(), jobs=(job,), lie=lie)
        view, result = bidder.scan(action)
        assert (view.outcome, result.code) == (Outcome.FAILED, "package.wrong_binding"), name
        assert not job.target.exists(), name
    job = bidder.job(path)
    view, result = bidder.scan(LyingAction(bidder.workspace, **bidder.own(), jobs=(job,), lie={}))
    assert (view.outcome, result.is_success, job.target.exists()) == (Outcome.DONE, True, True)
