"""Look, language, freshness and camera: the model and its two cards.

A choice that cannot be stored is said and still holds until the program ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout

from desktop.domain.errors import BidSealError
from desktop.domain.problems import running
from desktop.store.settings import Settings, SettingsStore
from desktop.ui.camera import CameraPanel
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import SecondaryButton, SegmentedControl
from desktop.ui.kit.fields import ChoiceField
from desktop.ui.kit.surfaces import StatusChip
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.scan import Cameras
from desktop.views.settings.form_card import FormCard, Rows

_FRESHNESS_S = range(5, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesState(PageState):
    """The settings in force; `freshness_changed` = the new one holds from the next start."""

    phase: Phase = Phase.NORMAL
    settings: Settings
    freshness_changed: bool = False


class PreferencesModel(ViewModel[PreferencesState]):
    """Keeps the choices. `apply_language` and `apply_theme` apply at once."""

    def __init__(
        self,
        store: SettingsStore,
        *,
        apply_language: Callable[[str], object],
        apply_theme: Callable[[str], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(PreferencesState(settings=store.load()), parent)
        self._store = store
        self._apply_language, self._apply_theme = apply_language, apply_theme
        self._unsaved: dict[str, Any] = {}
        self._is_saving = False

    def use_language(self, language: str) -> None:
        """Speak another language from now on."""
        self._keep(language=language)
        self._apply_language(language)

    def use_theme(self, theme: str) -> None:
        """Look different from now on."""
        self._keep(theme=theme)
        self._apply_theme(theme)

    def set_freshness(self, seconds: int) -> None:
        """Choose how old a scanned code may be; sessions take it up at the next start."""
        self._keep(freshness_s=seconds)
        self._set(freshness_changed=True)

    def use_camera(self, index: int) -> None:
        """Begin every scan with this camera."""
        self._keep(camera=index)

    def _keep(self, **changes: Any) -> None:
        self._set(settings=replace(self.state.settings, **changes), problem_code="", problem_detail="")
        self._unsaved |= changes
        self._save()

    def _save(self) -> None:
        """Store what is not stored yet, one write after the other: a later choice is not overwritten by an earlier."""
        if self._is_saving or not self._unsaved:
            return
        changes, self._unsaved, self._is_saving = self._unsaved, {}, True
        store = self._store

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - one small file
            store.change(**changes)

        run(work, lambda _nothing: self._on_kept(), self._on_not_kept, receiver=self)

    def _on_kept(self) -> None:
        self._is_saving = False
        self._save()

    def _on_not_kept(self, error: BidSealError) -> None:
        self._set(problem_code=error.code, problem_detail=error.detail)
        self._on_kept()


class AppearanceCard(FormCard[PreferencesState]):
    """Theme and language."""

    def __init__(self, model: PreferencesModel) -> None:
        super().__init__("appearanceCard")
        self.themes = SegmentedControl(name="themeSwitch")
        self.languages = SegmentedControl(name="languageSwitch")
        rows = Rows()
        self._theme_word, self._language_word = rows.add(self.themes), rows.add(self.languages)
        self.body.addLayout(rows.grid)
        self.themes.chosen.connect(model.use_theme)
        self.languages.chosen.connect(model.use_language)
        self._built()
        self.bind(model)

    def show_state(self, state: PreferencesState) -> None:
        """Draw the choices."""
        self.set_title(tr("外观与语言"))
        self._theme_word.setText(tr("外观"))
        self._language_word.setText(tr("语言"))
        self.themes.set_options(
            [("light", tr("浅色")), ("dark", tr("深色")), ("contrast", tr("高对比度")), ("system", tr("跟随系统"))]
        )
        self.themes.set_current(state.settings.theme)
        self.themes.setAccessibleName(tr("外观"))
        # Each language names itself, so that it is found by whoever reads only that one.
        self.languages.set_options([("zh", "中文"), ("en", "English")])
        self.languages.set_current(state.settings.language)
        self.languages.setAccessibleName(tr("语言"))


class ScanningCard(FormCard[PreferencesState]):
    """How fresh a scan must be, and the camera with a live test; the camera runs only while it is tested."""

    def __init__(self, model: PreferencesModel, cameras: Callable[[], Cameras]) -> None:
        super().__init__("scanningCard")
        self._model, self._cameras = model, cameras
        self.freshness = ChoiceField(name="freshnessChoice")
        self.freshness.setFixedWidth(160)
        self._freshness_note = Label(role="caption", wrap=True)
        self.test = SecondaryButton(icon="scan-line", name="cameraTestButton")
        self.read = StatusChip(name="cameraTestRead")
        self.read.hide()
        self.camera: CameraPanel | None = None
        rows = Rows()
        self._freshness_word = rows.add(self.freshness)
        rows.note(self._freshness_note)
        self._camera_word = rows.add(self.test)
        self._camera_note = Label(role="caption", wrap=True, name="cameraTestNote")
        rows.note(self._camera_note)
        self.body.addLayout(rows.grid)
        self._stage = QHBoxLayout()
        self.body.addLayout(self._stage)
        self.add(self.read)
        self.freshness.chosen.connect(lambda seconds: model.set_freshness(int(seconds)))
        self.test.clicked.connect(self._toggle)
        self._built()
        self.bind(model)

    @property
    def is_testing(self) -> bool:
        """Whether the camera's picture is shown."""
        return self.camera is not None and self.camera.isVisibleTo(self)

    def show_state(self, state: PreferencesState) -> None:
        """Draw the choices."""
        self.set_title(tr("扫码"))
        self._freshness_word.setText(tr("扫码有效秒数"))
        seconds = state.settings.freshness_s
        offered = sorted({*_FRESHNESS_S, seconds})
        self.freshness.set_options([(str(s), tr("{seconds} 秒", seconds=s)) for s in offered], str(seconds))
        self.freshness.box.setAccessibleName(tr("扫码有效秒数"))
        note = tr("二维码超过此秒数才被扫到即作废; 越短越能防止转拍。")
        later = tr("下次启动时生效。") if state.freshness_changed else ""
        self._freshness_note.setText(running(note, later))
        self._camera_word.setText(tr("摄像头"))
        self.test.setText(tr("关闭摄像头") if self.is_testing else tr("选择并测试摄像头"))
        self._camera_note.setText(tr("用于无网络时扫描手机上的二维码。画面只在本机显示, 不保存。"))
        self.read.set_status(tr("已读到二维码, 摄像头可用"), Tone.SUCCESS)

    def _toggle(self) -> None:
        if self.is_testing:
            assert self.camera is not None
            self.camera.hide()  # which stops it
        else:
            self._open()
        self.read.hide()
        self._show()

    def _open(self) -> None:
        if self.camera is None:
            found = self._cameras()
            self.camera = CameraPanel(found.make_reader, found.list_devices, name="settingsCamera")
            self.camera.text_read.connect(self._on_read)
            self.camera.device.chosen.connect(lambda index: self._model.use_camera(int(index)))
            self._stage.addWidget(self.camera)
        self.camera.show()
        self.camera.start()

    def _on_read(self, _text: str) -> None:
        self.read.show()
