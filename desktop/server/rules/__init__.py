"""Decisions without I/O: state tables, permissions, checks of names, numbers and images."""
