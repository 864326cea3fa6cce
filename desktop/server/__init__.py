"""The platform: HTTP API, rules, database, certification authority, relay (layer 5).

Refuses everything that no rule allows; trusts no bytes from a desktop or a phone but verifies them through formats.
Knows nothing of layer 4 and of the phone. Source: docs/protocol.md §6.
"""
