"""Reading a code of several parts with the phone's camera: texts in, the whole message out."""

from collections.abc import Sequence

from desktop.protocol.parts import PREFIX, Assembler, Progress


def parts_of(texts: Sequence[str]) -> list[str]:
    """Return those texts that look like a part of a message."""
    return [text for text in texts if text.startswith(PREFIX)]


class PartReading:
    """Parts as they are seen, until their message is whole."""

    def __init__(self) -> None:
        self._assembler = Assembler()
        self.is_begun = False

    @property
    def progress(self) -> Progress:
        """How much of it has been read."""
        return self._assembler.progress

    def take(self, texts: Sequence[str]) -> bytes | None:
        """Take texts; return the message once it is whole."""
        self.is_begun = True
        whole = [m for m in map(self._assembler.take, texts) if m is not None]
        return whole[0] if whole else None
