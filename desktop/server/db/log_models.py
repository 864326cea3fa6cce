"""The tables of the platform's log: its entries, and the hashes of every complete subtree above them.

Rows are only ever added. A node is written when its subtree is complete, so that roots and proofs of any size that the
log ever had are read, not computed anew: about two rows for each entry, and a few reads for each question.
"""

from sqlalchemy import BigInteger, CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from desktop.server.db.models import STATE, Base


class LogEntry(Base):
    """An entry; `number` counts from 0 without a gap, `body` is the SHA-256 of what happened."""

    __tablename__ = "log_entries"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(STATE)
    at_us: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes]


class LogNode(Base):
    """The hash over the 2^level entries from number · 2^level on; level 0 is in the entries themselves."""

    __tablename__ = "log_nodes"
    __table_args__ = (CheckConstraint("level > 0 AND number >= 0", name="place"),)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[bytes]
