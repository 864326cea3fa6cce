"""The bytes between desktop, relay and phone: codec, messages, transcript, QR text, display text.

docs/protocol.md is the normative text; tests/vectors hold the vectors that a second implementation must reproduce.
Layer 2: pure functions and frozen dataclasses; no I/O, no clock, no randomness.
"""
