"""Where the files of `resources/` lie: beside the package in a source tree and in an installation."""

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
ICONS = RESOURCES / "icons"
TRANSLATIONS = RESOURCES / "translations"
PLATFORMS = RESOURCES / "platforms"
