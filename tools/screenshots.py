"""Pictures of every page in its states, for eyes: light and dark, 100 % and 200 %, Chinese and English.

`tools/screenshots DIR [--scale 1|2] [--theme light|dark] [--only PAGE,PAGE-STATE,…]
[--part unit|tender]` plays a first job and what comes
after it through the real windows and takes a picture wherever a page has a state of its own:
`<page>-<state>-<theme>-<scale>-<lang>.png`, and a contact sheet for each page. Proves nothing; a person looks. Qt takes
its scale at start and a change of theme takes long, so it runs itself once for each that is not named. A chapter
that does not come to its end is told, and the next one begins. `--part tender` plays the tender alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.tour import Guide

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("BIDSEAL_PATIENCE_S", "180")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

SCALES = {"1": "100", "2": "200"}
THEMES = ("light", "dark")
#: Each is played with people, windows and a platform of its own.
PARTS = ("unit", "tender")
_SHEET_COLUMNS = 4
_THUMB_PX = 620


def _parts() -> "dict[str, tuple[Callable[[Guide], None], ...]]":
    """Return the chapters of each part."""
    from tools import tour_account, tour_first_job, tour_phone, tour_room, tour_tender, tour_unit

    tender = tour_tender.TenderTour()
    return {
        "tender": (*tender.chapters, *tour_room.RoomTour(tender).chapters),
        "unit": (
            *tour_first_job.CHAPTERS,
            *tour_unit.CHAPTERS,
            *tour_account.CHAPTERS,
            *tour_phone.CHAPTERS,
            tour_account.logged_out,
            tour_first_job.trouble,
        ),
    }


def play(guide: "Guide", part: str) -> list[str]:
    """Play the chapters of a part; return what went wrong in those that did not come to their end."""
    failures = []
    for chapter in _parts()[part]:
        try:
            chapter(guide)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other pages are to be seen
            failures.append(f"{chapter.__name__}: {type(error).__name__}: {error}")
            sys.stderr.write(f"screenshots: {failures[-1]}\n")
            guide.failed(chapter.__name__)
    return failures


def contact_sheets(folder: Path) -> None:
    """Put all pictures of a page side by side."""
    from PIL import Image, ImageDraw

    for page in sorted({p.name.split("-")[0] for p in folder.glob("*-*-*-*-*.png")}):
        pictures = sorted(folder.glob(f"{page}-*-*-*-*.png"), key=lambda p: p.name.rsplit("-", 3))
        thumbs = []
        for path in pictures:
            with Image.open(path) as picture:
                thumb = picture.convert("RGB")
                thumb.thumbnail((_THUMB_PX, _THUMB_PX))
                thumbs.append((path.stem, thumb))
        high = max(t.height for _, t in thumbs) + 24
        rows = -(-len(thumbs) // _SHEET_COLUMNS)
        sheet = Image.new("RGB", (_SHEET_COLUMNS * (_THUMB_PX + 8), rows * high), (110, 110, 110))
        draw = ImageDraw.Draw(sheet)
        for number, (name, thumb) in enumerate(thumbs):
            x, y = number % _SHEET_COLUMNS * (_THUMB_PX + 8), number // _SHEET_COLUMNS * high
            draw.text((x + 4, y + 5), name, fill=(255, 255, 255))
            sheet.paste(thumb, (x, y + 22))
        sheet.save(folder / f"sheet-{page}.png")


def main(arguments: list[str]) -> int:
    """Take the pictures; 0 when all were taken."""
    parser = argparse.ArgumentParser(prog="tools/screenshots")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", choices=sorted(SCALES))
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--only", default="", help="take these pictures only, by the beginnings of their names")
    parser.add_argument("--part", choices=PARTS)
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    if chosen.scale is None or chosen.theme is None or chosen.part is None:
        scales = [chosen.scale] if chosen.scale else list(SCALES)
        themes = [chosen.theme] if chosen.theme else list(THEMES)
        parts = [chosen.part] if chosen.part else list(PARTS)
        runs = [
            subprocess.run(
                [
                    sys.executable,
                    __file__,
                    str(chosen.folder),
                    "--scale",
                    scale,
                    "--theme",
                    theme,
                    "--only",
                    chosen.only,
                    "--part",
                    part,
                ],
                check=False,
            ).returncode
            for scale in scales
            for theme in themes
            for part in parts
        ]
        contact_sheets(chosen.folder)
        return max(runs)
    os.environ["QT_SCALE_FACTOR"] = chosen.scale
    from tools.tour import Album, Guide

    only = tuple(filter(None, chosen.only.split(",")))
    with tempfile.TemporaryDirectory(prefix="bidseal-screenshots-", ignore_cleanup_errors=True) as state:
        guide = Guide(Path(state), Album(chosen.folder, chosen.theme, SCALES[chosen.scale], only))
        try:
            failures = play(guide, chosen.part)
        finally:
            guide.close()
    print(f"{guide.album.taken} pictures, {chosen.theme}, at {SCALES[chosen.scale]} %")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
