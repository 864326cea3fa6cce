"""A lot's announcements judged: who signed, what an amendment may change, and whether a package is what was asked for.

The same rules for whoever publishes, bids or opens. Whether a certificate's path was good at the time is the caller's
to decide (formats.trust). Source: docs/tendering.md §1, §2.
"""

from desktop.formats.tender.announcements import demand_amendment, read_announcements, signer_of
from desktop.formats.tender.bids import demand_as_asked

__all__ = ["demand_amendment", "demand_as_asked", "read_announcements", "signer_of"]
