"""The first page where no platform is chosen yet: which one this workstation works with. Passive. Source: manual 2."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.platforms import KnownPlatform
from desktop.ui.i18n import Language, current_language, tr
from desktop.ui.kit.base import Label
from desktop.ui.kit.buttons import LinkButton
from desktop.ui.kit.drop import FilePicker, pick_files
from desktop.ui.kit.surfaces import Banner, scrolled
from desktop.ui.page import Page
from desktop.views.login.brand import BrandPane
from desktop.views.settings.platforms_card import PlatformsCard
from desktop.views.settings.platforms_model import PlatformsModel, PlatformsState

_WIDTH = 640


class PlatformChoicePage(Page[PlatformsState]):
    """`use` is called with the platform chosen."""

    def __init__(
        self,
        model: PlatformsModel,
        *,
        use: Callable[[KnownPlatform], object],
        pick: FilePicker = pick_files,
        apply_language: Callable[[str], object] = lambda _language: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("platformChoicePage", parent)
        self.model, self._apply_language = model, apply_language
        self.heading = Label(role="title", name="choiceTitle", wrap=True)
        self.words = Label(role="muted", name="choiceText", wrap=True)
        self.start_problem = Banner(name="choiceBanner")
        self.language = LinkButton(icon="languages", name="choiceLanguage")
        self.card = PlatformsCard(model, use=use, pick=pick, asks=False)
        self.language.clicked.connect(self._change_language)
        self._lay_out()
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)
        model.load()

    def show_state(self, state: PlatformsState) -> None:
        """Say what is to be done, and what is wrong with what was there."""
        self.heading.setText(tr("选择招标采购平台"))
        usable = any(not line.problem for line in state.lines)
        self.words.setText(
            tr("请选择要使用的平台。")
            if usable
            else tr("请添加平台提供的配置文件, 然后选择该平台。只想试用时, 可用命令 bidseal demo 启动本机演示。")
        )
        self.language.setText("中文" if current_language() is Language.ENGLISH else "English")
        code = self.model.start_problem
        if code:
            self.start_problem.show_problem(code)
        else:
            self.start_problem.clear()

    def _change_language(self) -> None:
        other = Language.CHINESE if current_language() is Language.ENGLISH else Language.ENGLISH
        self._apply_language(other.value)

    def _lay_out(self) -> None:
        middle = QWidget()
        inner = QWidget()
        inner.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (self.heading, self.words, self.start_problem, self.card):
            column.addWidget(widget)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addWidget(inner, 1000)
        centred.addStretch(1)
        outer = QVBoxLayout(middle)
        outer.setContentsMargins(24, 12, 24, 24)
        outer.addWidget(self.language, 0, Qt.AlignmentFlag.AlignRight)
        outer.addStretch(2)
        outer.addLayout(centred)
        outer.addStretch(3)
        row = QHBoxLayout(self.content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(BrandPane(""))
        row.addWidget(scrolled(middle), 1)
