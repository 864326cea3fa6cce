"""A text as a QR code in a terminal: two modules a character, black on white whatever the terminal's colours."""

import segno

_QUIET = 2
_RESET = "\x1b[0m"
_BLACK_ON_WHITE = "\x1b[30;107m"
#: By (upper module dark, lower module dark).
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def terminal_qr(text: str) -> tuple[str, ...]:
    """Return the lines, with escape sequences for the colours.

    The quiet zone is two modules: a terminal's own white border stands in for the rest, and rows are dear.
    """
    matrix = segno.make(text, error="l", micro=False, boost_error=False).matrix
    side = len(matrix) + 2 * _QUIET

    def dark(row: int, column: int) -> bool:
        y, x = row - _QUIET, column - _QUIET
        return 0 <= y < len(matrix) and 0 <= x < len(matrix) and bool(matrix[y][x])

    lines = []
    for row in range(0, side, 2):
        blocks = "".join(_BLOCKS[dark(row, x), dark(row + 1, x)] for x in range(side))
        lines.append(f"{_BLACK_ON_WHITE}{blocks}{_RESET}")
    return tuple(lines)
