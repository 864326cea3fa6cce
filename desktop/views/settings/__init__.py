"""Settings (设置): look, scanning, platforms, proxy, data folder, diagnostics; and the choice of the first platform."""

from desktop.views.settings.cameras import preferring
from desktop.views.settings.choice import PlatformChoicePage
from desktop.views.settings.platforms_model import PlatformsModel
from desktop.views.settings.section import SettingsParts, settings_section

__all__ = ["PlatformChoicePage", "PlatformsModel", "SettingsParts", "preferring", "settings_section"]
