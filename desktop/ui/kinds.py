"""The words for what seals and orders are, the same on every page and on the virtual phone."""

from desktop.domain.operations import OrderKind, SealKind
from desktop.ui.i18n import tr


def seal_kind_word(kind: SealKind) -> str:
    """Return the word for a kind of seal."""
    words = {
        SealKind.OFFICIAL: tr("企业公章"),
        SealKind.LEGAL_REPRESENTATIVE: tr("法人章"),
        SealKind.CONTRACT: tr("合同章"),
    }
    return words[kind]


def order_kind_word(kind: OrderKind) -> str:
    """Return the word for what an order is for."""
    words = {
        OrderKind.NEW: tr("首次申请"),
        OrderKind.GRANT: tr("授权申领"),
        OrderKind.RENEW: tr("证书延期"),
        OrderKind.CHANGE: tr("证书变更"),
        OrderKind.REISSUE: tr("证书补办"),
    }
    return words[kind]
