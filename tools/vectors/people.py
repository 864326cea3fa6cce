"""Who takes part in the vectors: the platform, the holder and her certificates, a stranger, the seal maker."""

import hashlib
from functools import cache

from desktop.crypto.certificates import RECORD_KEEPER_EKU, SEAL_MAKER_EKU, read_certificate
from tools.vectors.keys import certificate

PLATFORM, PLATFORM_NAME = "jxjt", "江西交投招标采购平台"
ORGANIZATION, CREDIT_CODE = "赣江建设工程有限公司", "91360000158260000X"


def sha256(data: bytes) -> bytes:
    """The SHA-256."""
    return hashlib.sha256(data).digest()


@cache
def member() -> bytes:
    """The certificate of the holder who answers and who enrolled the workstation."""
    return certificate("member", organization=ORGANIZATION, credit_code=CREDIT_CODE, holder="张三")


@cache
def member_encryption() -> bytes:
    """The holder's encryption certificate."""
    return certificate(
        "member encryption", organization=ORGANIZATION, credit_code=CREDIT_CODE, holder="张三", may_sign=False
    )


@cache
def stranger() -> bytes:
    """A certificate of another organization."""
    return certificate("stranger", organization="乙工程有限公司", credit_code="91360000999990000X", holder="王五")


@cache
def seal_maker() -> bytes:
    """The certificate that signs seal objects."""
    return certificate(
        "seal maker",
        organization=PLATFORM_NAME,
        credit_code="91360000100000000X",
        holder="制章",
        extended_usage=SEAL_MAKER_EKU,
    )


@cache
def record_keeper() -> bytes:
    """The certificate that signs the platform's statements."""
    return certificate(
        "record keeper",
        organization=PLATFORM_NAME,
        credit_code="91360000100000000X",
        holder="存证",
        extended_usage=RECORD_KEEPER_EKU,
    )


def serial_of(der: bytes) -> str:
    """The serial number of a certificate."""
    return read_certificate(der).serial
