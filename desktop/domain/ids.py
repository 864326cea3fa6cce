"""Identifiers as distinct types, so that a seal's id cannot be passed where an order's is wanted.

Ids made by the platform are lower-case hex text of 16 random bytes; ids of a ceremony are raw bytes.
"""

from typing import NewType

AccountId = NewType("AccountId", str)
OrganizationId = NewType("OrganizationId", str)
OrderId = NewType("OrderId", str)
SealId = NewType("SealId", str)
WorkstationId = NewType("WorkstationId", str)
PlatformId = NewType("PlatformId", str)
#: Certificate serial number as upper-case hex without leading zeros, the form printed by openssl.
SerialNumber = NewType("SerialNumber", str)
#: T0 of the ceremony's round: SHA-256 over the challenge, 32 bytes.
CeremonyId = NewType("CeremonyId", bytes)


def serial_number(value: int) -> SerialNumber:
    """Write a certificate's integer serial number in the one textual form used everywhere."""
    return SerialNumber(f"{value:X}")
