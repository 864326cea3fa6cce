"""What an opening came to, as it is signed and announced: a statement for each bid, and the table of prices.

A statement fits its one message whatever a hostile bid holds; what cannot be shown in a name is left out of it, the
hash stands. Source: docs/tendering.md §6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import OpeningState
from desktop.formats.package import BidSummary
from desktop.formats.package import OpenedFile as FoundFile
from desktop.protocol.codec import clean_text
from desktop.protocol.notices import Notice
from desktop.protocol.statements import BidResult, OpenedFile
from desktop.services.opening_bids import BidFate

#: File names in a statement are cut to these lengths until it fits.
_NAME_BYTES = (255, 100, 32)
_NAMELESS = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A row of the announcement: `rank` from 1 by price, 0 for a bid without one; equal prices share a rank."""

    rank: int
    package_id: bytes
    price: Decimal | None
    is_above_limit: bool


def result_of(fate: BidFate, notice: Notice, envelope_id: str, *, at: int) -> BidResult:
    """Return the statement of a bid whose fate is decided; `at` in epoch seconds."""
    if fate.state is None:
        raise RejectedError("opening.undecided", fate.cause)
    files = fate.opened.files if fate.opened else ()
    summary = fate.opened.summary if fate.opened else BidSummary()
    for limit in _NAME_BYTES:
        result = BidResult(
            platform=notice.platform,
            tender=notice.tender,
            lot=notice.lot,
            envelope_id=envelope_id,
            package_id=fate.package_id,
            state=fate.state,
            cause=fate.cause,
            party=fate.party,
            files=stated_files(files, limit),
            price=_money(summary.price),
            bid_bond=_money(summary.bid_bond),
            duration_days=summary.duration_days or 0,
            quality=summary.quality or "",
            project_manager=summary.project_manager or "",
            at=at,
        )
        try:
            result.write()
        except RejectedError:
            continue
        return result
    raise RejectedError("ceremony.malformed", "result")


def stated_files(files: Iterable[FoundFile], limit: int = _NAME_BYTES[0]) -> tuple[OpenedFile, ...]:
    """Return files as a statement names them."""
    return tuple(
        OpenedFile(name=clean_text(each.name, max_bytes=limit) or _NAMELESS, size=each.size, sha256=each.sha256)
        for each in files
    )


def ranking(results: Iterable[BidResult], price_limit: str) -> tuple[Ranked, ...]:
    """Return the announcement's rows: by price ascending, then those without one; above the limit is said, no more."""
    limit = Decimal(price_limit) if price_limit else None
    found = [(Decimal(r.price) if r.price else None, r) for r in results if r.state is OpeningState.OPENED]
    prices = sorted(price for price, _ in found if price is not None)
    rows = [
        Ranked(
            rank=0 if price is None else prices.index(price) + 1,
            package_id=result.package_id,
            price=price,
            is_above_limit=limit is not None and price is not None and price > limit,
        )
        for price, result in found
    ]
    return tuple(sorted(rows, key=lambda row: (row.price is None, row.rank)))


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
