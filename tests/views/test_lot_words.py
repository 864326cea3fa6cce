"""The words for a lot and its envelopes."""

from PySide6.QtWidgets import QApplication

from desktop.services.tender_draft import TITLES
from desktop.ui.i18n import Language, Languages
from desktop.views.lot_words import envelope_word


def test_titles_that_this_program_gives_to_envelopes_are_translated_and_others_left_as_they_were_signed(
    qapp: QApplication,
) -> None:
    assert [envelope_word(title) for title in TITLES.values()] == list(TITLES.values())
    languages = Languages(parent=qapp)
    languages.use(Language.ENGLISH)
    try:
        assert all(envelope_word(title).isascii() for title in TITLES.values())
        assert envelope_word("第三信封") == "第三信封"
    finally:
        languages.use(Language.CHINESE)
