"""The widgets of the kit do what their names say, with mouse and keyboard, and take no text for markup."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.domain.errors import MisuseError
from desktop.domain.operations import Verdict
from desktop.ui import icons, theme
from desktop.ui.i18n import Language, Languages
from desktop.ui.kit import (
    Banner,
    Countdown,
    DropZone,
    ElidedLabel,
    Icon,
    Label,
    ListRow,
    PrimaryButton,
    ProgressPanel,
    StatusChip,
    StepIndicator,
    Tone,
    VerdictBadge,
    local_time,
    plain_tooltip,
)
from desktop.ui.tokens import MONOSPACE_FAMILIES, Mode, tokens

HOSTILE = '<img src="http://evil.example/x.png"><b>盖章</b> & 确认'


def shown_in(parent: QWidget) -> str:
    return "\n".join(label.text() for label in parent.findChildren(QLabel) if label.isVisibleTo(parent))


@pytest.mark.parametrize("wrap", [False, True])
def test_label_shows_markup_as_text(app: QApplication, qtbot: QtBot, wrap: bool):
    label = Label(HOSTILE, wrap=wrap)
    qtbot.addWidget(label)
    label.resize(900, 40)
    plain = QLabel(HOSTILE)
    plain.setTextFormat(Qt.TextFormat.PlainText)
    qtbot.addWidget(plain)
    assert label.text() == HOSTILE
    # As wide as the letters themselves: had it been taken for markup, half of them would be missing.
    assert abs(label.sizeHint().width() - plain.sizeHint().width()) <= 8 or wrap
    assert "<img" not in QLabel.text(label) or not wrap


def test_tooltip_shows_markup_as_text():
    assert "<b>" not in plain_tooltip(HOSTILE)
    assert "&lt;b&gt;" in plain_tooltip(HOSTILE)


def test_button_shows_an_ampersand_and_is_named_by_its_words(app: QApplication, qtbot: QtBot):
    button = PrimaryButton("A&B 公司", name="go")
    qtbot.addWidget(button)
    assert button.text() == "A&&B 公司"
    assert button.accessibleName() == "A&B 公司"
    assert not button.autoDefault()


def test_long_name_keeps_its_extension_and_offers_the_whole_as_tooltip(app: QApplication, qtbot: QtBot):
    label = ElidedLabel("江西省某某至某某高速公路新建工程施工监理投标文件.pdf")
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show()
    assert "施工监理投标文件.pdf" in label.toolTip()
    label.resize(1200, 20)
    qtbot.waitUntil(lambda: label.toolTip() == "", timeout=1000)


def test_long_word_may_break_so_that_it_never_widens_the_window(app: QApplication, qtbot: QtBot):
    label = Label("a" * 300 + ".pdf", wrap=True)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 200
    assert label.heightForWidth(300) > 3 * label.fontMetrics().height()


def test_what_a_banner_said_once_follows_the_language_until_something_else_is_shown(app: QApplication, qtbot: QtBot):
    languages, banner = Languages(), Banner()
    qtbot.addWidget(banner)
    words = {Language.CHINESE: ("已保存", "可以继续"), Language.ENGLISH: ("Saved", "Go on")}
    try:
        banner.show_said(Tone.SUCCESS, lambda: words[languages.language])
        languages.use(Language.ENGLISH)
        QCoreApplication.processEvents()
        assert banner.accessibleName() == "Saved Go on"
        banner.show_message(Tone.INFO, "other")
        languages.use(Language.CHINESE)
        QCoreApplication.processEvents()
        assert banner.accessibleName() == "other"
        banner.show_said(Tone.SUCCESS, lambda: words[languages.language])
        banner.clear()
        languages.use(Language.ENGLISH)
        QCoreApplication.processEvents()
        assert banner.isHidden()
    finally:
        languages.use(Language.CHINESE)


def test_banner_is_hidden_until_there_is_something_to_say(app: QApplication, qtbot: QtBot):
    parent = QWidget()
    qtbot.addWidget(parent)
    banner = Banner(name="note")
    banner.setParent(parent)
    assert banner.isHidden()
    banner.show_message(Tone.PROBLEM, "平台响应超时", "请稍后重试。", action="打开", diagnostic="code: portal.timeout")
    assert not banner.isHidden()
    with qtbot.waitSignal(banner.action_triggered, timeout=1000):
        banner.findChild(QWidget, "noteAction").click()
    banner.findChild(QWidget, "noteCopy").click()
    assert app.clipboard().text() == "code: portal.timeout"
    banner.clear()
    assert banner.isHidden()


@pytest.mark.parametrize(
    ("verdict", "tone", "word"),
    [
        (Verdict.VALID, Tone.SUCCESS, "验证通过"),
        (Verdict.INVALID, Tone.PROBLEM, "验证不通过"),
        (Verdict.CANNOT_TELL, Tone.WARNING, "无法判定"),
        (Verdict.UNSIGNED, Tone.INFO, "未签名"),
    ],
)
def test_verdict_has_its_word_and_tone(app: QApplication, qtbot: QtBot, verdict: Verdict, tone: Tone, word: str):
    badge = VerdictBadge()
    qtbot.addWidget(badge)
    badge.set_verdict(verdict, "一句话。")
    assert badge.property("tone") == tone.value
    assert badge.accessibleName() == f"{word} 一句话。"
    assert word in shown_in(badge)


def test_cannot_tell_never_looks_like_success(app: QApplication, qtbot: QtBot):
    def ground(verdict: Verdict) -> str:
        badge = VerdictBadge()
        qtbot.addWidget(badge)
        badge.resize(300, 80)
        badge.set_verdict(verdict)
        return badge.grab().toImage().pixelColor(290, 40).name()

    grounds = {verdict: ground(verdict) for verdict in Verdict}
    assert len(set(grounds.values())) == len(Verdict)


def test_chip_is_recoloured_by_its_tone(app: QApplication, qtbot: QtBot):
    chip = StatusChip("待审核", Tone.WARNING)
    qtbot.addWidget(chip)
    chip.set_status("已通过", Tone.SUCCESS)
    assert chip.property("tone") == "success"
    assert chip.accessibleName() == "已通过"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_row_opens_by_keyboard_and_mouse(app: QApplication, qtbot: QtBot, key: Qt.Key):
    row = ListRow("c1", icon="file-badge", name="certificate")
    qtbot.addWidget(row)
    row.set_texts("江西某某", "序列号 4F0A")
    row.show()
    assert row.height() >= 40
    with qtbot.waitSignal(row.activated, timeout=1000) as told:
        qtbot.keyClick(row, key)
    assert told.args == ["c1"]
    with qtbot.waitSignal(row.activated, timeout=1000):
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)


def test_progress_has_a_number_and_a_cancel(app: QApplication, qtbot: QtBot):
    panel = ProgressPanel()
    qtbot.addWidget(panel)
    panel.set_progress(37, 120, "正在校验")
    assert "37 / 120 (30%)" in shown_in(panel)
    panel.set_progress(12, 0)
    assert "已完成 12" in shown_in(panel)
    with qtbot.waitSignal(panel.cancel_requested, timeout=1000):
        panel.cancel.click()


def test_steps_say_where_one_is(app: QApplication, qtbot: QtBot):
    steps = StepIndicator()
    qtbot.addWidget(steps)
    steps.set_steps(("选择文件", "手机扫码"), 1)
    assert steps.accessibleName() == "第 2 步, 共 2 步: 手机扫码"
    steps.set_steps(("选择文件", "手机扫码"), 2)
    steps.grab()


@pytest.mark.parametrize(
    ("left", "text", "tone"),
    [
        (timedelta(days=2, hours=3), "剩余 2 天 03:00:00", "neutral"),
        (timedelta(minutes=30, seconds=1), "剩余 00:30:01", "neutral"),
        (timedelta(minutes=30), "剩余 00:30:00", "warning"),
        (timedelta(minutes=5, seconds=1), "剩余 00:05:01", "warning"),
        (timedelta(minutes=5), "剩余 00:05:00", "problem"),
        (timedelta(0), "已截止", "problem"),
        (timedelta(days=-1), "已截止", "problem"),
    ],
)
def test_deadline_turns_amber_at_30_minutes_and_red_at_5(
    app: QApplication, qtbot: QtBot, left: timedelta, text: str, tone: str
):
    now = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    label = Countdown(ManualClock(now))
    qtbot.addWidget(label)
    label.set_deadline(now + left)
    assert (label.text(), label.property("tone")) == (text, tone)


def test_deadline_counts_down_by_the_given_clock_and_can_be_taken_away(app: QApplication, qtbot: QtBot):
    clock = ManualClock(datetime(2026, 11, 24, 1, 30, tzinfo=UTC))
    label = Countdown(clock)
    qtbot.addWidget(label)
    label.set_deadline(clock.now() + timedelta(hours=1))
    clock.advance(60)
    label.refresh()
    assert label.text() == "剩余 00:59:00"
    label.set_deadline(None)
    assert label.text() == ""


def test_time_on_screen_is_beijing_s():
    assert local_time(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "2027-01-01 00:00"
    assert local_time(datetime(2026, 7, 1, 0, 0, 9, tzinfo=UTC), seconds=True) == "2026-07-01 08:00:09"


def drop(zone: DropZone, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    zone.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def test_dropped_file_is_handed_on(app: QApplication, qtbot: QtBot, tmp_path: Path):
    zone = DropZone(name="zone")
    qtbot.addWidget(zone)
    with qtbot.waitSignal(zone.files_chosen, timeout=1000) as told:
        drop(zone, tmp_path / "投标函.PDF")
    assert told.args == [[tmp_path / "投标函.PDF"]]


def test_file_of_another_kind_is_refused_with_a_word(app: QApplication, qtbot: QtBot, tmp_path: Path):
    zone = DropZone(name="zone")
    qtbot.addWidget(zone)
    with qtbot.assertNotEmitted(zone.files_chosen):
        drop(zone, tmp_path / "a.docx")
    assert "仅支持 .pdf" in shown_in(zone)


def test_two_files_where_one_is_wanted_are_refused(app: QApplication, qtbot: QtBot, tmp_path: Path):
    zone = DropZone(name="zone")
    qtbot.addWidget(zone)
    with qtbot.assertNotEmitted(zone.files_chosen):
        drop(zone, tmp_path / "a.pdf", tmp_path / "b.pdf")
    assert "一次只能选择一个文件" in shown_in(zone)


def test_unsupported_among_several_files_is_left_out(app: QApplication, qtbot: QtBot, tmp_path: Path):
    zone = DropZone(name="zone", several=True)
    qtbot.addWidget(zone)
    with qtbot.waitSignal(zone.files_chosen, timeout=1000) as told:
        drop(zone, tmp_path / "a.pdf", tmp_path / "b.txt", tmp_path / "c.pdf")
    assert told.args == [[tmp_path / "a.pdf", tmp_path / "c.pdf"]]
    assert "已忽略 1 个" in shown_in(zone)


def test_button_asks_the_given_picker(app: QApplication, qtbot: QtBot, tmp_path: Path):
    asked = []

    def pick(_parent: QWidget, title: str, suffixes: tuple[str, ...], several: bool) -> list[Path]:
        asked.append((title, suffixes, several))
        return [tmp_path / "a.pdf"]

    zone = DropZone(name="zone", pick=pick)
    qtbot.addWidget(zone)
    zone.set_texts("将 PDF 拖到这里")
    with qtbot.waitSignal(zone.files_chosen, timeout=1000):
        zone.choose.click()
    assert asked == [("将 PDF 拖到这里", (".pdf",), False)]


def test_unknown_icon_is_refused(app: QApplication):
    with pytest.raises(MisuseError):
        icons.pixmap("no-such-icon", "#000000", 16)


@pytest.mark.parametrize("mode", [QIcon.Mode.Normal, QIcon.Mode.Selected])
def test_picture_in_a_list_keeps_its_colours_where_its_line_is_chosen(app: QApplication, mode: QIcon.Mode):
    picture = QPixmap(16, 16)
    picture.fill(QColor("#cc2229"))
    assert icons.untinted(picture).pixmap(QSize(16, 16), 1.0, mode).toImage().pixelColor(8, 8) == QColor("#cc2229")


@pytest.mark.parametrize("mode", Mode)
def test_icon_has_the_colour_of_its_token(app: QApplication, mode: Mode):
    theme.apply(app, mode)
    picture = theme.themed_icon("circle-check", "success").pixmap(20, 20).toImage()
    wanted = theme.current().colours.success.lower()
    colours = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert wanted in {colour.name() for colour in colours if colour.alpha() == 255}


@pytest.mark.parametrize(("allowed", "longest"), [(False, 0), (True, 200)])
def test_nothing_moves_when_the_system_asks_for_no_motion(app: QApplication, allowed: bool, longest: int):
    effects = (Qt.UIEffect.UI_General, Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeTooltip)
    before = {effect: QApplication.isEffectEnabled(effect) for effect in effects}
    try:
        for effect in effects:
            QApplication.setEffectEnabled(effect, allowed)
        assert 0 <= theme.motion_ms() <= longest
        assert bool(theme.motion_ms()) is allowed
    finally:
        for effect, enabled in before.items():
            QApplication.setEffectEnabled(effect, enabled)


def test_menus_of_qt_itself_speak_chinese_and_english(languages: Languages):
    def undo() -> str:
        return QCoreApplication.translate("QWidgetTextControl", "&Undo")

    assert "撤" in undo()
    languages.use(Language.ENGLISH)
    assert undo() == "&Undo"
    languages.use(Language.CHINESE)
    assert "撤" in undo()


def test_numbers_to_be_compared_keep_their_face_in_a_new_theme(app: QApplication, qtbot: QtBot):
    label = Label("7C17 4F9E")
    label.set_code()
    qtbot.addWidget(label)
    label.show()
    try:
        for mode in (Mode.DARK, Mode.LIGHT):
            theme.apply(app, mode)
            label.ensurePolished()
            assert label.font().families()[0] == MONOSPACE_FAMILIES[0]
    finally:
        theme.apply(app, Mode.LIGHT)
    label.set_code(is_code=False)
    assert label.font().families()[0] != MONOSPACE_FAMILIES[0]


def test_icon_in_any_place_is_tinted_again_by_a_switch_of_theme(app: QApplication, qtbot: QtBot):
    window = QWidget()
    qtbot.addWidget(window)
    icon = Icon("circle-check", "success", 32)
    icon.setParent(window)
    window.show()

    def solid() -> set[str]:
        picture = icon.pixmap().toImage()
        pixels = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
        return {pixel.name().upper() for pixel in pixels if pixel.alpha() == 255}

    assert theme.current().colours.success in solid()
    theme.apply(app, Mode.DARK)
    assert theme.current().colours.success in solid()
    assert tokens(Mode.LIGHT).colours.success not in solid()


def test_button_that_is_told_to_have_no_icon_loses_the_one_it_had(app: QApplication, qtbot: QtBot):
    button = PrimaryButton("结束", "megaphone")
    qtbot.addWidget(button)
    assert not button.icon().isNull()
    button.set_icon("")
    assert button.icon().isNull()
