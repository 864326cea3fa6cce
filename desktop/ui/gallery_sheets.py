"""The sheets of the gallery: invented content, long names on purpose."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.ui.dialogs import ConfirmDialog, ProblemDialog, TextPrompt
from desktop.ui.gallery_camera import camera
from desktop.ui.kit import (
    Banner,
    Card,
    Cell,
    ChoiceField,
    CodeField,
    Column,
    Countdown,
    DangerButton,
    DataTable,
    DropZone,
    ElidedLabel,
    EmptyState,
    IconButton,
    KitFrame,
    Label,
    LinkButton,
    ListRow,
    NumberField,
    OfflineView,
    PhoneNumberField,
    PrimaryButton,
    ProblemView,
    ProgressPanel,
    Row,
    SecondaryButton,
    SegmentedControl,
    Separator,
    Skeleton,
    StatusChip,
    StepIndicator,
    SyncState,
    TextField,
    Tone,
    VerdictBadge,
    scrolled,
)
from desktop.ui.qr import QrCard, QrState, QrView
from desktop.ui.shell import MainShell, MenuEntry, NavEntry

_NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
_LONG = "江西省某某至某某高速公路新建工程施工监理第JL-02合同段投标文件(技术部分)-最终签署版-20261124.pdf"
PAYLOAD = "https://platform.example.cn/m#" + "Aq7xZ0b9" * 11


def _sheet(*, width: int = 1120, height: int = 720) -> tuple[QWidget, QVBoxLayout]:
    sheet = QWidget()
    sheet.setObjectName("shellContent")
    sheet.setFixedSize(width, height)
    column = QVBoxLayout(sheet)
    column.setContentsMargins(32, 32, 32, 32)
    column.setSpacing(24)
    return sheet, column


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch()
    return holder


def controls() -> QWidget:
    """Buttons, fields, choices."""
    sheet, column = _sheet()
    buttons = Card("按钮 Buttons")
    disabled = PrimaryButton("主要操作", "stamp")
    disabled.setEnabled(False)
    off = SecondaryButton("次要操作")
    off.setEnabled(False)
    first = _row(
        PrimaryButton("开始签章", "stamp"), SecondaryButton("另存为…", "save"), DangerButton("撤销授权", "trash-2")
    )
    buttons.add(first)
    icons = [IconButton(name, name) for name in ("zoom-in", "zoom-out", "maximize", "refresh-cw", "ellipsis")]
    buttons.add(_row(disabled, off, LinkButton("查看证书链"), LinkButton("复制诊断信息", "copy"), *icons))
    views = SegmentedControl(name="views")
    views.set_options([("all", "全部"), ("mine", "我的"), ("pending", "待审核")])
    buttons.add(views)
    column.addWidget(buttons)
    column.addWidget(_fields())
    column.addStretch()
    return sheet


def _fields() -> QWidget:
    fields = Card("输入 Fields")
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(16)
    wrong = PhoneNumberField("手机号", name="wrong")
    wrong.set_value("12345")
    wrong.set_error("请输入 11 位手机号。")
    code = CodeField("短信验证码", name="code")
    code.start_countdown(57)
    password = TextField("登录密码", name="password", secret=True)
    password.set_value("not a password")
    password.set_help("至少 10 个字符。")
    kind = ChoiceField("印章类型", name="kind")
    kind.set_options([("official", "企业公章"), ("legal", "法人章"), ("contract", "合同章")])
    name = TextField("单位名称", name="organization", placeholder="与营业执照一致")
    closed = TextField("统一社会信用代码", name="credit")
    closed.set_value("91360000MA35XXXXXX")
    closed.edit.setEnabled(False)
    for index, field in enumerate((wrong, code, password, kind, name, closed)):
        grid.addWidget(field, index // 2, index % 2)
    fields.body.addLayout(grid)
    return fields


def signs() -> QWidget:
    """Banners, verdicts, chips, progress, steps."""
    sheet, column = _sheet(height=960)
    for banner in _banners():
        column.addWidget(banner)
    column.addLayout(_verdicts())
    column.addWidget(_row(*_chips(), *_countdowns()))
    column.addWidget(_progress())
    column.addStretch()
    return sheet


def _banners() -> Iterator[QWidget]:
    messages = (
        (Tone.INFO, "文件已有签名", "再盖章会作为新的一次签名追加, 不影响先前的签名。", "", ""),
        (Tone.SUCCESS, "签章完成", "已保存到“投标文件-已签章.pdf”。", "打开所在文件夹", ""),
        (Tone.WARNING, "证书将于 21 天后到期", "请在平台完成延期订单, 然后在手机上延期。", "", ""),
        (Tone.PROBLEM, "平台响应超时", "平台在规定时间内没有回应。请稍后重试。", "", "code"),
    )
    for tone, title, text, action, code in messages:
        banner = Banner()
        banner.show_message(tone, title, text, action=action, diagnostic=code)
        yield banner


def _verdicts() -> QGridLayout:
    verdicts = QGridLayout()
    verdicts.setSpacing(16)
    details = {
        Verdict.VALID: "由“江西某某建设工程有限公司”签章, 签章后文件未被改动。",
        Verdict.INVALID: "签章之后文件内容被改动过。",
        Verdict.CANNOT_TELL: "无法取得证书的吊销状态, 不能确认签章是否有效。",
        Verdict.UNSIGNED: "文件中没有电子签名。",
    }
    for index, (verdict, detail) in enumerate(details.items()):
        badge = VerdictBadge()
        badge.set_verdict(verdict, detail)
        verdicts.addWidget(badge, index // 2, index % 2)
    return verdicts


def _chips() -> list[QWidget]:
    chips = [
        ("待审核", Tone.WARNING),
        ("已通过", Tone.SUCCESS),
        ("已驳回", Tone.PROBLEM),
        ("作废", Tone.NEUTRAL),
        ("可申领", Tone.INFO),
    ]
    return [StatusChip(text, tone) for text, tone in chips]


def _countdowns() -> list[Countdown]:
    clock = ManualClock(_NOW)
    countdowns = [Countdown(clock) for _ in range(3)]
    for label, minutes in zip(countdowns, (4000, 29, 4), strict=True):
        label.set_deadline(_NOW + timedelta(minutes=minutes))
    return countdowns


def _progress() -> QWidget:
    card = Card("进度 Progress")
    steps = StepIndicator()
    steps.set_steps(("选择文件", "放置印章", "手机扫码", "完成"), 2)
    card.add(steps)
    card.add(Separator())
    progress = ProgressPanel()
    progress.set_progress(37, 120, "正在校验投标文件第 37 页")
    card.add(progress)
    unknown = ProgressPanel()
    unknown.set_progress(12, 0, "正在等待平台")
    card.add(unknown)
    return card


def lists() -> QWidget:
    """Table and rows."""
    sheet, column = _sheet()
    card = Card(padding=0)
    card.body.setContentsMargins(8, 8, 8, 8)
    card.add(_table())
    column.addWidget(card, 1)
    column.addWidget(_certificates())
    return sheet


def _table() -> QWidget:
    table = DataTable(name="records")
    columns = (
        Column(title="操作时间", width=160),
        Column(title="操作类型", width=112),
        Column(title="文件"),
        Column(title="证书序列号", width=176, is_code=True),
        Column(title="页数", width=80, is_number=True),
        Column(title="结果", width=112),
    )
    rows = [
        Row(
            key=str(index),
            cells=(
                f"2026-11-{24 - index:02} 09:1{index}",
                ("签章", "登录", "解密")[index % 3],
                (_LONG, "投标函.pdf", "工程量清单.pdf")[index % 3],
                f"4F0A91C277{index:02}B3D1",
                f"{index * 137 + 11:,}",
                Cell(
                    text=("成功", "被拒绝", "无法判定")[index % 3],
                    tone=(Tone.SUCCESS, Tone.PROBLEM, Tone.WARNING)[index % 3],
                ),
            ),
        )
        for index in range(7)
    ]
    table.set_content(columns, rows)
    table.set_accessible_name("使用记录")
    table.select("2")
    return table


def _certificates() -> QWidget:
    below = Card("我的证书")
    below.add_action(SecondaryButton("下载证书", "download"))
    for key, title, small, word, tone in (
        ("1", "江西某某建设工程有限公司", "序列号 4F0A91C27701B3D1 · 有效期至 2027-11-24", "有效", Tone.SUCCESS),
        ("2", _LONG, "序列号 4F0A91C27702B3D1 · 有效期至 2026-12-15", "即将到期", Tone.WARNING),
    ):
        row = ListRow(key, icon="file-badge")
        row.set_texts(title, small)
        row.set_status(word, tone)
        below.add(row)
    return below


def faces() -> QWidget:
    """The four faces without content, and the drop zone."""
    sheet, column = _sheet(height=1120)
    grid = QGridLayout()
    grid.setSpacing(16)
    empty = EmptyState()
    empty.set_content("file-badge", "还没有数字证书", "下载后, 可以用手机扫码登录、签章和解密。", "下载证书")
    skeleton = Skeleton()
    skeleton.show_now()
    problem = ProblemView()
    problem.show_problem("pdf.damaged", "xref")
    for index, face in enumerate((empty, skeleton, problem, OfflineView())):
        card = Card(padding=0)
        card.add(face)
        grid.addWidget(card, index // 2, index % 2)
    column.addLayout(grid, 1)
    zone = DropZone(name="zone")
    zone.set_texts("将 PDF 拖到这里", "文件只在本机打开, 不会上传。")
    zone.offer([Path("a.docx")])
    column.addWidget(zone)
    return sheet


def qr_states() -> QWidget:
    """The QR card in each of its states."""
    sheet, column = _sheet(width=1680, height=1240)
    grid = QGridLayout()
    grid.setSpacing(24)
    base: dict[str, Any] = {
        "title": "签章",
        "document": _LONG,
        "note": "江西某某建设工程有限公司 · 企业公章 · 第 1、3、5 页",
    }
    views = (
        QrView(state=QrState.LOADING, **base),
        QrView(state=QrState.SHOWING, payload=PAYLOAD, remaining_s=87, total_s=120, **base),
        QrView(state=QrState.PAUSED, **base),
        QrView(state=QrState.EXPIRED, **base),
        QrView(state=QrState.CLAIMED, check_code="4071", phone_name="张三的手机", **base),
        QrView(state=QrState.WORKING, message="正在写入签章", done=3, total=8, **base),
        QrView(state=QrState.DONE, message="已签章 3 份文件", **base),
        QrView(state=QrState.PROBLEM, problem_code="ceremony.interrupted", **base),
    )
    for index, view in enumerate(views):
        card = QrCard()
        card.show_view(view)
        grid.addWidget(card, index // 4, index % 4)
    column.addLayout(grid)
    return sheet


def shell() -> QWidget:
    """The window with a page of typical hierarchy."""
    names = ("首页", "投标项目", "签章", "验签", "数字证书", "电子印章", "使用记录")
    icons = ("house", "folder-open", "stamp", "shield-check", "file-badge", "badge-check", "history")
    entries = [
        NavEntry(id=icon, title=partial(str, name), icon=icon, factory=_page, shortcut=f"Ctrl+{number}")
        for number, (name, icon) in enumerate(zip(names, icons, strict=True), start=1)
    ]
    entries.append(NavEntry(id="me", title=lambda: "我的", icon="user", factory=_page, is_foot=True))
    menu = [MenuEntry(id="logout", title=lambda: "退出登录", icon="log-out", action=lambda: None)]
    window = MainShell(entries, clock=ManualClock(_NOW), user_menu=menu)
    window.set_account("江西某某建设工程有限公司", "张三")
    window.set_sync_state(SyncState.SYNCED)
    window.resize(1280, 800)
    window.show_page("stamp")
    window.show_toast("已复制诊断信息")
    return window


def _page() -> QWidget:
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(32, 24, 32, 24)
    row.setSpacing(24)
    left = Card("要签章的文件")
    left.add_action(LinkButton("更换文件"))
    left.add(ElidedLabel(_LONG))
    left.add(Label("共 212 页 · 18.4 MB · 未签名", "muted"))
    left.add(Separator())
    choice = ChoiceField("印章", name="seal")
    choice.set_options([("1", "企业公章 · 江西某某建设工程有限公司")])
    left.add(choice)
    left.add(TextField("盖章页", name="pages", placeholder="例如 1, 3, 5-8"))
    left.body.addStretch()
    left.add(_row(PrimaryButton("生成二维码", "qr-code"), SecondaryButton("预览")))
    card = QrCard()
    card.show_view(
        QrView(state=QrState.SHOWING, title="签章", document=_LONG, payload=PAYLOAD, remaining_s=87, total_s=120)
    )
    row.addWidget(left, 1)
    row.addWidget(card)
    return page


def dialogs() -> QWidget:
    """The three dialogs side by side."""
    sheet, column = _sheet(height=400)
    row = QHBoxLayout()
    made = (
        ConfirmDialog("撤回投标文件?", "撤回后需要在截止时间前重新递交。", "撤回", is_destructive=True),
        TextPrompt("重命名工位", "工位名称", "保存", value="标书室 1 号机"),
        ProblemDialog(RejectedError("general.file_unreadable", "EACCES")),
    )
    for dialog in made:
        frame = KitFrame(kind="card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(dialog)
        dialog.setFixedWidth(330)
        row.addWidget(frame)
    column.addLayout(row)
    column.addStretch()
    return sheet


def long_text() -> QWidget:
    """Headings and running text in a scroll area."""
    sheet, column = _sheet(height=480)
    words = QWidget()
    inside = QVBoxLayout(words)
    inside.setSpacing(8)
    for role in ("title", "heading", "lead", "body", "muted", "caption", "error"):
        inside.addWidget(Label(f"{role}: 投标文件已加密并递交 0123456789", role))
    inside.addWidget(ElidedLabel(_LONG))
    inside.addWidget(Label(_LONG * 3, wrap=True))
    for _ in range(12):
        inside.addWidget(Label("再来一行, 让滚动条出现。"))
    column.addWidget(scrolled(words))
    return sheet


def plain() -> QWidget:
    """Widgets of Qt itself, dressed by the style sheet."""
    sheet, column = _sheet(height=640)
    card = Card("其他 Others")
    checks = [QCheckBox("每页加盖骑缝章"), QCheckBox("记住此账号"), QRadioButton("企业公章"), QRadioButton("合同章")]
    checks[0].setChecked(True)
    checks[2].setChecked(True)
    off = QCheckBox("不可用")
    off.setEnabled(False)
    for check in (*checks, off):
        check.setAccessibleName(check.text())
    card.add(_row(*checks, off))
    length = NumberField("宽度", name="width", maximum=210, decimals=1, suffix=" mm")
    length.set_value(42)
    card.add(_row(NumberField("页码", name="page", minimum=1, maximum=500), length))
    text = QPlainTextEdit("变更说明")
    text.setAccessibleName("说明")
    text.setFixedHeight(96)
    card.add(text)
    tabs = QTabWidget()
    tabs.setAccessibleName("证书")
    for name in ("基本信息", "证书链", "使用记录"):
        tabs.addTab(Label(f"{name}的内容"), name)
    tabs.tabBar().setAccessibleName("证书")
    card.add(tabs)
    column.addWidget(card)
    # A window of its own in life; here it stands among the others to be seen.
    menu = QMenu()
    menu.setAccessibleName("操作")
    menu.setWindowFlags(Qt.WindowType.Widget)
    for name in ("重命名", "导出记录", "撤销授权"):
        menu.addAction(name)
    menu.setFixedSize(menu.sizeHint())
    column.addWidget(menu)
    menu.show()
    column.addStretch()
    return sheet


SHEETS: dict[str, Callable[[], QWidget]] = {
    "controls": controls,
    "signs": signs,
    "lists": lists,
    "faces": faces,
    "qr": qr_states,
    "camera": camera,
    "shell": shell,
    "dialogs": dialogs,
    "text": long_text,
    "plain": plain,
}
