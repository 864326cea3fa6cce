"""Small fields for millimetres and pages, as the sealing page uses them."""

from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSpinBox, QWidget

_MOST_MM = 5000.0


def mm_field(name: str, *, signed: bool = False) -> QDoubleSpinBox:
    """Make a field for millimetres with one decimal."""
    field = QDoubleSpinBox()
    field.setObjectName(name)
    field.setRange(-_MOST_MM if signed else 0.0, _MOST_MM)
    field.setDecimals(1)
    field.setSingleStep(1.0)
    field.setSuffix(" mm")
    # The style sheet's padding does not reach the line edit inside.
    field.lineEdit().setTextMargins(4, 0, 0, 0)
    field.setKeyboardTracking(False)
    return field


def page_field(name: str) -> QSpinBox:
    """Make a field for a page number; its range is set when the document is known."""
    field = QSpinBox()
    field.setObjectName(name)
    field.setRange(1, 1)
    field.lineEdit().setTextMargins(4, 0, 0, 0)
    field.setKeyboardTracking(False)
    return field


def set_quietly(field: QDoubleSpinBox, value: float) -> None:
    """Put a value in without telling anybody."""
    field.blockSignals(True)
    field.setValue(value)
    field.blockSignals(False)


def labelled(label: QWidget, field: QWidget) -> QHBoxLayout:
    """Put a label before its field."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(label)
    row.addWidget(field, 1)
    return row
