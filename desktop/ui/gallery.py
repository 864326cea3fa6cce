"""Every widget in every look, as pictures to judge by eye.

`python -m desktop.ui.gallery OUTDIR [--mode M] [--scale N] [--only SHEET]`; without `--scale` it runs itself once per
scale, since Qt takes its scale factor at start. Refuses nothing, proves nothing: a person looks at the pictures.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui import theme
from desktop.ui.gallery_sheets import SHEETS
from desktop.ui.i18n import Language, Languages
from desktop.ui.tokens import Mode


def main(arguments: list[str]) -> int:
    """Write the pictures."""
    parser = argparse.ArgumentParser(prog="python -m desktop.ui.gallery")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", choices=("1", "1.25", "2"))
    parser.add_argument("--mode", choices=[mode.value for mode in Mode], action="append")
    parser.add_argument("--only", action="append", help="names of sheets")
    chosen = parser.parse_args(arguments)
    if chosen.scale is None:
        return max(_run_at(scale, arguments) for scale in ("1", "2"))
    chosen.folder.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    app = QApplication(["gallery"])
    languages = Languages()
    for mode in map(Mode, chosen.mode or [Mode.LIGHT, Mode.DARK]):
        theme.apply(app, mode)
        for language in Language:
            languages.use(language)
            for name, make in SHEETS.items():
                if not chosen.only or name in chosen.only:
                    target = chosen.folder / f"{name}-{mode.value}-{language.value}-{chosen.scale}x.png"
                    _picture(app, make, target)
    return 0


def _run_at(scale: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "desktop.ui.gallery", *arguments, "--scale", scale]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - ourselves


def _picture(app: QApplication, make: Callable[[], QWidget], target: Path) -> None:
    sheet = make()
    sheet.show()
    for _ in range(3):
        app.processEvents()
    sheet.grab().save(str(target))
    sheet.close()
    sheet.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
