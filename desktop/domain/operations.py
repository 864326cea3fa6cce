"""What a ceremony can be about, and the closed lists of kinds and states shared by desktop, phone and platform."""

from enum import StrEnum


class Operation(StrEnum):
    """The operation of a ceremony, exactly as it stands in the challenge (docs/protocol.md, operations)."""

    LOGIN = "login"
    ENROL_WORKSTATION = "enrol_workstation"
    DOWNLOAD = "download"
    CLAIM_SEAL = "claim_seal"
    SEAL = "seal"
    SIGN_PACKAGE = "sign_package"
    DECRYPT = "decrypt"
    REHEARSE = "rehearse"
    PIN_RECIPIENT = "pin_recipient"


class SealKind(StrEnum):
    """Kind of an electronic seal: 企业公章, 法人章, 合同章."""

    OFFICIAL = "official"
    LEGAL_REPRESENTATIVE = "legal_representative"
    CONTRACT = "contract"


class SealState(StrEnum):
    """State of a seal application and of the seal it becomes: 待审核, 已通过(待申领), 已驳回, 已申领, 作废."""

    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    CLAIMED = "claimed"
    VOID = "void"


class OrderState(StrEnum):
    """State of a certificate order: 待审核, 已通过(可下载), 已驳回, 已完成(已下载)."""

    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    COMPLETED = "completed"


class MemberRole(StrEnum):
    """Role of a person within an organization: 证书管理员, 证书使用人."""

    CERTIFICATE_ADMIN = "certificate_admin"
    CERTIFICATE_USER = "certificate_user"


class PlatformRole(StrEnum):
    """What a signed-in account is to the platform: a bidder's member or an operator of the review desk (平台审核)."""

    BIDDER = "bidder"
    OPERATOR = "operator"


class CertificateState(StrEnum):
    """State of an issued certificate: 有效, 即将到期, 已过期, 已吊销."""

    VALID = "valid"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Verdict(StrEnum):
    """Outcome of verifying a signature or file. CANNOT_TELL is never shown as success."""

    VALID = "valid"
    INVALID = "invalid"
    CANNOT_TELL = "cannot_tell"
    UNSIGNED = "unsigned"
