"""How a section of my page lies on it: cards below each other, never wider than can be read, scrolling as one."""

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.kit.surfaces import scrolled

WIDTH = 760


def framed(*cards: QWidget, name: str) -> QScrollArea:
    """Return a section made of `cards`, from above to below."""
    inner = QWidget()
    column = QVBoxLayout()
    column.setSpacing(16)
    for card in cards:
        card.setMaximumWidth(WIDTH)
        column.addWidget(card)
    column.addStretch(1)
    row = QHBoxLayout(inner)
    row.setContentsMargins(24, 24, 32, 32)
    row.addLayout(column, 1)
    row.addStretch()
    return scrolled(inner, name=name)
