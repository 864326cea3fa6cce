"""Words on screen: Chinese stands in the code, other languages in tables, switched without a restart.

`tr("共 {count} 份", count=3)` looks its Chinese text up in the translators installed on the application, then
fills the placeholders. Nothing is kept in this module: the chosen language is a QTranslator owned by `Languages`. Qt
then sends LanguageChange to every widget; pages and kit widgets say everything again on it. The tables are
resources/translations/en/<area>.json. Refuses texts built at run time: `tr` takes literals only, so that each has an
entry (tests/ui/test_translations.py).
"""

import json
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QObject, QTranslator, Signal

from desktop.ui.resources import TRANSLATIONS

_CONTEXT = "bidseal"


class Language(StrEnum):
    """Languages of the product; the source language first."""

    CHINESE = "zh"
    ENGLISH = "en"


def tr(text: str, /, **values: object) -> str:
    """Return `text` in the current language with its `{placeholders}` filled from `values`."""
    translated = QCoreApplication.translate(_CONTEXT, text)
    return translated.format(**values) if values else translated


def current_language() -> Language:
    """Return the language that the application's translator speaks."""
    return Language(QCoreApplication.translate(_CONTEXT, _LANGUAGE_KEY))


_LANGUAGE_KEY = Language.CHINESE.value


def load_table(language: Language, folder: Path = TRANSLATIONS) -> dict[str, str]:
    """Read all areas of `language` into one table, Chinese text → text; Chinese itself needs none."""
    table: dict[str, str] = {}
    for path in sorted((folder / language.value).glob("*.json")):
        table |= json.loads(path.read_text(encoding="utf-8"))
    return table


class _TableTranslator(QTranslator):
    """Answers Qt's look-ups from a table."""

    def __init__(self, language: Language, table: dict[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._table = table | {_LANGUAGE_KEY: language.value}

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        _context: str,
        sourceText: str,  # noqa: N803 - Qt's name
        _disambiguation: str | None = None,
        _n: int = -1,
    ) -> str:
        # Qt's own dialogs ask here too; their English source text is the answer when there is no entry.
        return self._table.get(sourceText, sourceText)


#: What qtbase_zh_CN lacks of the words of file dialogs.
_QT_GAPS = {
    "&Look in:": "查找范围(&L):",
    "Files of &type:": "文件类型(&T):",
    "Cancel": "取消",
    "File Folder": "文件夹",
    "Folder": "文件夹",
    "File": "文件",
    "Drive": "驱动器",
    "%1 File": "%1 文件",
    "%1 bytes": "%1 字节",
}


class _QtTranslator(QTranslator):
    """Qt's own Chinese words, with the gaps filled; our texts are Chinese already and come back as they are."""

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        if context == _CONTEXT:
            return sourceText
        return super().translate(context, sourceText, disambiguation, n) or _QT_GAPS.get(sourceText, sourceText)


class Languages(QObject):
    """Chooses the language of the running application."""

    language_changed = Signal(str)

    def __init__(self, folder: Path = TRANSLATIONS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._translator: QTranslator | None = None
        self._speak(Language.CHINESE)

    @property
    def language(self) -> Language:
        """The language now shown."""
        return current_language()

    def use(self, language: Language) -> None:
        """Show `language` from now on; emits `language_changed` if it is another one than before."""
        if language is current_language():
            return
        self._speak(language)
        self.language_changed.emit(language.value)

    def _speak(self, language: Language) -> None:
        previous = self._translator
        if language is Language.CHINESE:
            # Our own texts are Chinese already; Qt's menus and file dialogs are not.
            self._translator = _QtTranslator(self)
            self._translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        else:
            self._translator = _TableTranslator(language, load_table(language, self._folder), self)
        QCoreApplication.installTranslator(self._translator)
        if previous is not None:
            QCoreApplication.removeTranslator(previous)
            previous.deleteLater()
