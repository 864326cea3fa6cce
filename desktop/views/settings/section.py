"""The section 设置 of my page: its cards, each with its own model."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QScrollArea

from desktop.services.platforms import KnownPlatform, Platforms, platform_key
from desktop.services.workspace import Workspace
from desktop.ui.dialogs import AskFolder, ask_folder
from desktop.ui.i18n import tr
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.views.me.frame import framed
from desktop.views.me.sections import SETTINGS, MeSection
from desktop.views.scan import Cameras
from desktop.views.settings.diagnostics import AskTarget, DiagnosticsCard, DiagnosticsModel, ask_target
from desktop.views.settings.folder import FolderCard, FolderModel
from desktop.views.settings.platforms_card import PlatformsCard
from desktop.views.settings.platforms_model import PlatformsModel
from desktop.views.settings.preferences import AppearanceCard, PreferencesModel, ScanningCard
from desktop.views.settings.proxy_card import ProxyCard
from desktop.views.settings.proxy_model import ProxyModel


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsParts:
    """What the section works with; the composition root hands it in."""

    workspace: Workspace
    platforms: Platforms
    use_platform: Callable[[KnownPlatform], object]
    apply_theme: Callable[[str], object]
    apply_language: Callable[[str], object]
    cameras: Callable[[], Cameras]
    pick: FilePicker = pick_files
    ask_folder: AskFolder = ask_folder
    ask_target: AskTarget = ask_target


def settings_section(parts: SettingsParts) -> MeSection:
    """Return the section."""
    return MeSection(id=SETTINGS, title=lambda: tr("设置"), icon="settings", factory=lambda: _make(parts))


def _make(parts: SettingsParts) -> QScrollArea:
    workspace = parts.workspace
    preferences = PreferencesModel(
        workspace.settings, apply_language=parts.apply_language, apply_theme=parts.apply_theme
    )
    platforms = PlatformsModel(parts.platforms, current=platform_key(workspace.profile))
    platforms.load()
    cards = (
        AppearanceCard(preferences),
        ScanningCard(preferences, parts.cameras),
        PlatformsCard(platforms, use=parts.use_platform, pick=parts.pick),
        ProxyCard(ProxyModel(workspace)),
        FolderCard(FolderModel(workspace.folder), ask=parts.ask_folder),
        DiagnosticsCard(DiagnosticsModel(workspace), ask=parts.ask_target),
    )
    return framed(*cards, name="meSettings")
