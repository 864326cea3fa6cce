"""The platform's whole log as a file (`.bidlog`), under a head that extends those seen before; for `bidseal verify`.

Nothing is replaced, and what was cancelled or interrupted leaves no file. Never holds more than one piece. What is
written is what the platform gave: whether it is whole is for whoever verifies it, here or elsewhere (T35).
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from desktop.formats.log import PIECE, LogLine, write_piece
from desktop.services.export import Exported
from desktop.services.workspace import Workspace
from desktop.store.files import check_writable, write_new_with


def export_log(
    workspace: Workspace,
    target: Path,
    *,
    report: Callable[[int], None] = lambda _done: None,
    check: Callable[[], None] = lambda: None,
) -> Exported:
    """Write the log to `target` or the next free name like it; `report` hears how many entries are read.

    Raises:
        RejectedError: what `check` raises, or the platform's head is not to be believed.
        UnavailableError: the platform or the folder cannot be reached; nothing was written.
    """
    check_writable(target.parent)
    seen = workspace.heads.fetch()
    workspace.heads.seen(seen)
    size = seen.head.size

    def write(file: BinaryIO) -> None:
        for start in range(0, max(size, 1), PIECE):
            check()
            report(start)
            count = min(PIECE, size - start)
            entries = workspace.api.log_entries(start, count) if count else ()
            lines = [LogLine(kind=each.kind, at_us=each.at_us, body=each.body) for each in entries]
            file.write(write_piece(seen.data, start, lines))
        report(size)

    path = write_new_with(target, write)
    return Exported(path=path, count=size, paths=(path,))
