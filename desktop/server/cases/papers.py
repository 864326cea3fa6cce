"""Several papers of one application: checked, kept encrypted, remembered by their addresses."""

from collections.abc import Sequence

from desktop.domain.errors import RejectedError
from desktop.server.context import Platform
from desktop.server.rules import images

MAX_PAPERS = 8


def keep(platform: Platform, contents: Sequence[bytes], *, at_least: int = 1) -> str:
    """Check and keep papers (PDF, JPEG, PNG) and return what the row remembers. Call it before the transaction.

    Raises:
        RejectedError: too few or too many (`platform.bad_field`), or one that is not acceptable.
    """
    check(contents, at_least=at_least)
    return " ".join(platform.files.put(content) for content in contents)


def check(contents: Sequence[bytes], *, at_least: int = 1) -> None:
    """Check papers without keeping them.

    Raises:
        RejectedError: as `keep`.
    """
    if not at_least <= len(contents) <= MAX_PAPERS:
        raise RejectedError("platform.bad_field", "papers")
    for content in contents:
        images.paper(content)


def count(kept: str) -> int:
    """Return how many papers a row remembers."""
    return len(kept.split())


def read(platform: Platform, kept: str, number: int) -> tuple[bytes, str]:
    """Return one paper and its media type.

    Raises:
        RejectedError: `platform.not_found`.
    """
    addresses = kept.split()
    if not 0 <= number < len(addresses):
        raise RejectedError("platform.not_found")
    content = platform.files.get(addresses[number])
    return content, images.paper(content)
