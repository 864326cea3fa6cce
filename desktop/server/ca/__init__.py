"""The certification authority: its keys, what it issues, revocation lists and OCSP answers."""
