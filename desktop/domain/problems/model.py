"""Shape of a catalogue entry."""

from dataclasses import dataclass

#: After these the next sentence follows at once: the sign itself is as wide as a blank beside it.
_FULL_WIDTH_ENDS = ("。", "！", "？", "；")


def running(*sentences: str) -> str:
    """Put sentences one after the other, with a blank between them where the language has one; "" is left out."""
    said = ""
    for sentence in filter(None, sentences):
        said += sentence if not said or said.endswith(_FULL_WIDTH_ENDS) else f" {sentence}"
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One problem in one language: short title, cause, next step; whole sentences, no jargon, no codes."""

    title: str
    cause: str
    next_step: str

    @property
    def advice(self) -> str:
        """Cause and next step as running text."""
        return running(self.cause, self.next_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A catalogue entry."""

    zh: Wording
    en: Wording

    def wording(self, language: str) -> Wording:
        """Return the words for `language` ("zh" or "en"; anything else reads Chinese, the source language)."""
        return self.en if language == "en" else self.zh


def entry(zh: tuple[str, str, str], en: tuple[str, str, str]) -> Problem:
    """Build an entry from (title, cause, next step) in Chinese and English."""
    return Problem(
        zh=Wording(title=zh[0], cause=zh[1], next_step=zh[2]),
        en=Wording(title=en[0], cause=en[1], next_step=en[2]),
    )
