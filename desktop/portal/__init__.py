"""The client of the platform: HTTP, sessions, relay mailboxes (layer 4).

Refuses redirects, foreign addresses and oversized bodies; no URL ever comes from a QR or an answer. Network trouble is
UnavailableError, a considered refusal of the platform RejectedError with the platform's code.
"""
