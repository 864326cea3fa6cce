"""The platform's append-only log, read by anybody: leaves, exports, and whether two heads are of one log (T35)."""

from desktop.formats.log.export import PIECE, LogLine, LogVerdict, judge_export, write_piece
from desktop.formats.log.heads import demand_extends, judge_head
from desktop.formats.log.leaves import (
    SIGNED_IN,
    answer_body,
    bid_body,
    bid_leaf,
    confirmation_body,
    delivery_leaf,
    log_leaf,
    record_body,
    step_body,
    time_key_body,
    usage_body,
    withdrawal_body,
)

__all__ = [
    "PIECE",
    "SIGNED_IN",
    "LogLine",
    "LogVerdict",
    "answer_body",
    "bid_body",
    "bid_leaf",
    "confirmation_body",
    "delivery_leaf",
    "demand_extends",
    "judge_export",
    "judge_head",
    "log_leaf",
    "record_body",
    "step_body",
    "time_key_body",
    "usage_body",
    "withdrawal_body",
    "write_piece",
]
