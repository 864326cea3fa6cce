"""Use cases of the platform, one transaction each."""
