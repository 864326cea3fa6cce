"""The list of platforms (更多平台) and what a person compares before one is added. Passive."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.portal.profile import grouped
from desktop.services.platforms import KnownPlatform, NewPlatform
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import ElidedLabel, Label, Tone
from desktop.ui.kit.buttons import LinkButton, PrimaryButton, SecondaryButton
from desktop.ui.kit.drop import FilePicker
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import Icon, StatusChip
from desktop.views.settings.form_card import FormCard
from desktop.views.settings.platforms_model import PlatformLine, PlatformsModel, PlatformsState

_SUFFIXES = (".json",)
#: Half a fingerprint stands in one line.
_HALF = 32
_DAY = len("2026-11-24")


class AddPlatformDialog(ConfirmDialog):
    """Whom one would trust by adding: name, address, root; the answer that changes nothing is the default."""

    def __init__(self, new: NewPlatform, parent: QWidget | None = None) -> None:
        profile, anchor = new.profile, new.anchor
        text = (
            tr("此平台已在列表中, 信任根相同; 将更新它的名称与地址。")
            if new.is_known
            else tr("添加后, 本机将信任此平台签发的证书与印章。请通过电话等其他途径与平台核对指纹。")
        )
        super().__init__(tr("添加平台?"), text, tr("已核对, 添加"), parent=parent)
        days = f"{local_time(anchor.not_before)[:_DAY]} – {local_time(anchor.not_after)[:_DAY]}"
        issuer = " · ".join(part for part in (anchor.holder, anchor.organization) if part)
        facts = (
            (tr("平台名称"), profile.title(current_language()), "addPlatformName"),
            (tr("平台地址"), profile.base_url, "addPlatformAddress"),
            (tr("信任根"), issuer, "addPlatformIssuer"),
            (tr("有效期"), days, "addPlatformDays"),
        )
        for word, value, name in facts:
            self.body.addWidget(Label(word, "muted"))
            self.body.addWidget(Label(value, "body", wrap=True, selectable=True, name=name))
        self.body.addWidget(Label(tr("信任根指纹 (SHA-256)"), "muted"))
        code = anchor.fingerprint
        fingerprint = Label(
            f"{grouped(code[:_HALF])}\n{grouped(code[_HALF:])}", "body", selectable=True, name="addPlatformFingerprint"
        )
        fingerprint.set_code()
        fingerprint.setAccessibleName(f"{tr('信任根指纹 (SHA-256)')} {grouped(code)}")
        self.body.addWidget(fingerprint)
        self.make_default(self.back)


class PlatformsCard(FormCard[PlatformsState]):
    """The list and the button that adds. `use` is called with the platform that was switched to."""

    def __init__(
        self, model: PlatformsModel, *, use: Callable[[KnownPlatform], object], pick: FilePicker, asks: bool = True
    ) -> None:
        """With `asks` a switch is asked about first: pages are open."""
        super().__init__("platformsCard")
        self.model, self._use, self._pick, self._asks = model, use, pick, asks
        self.note = Label(role="caption", wrap=True, name="platformsNote")
        kind = SecondaryButton if asks else PrimaryButton
        self.add_button = kind(icon="plus", name="addPlatformButton")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(16)
        self._drawn: list[QWidget] = []
        self._shown: tuple[object, ...] = ()
        self.body.addLayout(self.rows)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.add_button)
        foot.addWidget(self.note, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(foot)
        self.add_button.clicked.connect(self._choose_file)
        model.to_confirm.connect(self._confirm)
        model.chosen.connect(self._use)
        self._built()
        self.bind(model)

    def show_state(self, state: PlatformsState) -> None:
        """Draw the list; the rows only when they differ, so that the focus stays."""
        self.set_title(tr("平台"))
        self.add_button.setText(tr("添加平台…"))
        self.add_button.setEnabled(not state.is_busy)
        self.note.setText(tr("配置文件 (.json) 由平台提供; 各平台的数据分开保存。"))
        shown = (state.lines, current_language())
        if shown != self._shown:
            self._shown = shown
            self._draw(state)

    def _draw(self, state: PlatformsState) -> None:
        for old in self._drawn:
            old.hide()
            old.deleteLater()
        self._drawn = [self._row(number, line) for number, line in enumerate(state.lines)]
        for row in self._drawn:
            self.rows.addWidget(row)

    def _row(self, number: int, line: PlatformLine) -> QWidget:
        made = QWidget()
        made.setObjectName(f"platform_{number}")
        title = line.title(current_language())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(title, name=f"platformName_{number}"))
        if line.problem:
            wording = problem(line.problem).wording(current_language())
            words_of = tr("{title}。{next_step}", title=wording.title, next_step=wording.next_step)
            small: QWidget = Label(words_of, "caption", wrap=True)
        else:
            small = ElidedLabel(
                tr("{host} · 信任根 {fingerprint}…", host=line.host, fingerprint=line.fingerprint), "caption"
            )
        small.setObjectName(f"platformSmall_{number}")
        words.addWidget(small)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(Icon("building-2", "muted", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if line.is_current:
            row.addWidget(StatusChip(tr("正在使用"), Tone.SUCCESS, name="currentPlatform"))
        elif not line.problem:
            use = SecondaryButton(tr("使用此平台"), name=f"usePlatform_{number}")
            use.clicked.connect(partial(self._ask_use, line))
            row.addWidget(use)
        if line.may_remove:
            remove = LinkButton(tr("移除"), "trash-2", name=f"removePlatform_{number}")
            remove.clicked.connect(partial(self._ask_remove, line))
            row.addWidget(remove)
        return made

    def _choose_file(self) -> None:
        for path in self._pick(self, tr("选择平台配置文件"), _SUFFIXES, False)[:1]:
            self.model.look_at(path)

    def _confirm(self, new: NewPlatform) -> None:
        dialog = AddPlatformDialog(new, self)
        dialog.accepted.connect(lambda: self.model.add(new))
        dialog.open()

    def _ask_use(self, line: PlatformLine) -> None:
        if not self._asks:
            self.model.use(line.key)
            return
        text = tr("打开的页面会关闭, 未提交的内容不保留; 本平台的登录与数据不受影响, 可随时切换回来。")
        title = tr("切换到 {platform}?", platform=line.title(current_language()))
        dialog = ConfirmDialog(title, text, tr("切换"), parent=self)
        dialog.accepted.connect(lambda: self.model.use(line.key))
        dialog.open()

    def _ask_remove(self, line: PlatformLine) -> None:
        text = tr("只从列表中移除; 它在本机的数据保留, 再次添加同一平台时继续使用。")
        title = tr("移除 {platform}?", platform=line.title(current_language()))
        dialog = ConfirmDialog(title, text, tr("移除"), is_destructive=True, parent=self)
        dialog.accepted.connect(lambda: self.model.remove(line.key))
        dialog.open()
