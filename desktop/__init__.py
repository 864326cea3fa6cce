"""BidSeal (投标签章客户端): the bidding workstation's client for mobile digital certificates.

The layers and what may import what: docs/architecture.md. The bytes: docs/protocol.md.
"""

__version__ = "0.1.0"
