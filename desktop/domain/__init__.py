"""Vocabulary of the product: ids, enums, clock, errors, problem catalogue. Standard library only (layer 1)."""
