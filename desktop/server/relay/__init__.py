"""Mailboxes in memory that carry ciphertext between phone and desktop."""
