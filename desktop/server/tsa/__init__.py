"""Time stamping service of the platform (RFC 3161)."""
