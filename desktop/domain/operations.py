"""What a ceremony can be about, and the closed lists of kinds and states shared by desktop, phone and platform."""

from enum import StrEnum


class Operation(StrEnum):
    """The operation of a ceremony, exactly as it stands in the challenge (docs/protocol.md, operations)."""

    LOGIN = "login"
    ENROL_WORKSTATION = "enrol_workstation"
    DOWNLOAD = "download"
    RENEW = "renew"
    REISSUE = "reissue"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - an operation, no password
    CLAIM_SEAL = "claim_seal"
    SEAL = "seal"
    SIGN_PACKAGE = "sign_package"
    DECRYPT = "decrypt"
    REHEARSE = "rehearse"
    PIN_RECIPIENT = "pin_recipient"
    CREATE_OPENING_KEY = "create_opening_key"
    AMEND_TENDER = "amend_tender"
    WITHDRAW = "withdraw"
    RELEASE_OPENING_KEY = "release_opening_key"


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


class OrderKind(StrEnum):
    """What a certificate order is for: 首次申请, 授权申领, 延期, 变更, 补办."""

    NEW = "new"
    GRANT = "grant"
    RENEW = "renew"
    CHANGE = "change"
    REISSUE = "reissue"


class GrantState(StrEnum):
    """State of a grant to a member: 待申领, 身份待审核, 身份未通过, 已授权, 已撤销."""

    INVITED = "invited"
    PENDING_REVIEW = "pending_review"
    REJECTED = "rejected"
    ACTIVE = "active"
    REVOKED = "revoked"


class CheckPurpose(StrEnum):
    """What an identity check (实名认证) is for: 申领授权证书, 重置证书密码, 更换手机号."""

    GRANT = "grant"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a purpose, no password
    MOBILE_CHANGE = "mobile_change"


class CheckState(StrEnum):
    """State of an identity check; USED is one whose permission was spent."""

    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    USED = "used"


class MobileChangeState(StrEnum):
    """State of a change of the bound mobile number: 等待生效, 已生效, 已取消."""

    PENDING = "pending"
    APPLIED = "applied"
    CANCELLED = "cancelled"


class NoticeKind(StrEnum):
    """What an account is told of."""

    ORDER_APPROVED = "order_approved"
    ORDER_REJECTED = "order_rejected"
    CERTIFICATE_ISSUED = "certificate_issued"
    CERTIFICATE_REVOKED = "certificate_revoked"
    SEALS_VOID = "seals_void"
    SEAL_APPROVED = "seal_approved"
    SEAL_REJECTED = "seal_rejected"
    GRANTED = "granted"
    GRANT_REJECTED = "grant_rejected"
    MEMBER_ADDED = "member_added"
    MEMBER_REMOVED = "member_removed"
    ROLE_CHANGED = "role_changed"
    WORKSTATION_ENROLLED = "workstation_enrolled"
    WORKSTATION_REMOVED = "workstation_removed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind, no password
    MOBILE_CHANGE_REQUESTED = "mobile_change_requested"
    MOBILE_CHANGE_PLANNED = "mobile_change_planned"
    MOBILE_CHANGE_CANCELLED = "mobile_change_cancelled"
    MOBILE_CHANGED = "mobile_changed"
    CHECK_REJECTED = "check_rejected"
    RECOVERY_RELEASED = "recovery_released"
    LOT_AMENDED = "lot_amended"
    LOT_CLOSED = "lot_closed"
    LOT_FAILED = "lot_failed"


class MemberRole(StrEnum):
    """Role of a person within an organization: 证书管理员, 证书使用人."""

    CERTIFICATE_ADMIN = "certificate_admin"
    CERTIFICATE_USER = "certificate_user"


class OrganizationKind(StrEnum):
    """What a unit is to tenders: 投标单位, 招标代理机构. The review desk says so when it admits the unit."""

    BIDDER = "bidder"
    AGENCY = "agency"


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
