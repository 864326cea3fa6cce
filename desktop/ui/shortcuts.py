"""The keys that work everywhere, in a dialog (F1 or ?): nobody has to find them out."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.ui.dialogs import Dialog
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label
from desktop.ui.kit.buttons import PrimaryButton
from desktop.ui.theme import monospace_font

_KEY_PX = 13
_KEYS_WIDTH = 152
_WIDTH = 560


def general_keys() -> list[tuple[str, str]]:
    """Return the keys that do the same on every page, with what they do."""
    return [
        ("Tab · Shift+Tab", tr("到下一个或上一个控件")),
        ("Enter · Space", tr("按下按钮, 打开所选的一行")),
        ("↑ ↓ ← →", tr("在列表、表格和选项之间移动")),
        ("Esc", tr("关闭对话框, 取消扫码")),
        ("F6", tr("在导航栏、页面和标题栏之间移动")),
        ("F1 · ?", tr("显示本说明")),
    ]


class ShortcutsDialog(Dialog):
    """Lists (key, meaning): first the pages of the rail, then what works everywhere."""

    def __init__(self, pages: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__("shortcutsDialog", tr("键盘快捷键"), "", parent)
        self.setFixedWidth(_WIDTH)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, _KEYS_WIDTH)
        grid.setColumnStretch(1, 1)
        for row, (key, meaning) in enumerate([*pages, *general_keys()]):
            label = Label(key, "strong")
            label.setFont(monospace_font(_KEY_PX))
            grid.addWidget(label, row, 0)
            grid.addWidget(Label(meaning, "body", wrap=True), row, 1)
        self.body.addSpacing(8)
        self.body.addLayout(grid)
        close = PrimaryButton(tr("知道了"), name="shortcutsClose")
        close.clicked.connect(self.accept)
        self.buttons.addStretch()
        self.buttons.addWidget(close)
        self.make_default(close)
