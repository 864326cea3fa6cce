"""How long before its end a certificate counts as expiring soon, and may be renewed (manual, section 5: 3 months)."""

from datetime import timedelta

EXPIRES_SOON = timedelta(days=90)
