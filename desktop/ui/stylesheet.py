"""The one style sheet of the application, rendered from the tokens.

Widgets say what they are by the dynamic properties `kind` (buttons, cards, banners) and `role` (labels); no widget
has a style sheet of its own, so a switch of theme is one call.
"""

from dataclasses import fields
from string import Template

from desktop.ui.resources import ICONS
from desktop.ui.tokens import MONOSPACE_FAMILIES, Tokens

#: Numbers of equal width look larger than the text beside them.
_CODE_LINE_PX = 13

_SHEET = Template("""
* { outline: none; }
QToolTip { background: $overlay; color: $on_overlay; border: none; padding: 6px 8px; }

QLabel { background: transparent; color: $text; }
QLabel[role="title"] { font-size: ${type_title}px; font-weight: 700; }
QLabel[role="heading"] { font-size: ${type_heading}px; font-weight: 700; }
QLabel[role="lead"] { font-size: ${type_lead}px; font-weight: 700; }
QLabel[role="strong"] { font-weight: 700; }
QLabel[role="label"] { font-size: ${type_body}px; color: $text; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="warning"] { font-weight: 700; color: $warning; }
QLabel[role="caption"] { font-size: ${type_caption}px; color: $muted; }
QLabel[role="error"] { font-size: ${type_caption}px; color: $problem; }
QLabel[role="code"] { font-size: ${type_code}px; font-weight: 700; color: $brand; letter-spacing: 8px; }
QLabel[face="code"] { font-family: $monospace; font-size: ${code_line}px; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="problem"] { color: $problem; }
QLabel[tone="info"] { color: $info; }
QLabel:disabled { color: $disabled; }

QPushButton {
  min-height: 34px; padding: 0 16px; border-radius: 6px; border: 1px solid $border_strong;
  background: $surface; color: $text; font-size: ${type_body}px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sunken; }
QPushButton:focus { border: 2px solid $focus; padding: 0 15px; min-height: 32px; }
QPushButton:disabled { color: $disabled; border-color: $border; background: $surface; }
QPushButton[kind="primary"] {
  background: $primary; color: $on_primary; border: 1px solid $primary; font-weight: 700; padding: 0 24px;
}
QPushButton[kind="primary"]:hover { background: $primary_hover; border-color: $primary_hover; }
QPushButton[kind="primary"]:pressed { background: $primary_pressed; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; padding: 0 23px; min-height: 32px; }
QPushButton[kind="primary"]:disabled { background: $border; border-color: $border; color: $disabled; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; }
QPushButton[kind="danger"]:hover { background: $danger_tint; }
QPushButton[kind="danger"]:focus { border: 2px solid $danger; }
QPushButton[kind="danger"]:disabled { color: $disabled; border-color: $border; }
QPushButton[kind="link"] {
  border: 1px solid transparent; background: transparent; color: $link; padding: 0 4px; min-height: 26px;
  text-align: left;
}
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 1px solid $focus; border-radius: 4px; padding: 0 4px; min-height: 26px; }
QPushButton[kind="link"]:disabled { color: $disabled; }

QToolButton {
  border: 1px solid transparent; border-radius: 6px; background: transparent; color: $text; padding: 5px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $sunken; }
QToolButton:focus { border: 1px solid $focus; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit {
  background: $surface; color: $text; border: 1px solid $border_strong; border-radius: 6px;
  padding: 0 11px; selection-background-color: $primary; selection-color: $on_primary; font-size: ${type_body}px;
}
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit { min-height: 34px; }
QLineEdit, QPlainTextEdit, QTextEdit { placeholder-text-color: $muted; }
QPlainTextEdit, QTextEdit { padding: 7px 9px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus,
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QDateEdit:focus {
  border: 2px solid $focus; padding: 0 10px; min-height: 32px;
}
QPlainTextEdit:focus, QTextEdit:focus { padding: 6px 8px; min-height: 0; }
QLineEdit[invalid="true"] { border: 1px solid $problem; }
QLineEdit[invalid="true"]:focus { border: 2px solid $problem; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {
  background: $sunken; color: $disabled; border-color: $border;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled { placeholder-text-color: $disabled; }
QLineEdit:read-only { background: $sunken; border-color: $border; }
QComboBox::drop-down { border: none; width: 32px; }
QComboBox::down-arrow { image: url("$chevron"); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
  background: $surface; color: $text; border: 1px solid $border; outline: none; padding: 4px;
  selection-background-color: $primary_tint; selection-color: $text;
}

QSpinBox, QDoubleSpinBox { padding-right: 28px; }
QSpinBox:focus, QDoubleSpinBox:focus { padding-right: 27px; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: border; subcontrol-position: top right; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: border; subcontrol-position: bottom right; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  width: 24px; height: 16px; border: none; background: transparent; margin: 2px;
}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$chevron_up"); width: 12px; height: 12px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }

QCheckBox, QRadioButton {
  background: transparent; color: $text; spacing: 8px; min-height: 24px;
  border: 1px solid transparent; border-radius: 4px; padding: 0 4px;
}
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator {
  width: 16px; height: 16px; border: 1px solid $border_strong; border-radius: 4px; background: $surface;
}
QCheckBox::indicator:hover { border-color: $primary; }
QCheckBox::indicator:checked { background: $primary; border-color: $primary; image: url("$check"); }
QCheckBox::indicator:disabled { background: $sunken; border-color: $border; }
QRadioButton::indicator {
  width: 16px; height: 16px; border: 1px solid $border_strong; border-radius: 9px; background: $surface;
}
QRadioButton::indicator:hover { border-color: $primary; }
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 5px solid $primary; background: $surface; }
QRadioButton::indicator:disabled { background: $sunken; border-color: $border; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; }
QTabBar::tab {
  background: transparent; color: $muted; border: none; border-bottom: 3px solid transparent;
  min-height: 36px; padding: 0 4px; margin-right: 24px;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 3px solid $primary; }
QTabBar::tab:focus { color: $link; }
QTabBar::tab:disabled { color: $disabled; }

QFrame[kind="card"] { background: $surface; border: 1px solid $border; border-radius: 12px; }
QFrame[kind="sunken"] { background: $sunken; border: none; border-radius: 6px; }
QFrame[kind="row"] { border: 1px solid transparent; border-radius: 6px; }
QFrame[kind="row"][opens="true"]:hover { background: $hover; }
QFrame[kind="row"]:focus { border-color: $focus; }
QFrame[kind="line"] { background: $border; border: none; min-height: 1px; max-height: 1px; }
QFrame[kind="drop"] { background: $sunken; border: 2px dashed $border; border-radius: 12px; }
QFrame[kind="drop"][over="true"] { background: $primary_tint; border-color: $primary; }
QFrame[kind="drop"]:focus { border-color: $focus; }
QFrame[kind="toast"] { background: $overlay; border-radius: 6px; border: none; }
QFrame[kind="toast"] QLabel { color: $on_overlay; }
QFrame[kind="skeleton"] { background: $border; border: none; border-radius: 4px; }

QFrame[kind="banner"] { border-radius: 6px; border: none; }
QFrame[kind="banner"][tone="info"] { background: $info_ground; }
QFrame[kind="banner"][tone="success"] { background: $success_ground; }
QFrame[kind="banner"][tone="warning"] { background: $warning_ground; }
QFrame[kind="banner"][tone="problem"] { background: $problem_ground; }

QFrame[kind="chip"] { border-radius: 12px; border: none; background: $sunken; }
QFrame[kind="chip"][tone="success"] { background: $success_ground; }
QFrame[kind="chip"][tone="warning"] { background: $warning_ground; }
QFrame[kind="chip"][tone="problem"] { background: $problem_ground; }
QFrame[kind="chip"][tone="info"] { background: $info_ground; }
QFrame[kind="verdict"] { border-radius: 12px; border: none; background: $sunken; }
QFrame[kind="verdict"][tone="success"] { background: $success_ground; }
QFrame[kind="verdict"][tone="warning"] { background: $warning_ground; }
QFrame[kind="verdict"][tone="problem"] { background: $problem_ground; }
QFrame[kind="verdict"][tone="info"] { background: $info_ground; }

QTableView, QListView, QTreeView {
  background: $surface; color: $text; border: none; gridline-color: transparent; outline: none;
  selection-background-color: $primary_tint; selection-color: $text;
}
QTableView::item { padding: 0 12px; border-bottom: 1px solid $border; }
QTableView::item:hover { background: $hover; }
QTableView::item:selected { background: $primary_tint; color: $text; }
QListView::item { min-height: 40px; padding: 0 12px; border-bottom: 1px solid $border; }
QListView::item:hover { background: $hover; }
QListView::item:selected { background: $primary_tint; color: $text; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section {
  background: $surface; color: $muted; border: none; border-bottom: 1px solid $border; padding: 0 12px;
  min-height: 36px; font-size: ${type_caption}px; font-weight: 400;
}
QHeaderView[large="true"]::section { font-size: ${type_lead}px; min-height: 52px; }
QTableCornerButton::section { background: $surface; border: none; }

QScrollArea, QScrollArea > QWidget > QWidget[role="scrolled"] { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $border_strong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 40px; }
QScrollBar::handle:horizontal { min-width: 40px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $track; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $primary; border-radius: 3px; }
QProgressBar[tone="warning"]::chunk { background: $warning; }

QMenu { background: $surface; color: $text; border: 1px solid $border; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 8px 24px 8px 12px; border-radius: 4px; min-height: 20px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QWidget#rail { background: $rail; }
QWidget#rail QLabel { color: $rail_text; }
QWidget#rail QLabel[role="caption"] { color: $rail_muted; }
QWidget#rail QPushButton {
  border: 1px solid transparent; border-left: 3px solid transparent; border-radius: 0;
  background: transparent; color: $rail_muted;
  min-height: 42px; padding: 0 11px 0 11px; text-align: left; font-weight: 400; font-size: ${type_body}px;
}
QWidget#rail QPushButton:hover { background: $rail_hover; color: $rail_text; }
QWidget#rail QPushButton:checked {
  background: $rail_selected; color: $rail_text; border-left: 3px solid $rail_marker; font-weight: 700;
}
QWidget#rail QPushButton:focus {
  background: $rail_hover; color: $rail_text; border: 1px solid $rail_text; padding-left: 13px;
}
QWidget#rail QPushButton:checked:focus {
  background: $rail_selected; border-left: 3px solid $rail_marker; padding-left: 11px;
}
QWidget#header { background: $surface; border-bottom: 1px solid $border; }
QWidget#shellContent { background: $ground; }

QFrame[kind="segments"] { background: $sunken; border: 1px solid $border; border-radius: 8px; }
QFrame[kind="segments"] QPushButton {
  border: 1px solid transparent; background: transparent; color: $muted; min-height: 28px; padding: 0 16px;
  border-radius: 6px; font-weight: 400;
}
QFrame[kind="segments"] QPushButton:hover { color: $text; }
QFrame[kind="segments"] QPushButton:checked {
  background: $surface; color: $text; border: 1px solid $border; font-weight: 700;
}
QFrame[kind="segments"] QPushButton:focus { border: 2px solid $focus; padding: 0 15px; min-height: 26px; }
QFrame[kind="sections"] { background: transparent; border: none; }
QFrame[kind="sections"] QPushButton {
  border: 1px solid transparent; background: transparent; color: $text; min-height: 38px; padding: 0 12px;
  text-align: left;
}
QFrame[kind="sections"] QPushButton:hover { background: $hover; }
QFrame[kind="sections"] QPushButton:checked { background: $primary_tint; font-weight: 700; }
QFrame[kind="sections"] QPushButton:focus { border: 2px solid $focus; padding: 0 11px; min-height: 36px; }
QDialog { background: $surface; }
""")


def stylesheet(chosen: Tokens) -> str:
    """Return the style sheet of `chosen`."""
    values: dict[str, object] = {field.name: getattr(chosen.colours, field.name) for field in fields(chosen.colours)}
    values |= {f"type_{field.name}": getattr(chosen.type, field.name) for field in fields(chosen.type)}
    values |= {"monospace": ", ".join(f'"{family}"' for family in MONOSPACE_FAMILIES), "code_line": _CODE_LINE_PX}
    # A style sheet can name a picture only by its file, so these exist once per mode.
    for name in ("chevron", "chevron-up", "check"):
        values[name.replace("-", "_")] = (ICONS / f"control-{name}-{chosen.mode.value}.svg").as_posix()
    return _SHEET.substitute(values)
