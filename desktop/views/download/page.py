"""The section 手机应用下载 of my page, and the same as a window above the login page. Passive.

A code is shown only for an address that a phone elsewhere reaches; the demo points to the virtual phone instead.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.services.connection import Finding, Probe
from desktop.services.workspace import Workspace
from desktop.ui.i18n import tr
from desktop.ui.kit.base import TONE_COLOUR, ElidedLabel, Label, Tone
from desktop.ui.kit.buttons import LinkButton, PrimaryButton, SecondaryButton
from desktop.ui.kit.surfaces import Icon, StatusChip
from desktop.ui.qr_code import QrCode
from desktop.views.download.model import App, AppLink, DownloadModel, DownloadState
from desktop.views.download.words import ICONS, TONES, app_word, finding_words, grade_word, probe_word
from desktop.views.me.frame import framed
from desktop.views.me.sections import APPS, MeSection
from desktop.views.settings.form_card import FormCard

_QR_PX = 176
_PROBE_WIDTH = 176
_DIALOG = (840, 720)


class _AppTile(QWidget):
    """One app: name, code, address; or in words why there is no code."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self.setObjectName(f"app_{app.value}")
        self.setFixedWidth(_QR_PX + 24)
        self.title = Label(role="strong")
        self.code = QrCode(name=f"appCode_{app.value}")
        self.code.setFixedSize(_QR_PX, _QR_PX)
        self.url = ElidedLabel(role="caption", name=f"appUrl_{app.value}")
        self.none = Label(role="muted", wrap=True, name=f"appNone_{app.value}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.title, self.code, self.url, self.none):
            column.addWidget(widget)
        column.addStretch()

    def show_link(self, link: AppLink) -> None:
        """Draw one app."""
        word = app_word(link.app)
        self.title.setText(word)
        if link.is_public:
            self.code.set_payload(link.url)
        else:
            self.code.clear()
        self.code.setAccessibleName(tr("{app} 下载二维码 {url}", app=word, url=link.url))
        self.url.setText(link.url)
        self.none.setText(tr("此地址只能在内网打开, 手机扫码无法下载。") if link.url else tr("平台尚未公布下载地址。"))
        for part in (self.code, self.url):
            part.setVisible(link.is_public)
        self.none.setVisible(not link.is_public)


class AppsCard(FormCard[DownloadState]):
    """A code each, or the way to the virtual phone."""

    def __init__(self, model: DownloadModel) -> None:
        super().__init__("appsCard")
        self.words = Label(role="body", wrap=True, name="appsText")
        self.phone = PrimaryButton(icon="smartphone", name="openPhoneButton")
        self.tiles = {link.app: _AppTile(link.app) for link in model.state.links}
        self.add(self.words)
        self.add(self.phone)
        self.body.setAlignment(self.phone, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(24)
        for tile in self.tiles.values():
            row.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch()
        self.body.addLayout(row)
        self.phone.clicked.connect(model.bring_phone)
        self._built()
        self.bind(model)

    def show_state(self, state: DownloadState) -> None:
        """Draw the apps."""
        self.set_title(tr("手机应用下载"))
        is_any = any(link.is_public for link in state.links)
        if state.is_demo:
            words = tr("本机演示请使用虚拟手机。")
        elif is_any:
            words = tr("用手机扫码下载, 登录后即可扫描电脑上的二维码。")
        else:
            words = tr("本平台的配置中没有可供手机访问的下载地址; 请向平台索取, 或在手机应用市场中查找。")
        self.words.setText(words)
        self.phone.setText(tr("打开虚拟手机"))
        self.phone.setVisible(state.is_demo and state.has_phone)
        for link in state.links:
            self.tiles[link.app].show_link(link)
            self.tiles[link.app].setVisible(bool(link.url) if state.is_demo else is_any or bool(link.url))


class _ProbeRow(QWidget):
    """One probe: sign, name, word, details."""

    def __init__(self, probe: Probe) -> None:
        super().__init__()
        self.probe = probe
        self.setObjectName(f"probe_{probe.value}")
        self.icon = Icon("minus", "muted", 20)
        self.name = Label(role="body")
        self.name.setFixedWidth(_PROBE_WIDTH)
        self.chip = StatusChip(name=f"probeGrade_{probe.value}")
        self.details = Label(role="caption", wrap=True, selectable=True, name=f"probeText_{probe.value}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        row.addWidget(self.icon)
        row.addWidget(self.name)
        row.addWidget(self.chip)
        row.addWidget(self.details, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_finding(self, finding: Finding | None, *, is_asking: bool) -> None:
        """Draw what came of it."""
        self.name.setText(probe_word(self.probe))
        if finding is None:
            self.icon.set_icon("refresh-cw" if is_asking else "minus", "muted")
            self.chip.set_status(tr("检查中…") if is_asking else tr("未检查"), Tone.NEUTRAL)
            self.details.setText("")
        else:
            tone = TONES[finding.grade]
            self.icon.set_icon(ICONS[finding.grade], TONE_COLOUR[tone])
            self.chip.set_status(grade_word(finding.grade), tone)
            self.details.setText(finding_words(finding))
        words = f"{self.name.text()} {self.chip.accessibleName()} {self.details.text()}"
        self.setAccessibleName(words.strip())


class ConnectionCard(FormCard[DownloadState]):
    """The connection check, each row filled as its answer comes; results can be copied."""

    def __init__(self, model: DownloadModel) -> None:
        super().__init__("connectionCard")
        self.model = model
        self.words = Label(role="muted", wrap=True, name="connectionText")
        self.rows = [_ProbeRow(probe) for probe in Probe]
        self.start = SecondaryButton(icon="refresh-cw", name="checkButton")
        self.cancel = LinkButton(icon="x", name="checkCancel")
        self.copy = LinkButton(icon="copy", name="checkCopy")
        self.add(self.words)
        column = QVBoxLayout()
        column.setSpacing(0)
        for row in self.rows:
            column.addWidget(row)
        self.body.addLayout(column)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.start)
        foot.addWidget(self.cancel)
        foot.addStretch()
        foot.addWidget(self.copy)
        self.body.addLayout(foot)
        self.start.clicked.connect(model.check)
        self.cancel.clicked.connect(model.cancel)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(model.report()))
        self._built()
        self.bind(model)

    def show_state(self, state: DownloadState) -> None:
        """Draw the rows."""
        self.set_title(tr("连接检查"))
        found = {finding.probe: finding for finding in state.findings}
        bad = [finding for finding in state.findings if finding.code]
        if state.is_checking:
            self.words.setText(tr("正在检查 {done} / {total}…", done=len(found), total=len(self.rows)))
        elif state.was_cancelled:
            self.words.setText(tr("检查已取消。"))
        elif not found:
            self.words.setText(tr("检查本机到平台的各项连接, 无需登录。"))
        elif bad:
            self.words.setText(tr("{count} 项未通过, 请按提示处理后重新检查。", count=len(bad)))
        else:
            self.words.setText(tr("全部可用。"))
        self.start.setText(tr("重新检查") if found else tr("开始检查"))
        self.start.setEnabled(not state.is_checking)
        self.cancel.setText(tr("取消"))
        self.cancel.setVisible(state.is_checking)
        self.copy.setText(tr("复制结果"))
        self.copy.setVisible(bool(found))
        for row in self.rows:
            row.show_finding(found.get(row.probe), is_asking=state.asking is row.probe)


def make_download(model: DownloadModel) -> QScrollArea:
    """Return both cards in their frame."""
    apps, connection = AppsCard(model), ConnectionCard(model)
    made = framed(apps, connection, name="meApps")
    model.setParent(made)
    return made


def download_section(workspace: Workspace, *, open_phone: Callable[[], object] | None = None) -> MeSection:
    """Return the section."""
    return MeSection(
        id=APPS,
        title=lambda: tr("手机应用下载"),
        icon="smartphone",
        factory=lambda: make_download(DownloadModel(workspace, open_phone=open_phone)),
    )


class DownloadDialog(QDialog):
    """The same above the login page."""

    def __init__(self, model: DownloadModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("downloadDialog")
        self.setWindowTitle(tr("手机应用下载与连接检查"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_DIALOG)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()  # the first Tab goes into the area, which need not be framed before
        self.close_button = PrimaryButton(tr("关闭"), name="downloadDialogClose")
        self.close_button.clicked.connect(self.accept)
        self.finished.connect(lambda _result: model.cancel())
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 32, 16)
        foot.addStretch()
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(make_download(model), 1)
        column.addLayout(foot)
