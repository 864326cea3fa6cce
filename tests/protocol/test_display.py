"""What a phone shows, word for word: the lines are part of the protocol (template version 1)."""

import re
from dataclasses import replace
from typing import Any

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.operations import Operation, SealKind
from desktop.protocol.bid_items import PinItem
from desktop.protocol.challenge import Challenge, Enrolment, workstation_id_of
from desktop.protocol.display import consent_text
from desktop.protocol.items import (
    TENDERING,
    ChangePasswordItem,
    ClaimSealItem,
    DownloadItem,
    EnrolItem,
    Item,
    LoginItem,
    SealItem,
    SealMark,
    SuccessorItem,
)
from tools.vectors import bid_scene, tender_items
from tools.vectors.keys import fixed

KEY = b"\x04" + bytes(range(64))
MARKS = (
    SealMark(seal_id="cd" * 16, name="公章", kind=SealKind.OFFICIAL, pages=3),
    SealMark(seal_id="ce" * 16, name="法人章", kind=SealKind.LEGAL_REPRESENTATIVE, pages=1),
    SealMark(seal_id="cd" * 16, name="公章", kind=SealKind.OFFICIAL, pages=12, cross_page=True),
)
SEAL = SealItem(
    name="投标函.pdf",
    size=1_234_567,
    pages=12,
    source_sha256=bytes.fromhex("deadbeef") + bytes(28),
    tbs_sha256=bytes(32),
    signed_attributes=b"1",
    marks=MARKS,
)
ITEMS: dict[Operation, Item] = {
    Operation.LOGIN: LoginItem(nonce=bytes(32), v_hash=bytes(32)),
    Operation.ENROL_WORKSTATION: EnrolItem(workstation_key=KEY, name="投标部-01"),
    Operation.DOWNLOAD: DownloadItem(order_id="0123456789abcdef" * 2, holder="张三", suite="P-256"),
    Operation.RENEW: SuccessorItem(order_id="0123456789abcdef" * 2, holder="张三", suite="P-256", old_serial="4A3B"),
    Operation.REISSUE: SuccessorItem(order_id="0123456789abcdef" * 2, holder="张三", suite="P-256", old_serial="4A3B"),
    Operation.CHANGE_PASSWORD: ChangePasswordItem(holder="张三", serial_number="4A3B"),
    Operation.CLAIM_SEAL: ClaimSealItem(
        seal_id="cd" * 16, name="合同章一", kind=SealKind.CONTRACT, imprint_sha256=bytes.fromhex("00c0ffee") + bytes(28)
    ),
    Operation.SEAL: SEAL,
    Operation.SIGN_PACKAGE: bid_scene.package(),
    Operation.DECRYPT: bid_scene.share("甲.bid"),
    Operation.REHEARSE: bid_scene.share("甲.bid"),
    Operation.PIN_RECIPIENT: PinItem(
        sha256=bytes.fromhex("0123456789abcdef") + bytes(24), holder="李四", enc_serial="B2"
    ),
    **{operation: tender_items.items(operation)[0] for operation in TENDERING},
}
OWN, OTHER, KEY_HASH, TIME = (
    bid_scene.sha256(bid_scene.member_encryption()).hex()[:8],
    *(fixed(f"recipient {n}").hex()[:8] for n in ("李四", "开标密钥", "平台")),
)
PACKAGE = bid_scene.PACKAGE_ID.hex()[:8]
SHARE_ZH = (
    "甲.bid",
    "JXJT-2026-018 · A1 标段",
    "赣江建设工程有限公司 (91360000158260000X)",
    f"报价 (投标人) · 投标包 {PACKAGE}",
)
SHARE_EN = (*SHARE_ZH[:3], f"报价 (bidder) · package {PACKAGE}")
#: zh and en: title, lines of the item.
EXPECTED: dict[Operation, tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]] = {
    Operation.LOGIN: (
        ("登录平台", ("在上述工位登录平台",)),
        ("Log in to the platform", ("Log in on the workstation named above",)),
    ),
    Operation.ENROL_WORKSTATION: (
        ("登记工位", ("投标部-01", "登记后可向本单位成员发起扫码", f"SHA-256 {sha256(KEY).hex()[:16]}")),
        (
            "Enrol this workstation",
            ("投标部-01", "It may ask members of the organization for scans", f"SHA-256 {sha256(KEY).hex()[:16]}"),
        ),
    ),
    Operation.DOWNLOAD: (
        ("下载数字证书", ("持有人: 张三", "订单 01234567 · P-256")),
        ("Download the certificate", ("Holder: 张三", "order 01234567 · P-256")),
    ),
    Operation.RENEW: (
        ("证书延期", ("持有人: 张三", "订单 01234567 · P-256", "原证书: 4A3B", "原解密密钥保留在本手机")),
        (
            "Renew the certificate",
            (
                "Holder: 张三",
                "order 01234567 · P-256",
                "Old certificate: 4A3B",
                "The old decryption key stays on this phone",
            ),
        ),
    ),
    Operation.REISSUE: (
        ("证书补办", ("持有人: 张三", "订单 01234567 · P-256", "原证书: 4A3B", "原证书已失效")),
        (
            "Reissue the certificate",
            (
                "Holder: 张三",
                "order 01234567 · P-256",
                "Old certificate: 4A3B",
                "The old certificate is no longer valid",
            ),
        ),
    ),
    Operation.CHANGE_PASSWORD: (
        ("修改证书密码", ("持有人: 张三", "4A3B", "密钥和证书不变")),
        ("Change the certificate password", ("Holder: 张三", "4A3B", "Keys and certificate stay the same")),
    ),
    Operation.CLAIM_SEAL: (
        ("申领电子印章", ("合同章一", "合同章", "SHA-256 00c0ffee")),
        ("Claim the electronic seal", ("合同章一", "contract seal", "SHA-256 00c0ffee")),
    ),
    Operation.SEAL: (
        (
            "文件签章",
            (
                "投标函.pdf",
                "12 页 · 1,234,567 字节 · SHA-256 deadbeef",
                "公章 (企业公章) × 3 页, 法人章 (法人章) × 1 页, 公章 (企业公章) 骑缝章 × 12 页",
            ),
        ),
        (
            "Seal documents",
            (
                "投标函.pdf",
                "12 pages · 1,234,567 bytes · SHA-256 deadbeef",
                (
                    "公章 (official seal) × 3 pages, 法人章 (legal representative's seal) × 1 pages, "
                    "公章 (official seal), cross-page seal × 12 pages"
                ),
            ),
        ),
    ),
    Operation.SIGN_PACKAGE: (
        (
            "签署加密投标文件",
            (
                "JXJT-2026-018 · A1 标段",
                "赣江建设工程有限公司 (91360000158260000X)",
                f"截止 2026-06-02 12:00:00 · 投标包 {PACKAGE}",
                "商务技术: 2 个文件 · 1,235,457 字节",
                "工期 360 天 · 质量 合格 · 项目负责人 赵六",
                "投标函.pdf · 1,234,567",
                "资格审查.pdf · 890",
                f"解密需要: 投标人 (张三 {OWN}, 李四 {OTHER})",
                "报价: 1 个文件 · 7 字节",
                "报价 12345678.90 元 · 投标保证金 200000.00 元",
                "已标价工程量清单.xml · 7",
                "开启时间不早于 2026-06-02 13:00:00",
                f"解密需要: 投标人 (张三 {OWN}, 李四 {OTHER})",
                f"解密需要: 开标密钥 (开标密钥 {KEY_HASH})",
                f"解密需要: 平台时间份额 (平台 {TIME})",
            ),
        ),
        (
            "Sign the encrypted bid",
            (
                "JXJT-2026-018 · A1 标段",
                "赣江建设工程有限公司 (91360000158260000X)",
                f"Deadline 2026-06-02 12:00:00 · package {PACKAGE}",
                "商务技术: 2 files · 1,235,457 bytes",
                "360 days · Quality 合格 · Project manager 赵六",
                "投标函.pdf · 1,234,567",
                "资格审查.pdf · 890",
                f"Needed to open: bidder (张三 {OWN}, 李四 {OTHER})",
                "报价: 1 files · 7 bytes",
                "Price 12345678.90 CNY · Bid bond 200000.00 CNY",
                "已标价工程量清单.xml · 7",
                "Not to be opened before 2026-06-02 13:00:00",
                f"Needed to open: bidder (张三 {OWN}, 李四 {OTHER})",
                f"Needed to open: opening key (开标密钥 {KEY_HASH})",
                f"Needed to open: platform's time share (平台 {TIME})",
            ),
        ),
    ),
    Operation.DECRYPT: (("解密投标文件", SHARE_ZH), ("Open bids", SHARE_EN)),
    Operation.REHEARSE: (("演练解密", SHARE_ZH), ("Rehearse the opening", SHARE_EN)),
    Operation.PIN_RECIPIENT: (
        ("确认解密证书", ("李四", "确认后投标文件可加密给该证书", "B2", "SHA-256 0123456789abcdef")),
        (
            "Confirm the decryption certificate",
            ("李四", "Bids may be sealed to it from now on", "B2", "SHA-256 0123456789abcdef"),
        ),
    ),
}

TENDER_ZH = ("JXJT-2026-017 · 赣江二桥维修工程", "S1 · 一标段")
ENVELOPES_ZH = (
    "商务技术文件: 截止 2026-06-02 12:00:00 · 开标不早于 2026-06-02 12:00:00",
    "解密需要: 投标人 + 开标密钥 + 平台时间份额",
    "报价文件: 截止 2026-06-02 12:00:00 · 开标不早于 2026-06-03 12:00:00",
    "解密需要: 开标密钥 + 平台时间份额",
    "警告: 无需投标人参与即可解密, 截止前也可能被读取",
)
ENVELOPES_EN = (
    "商务技术文件: deadline 2026-06-02 12:00:00 · not to be opened before 2026-06-02 12:00:00",
    "Needed to open: bidder + opening key + platform's time share",
    "报价文件: deadline 2026-06-02 12:00:00 · not to be opened before 2026-06-03 12:00:00",
    "Needed to open: opening key + platform's time share",
    "Warning: it can be read without the bidder, before the deadline too",
)
TENDER_PACKAGE = fixed("package", 16).hex()[:8]
EXPECTED |= {
    Operation.CREATE_OPENING_KEY: (
        ("发布招标", (*TENDER_ZH, *ENVELOPES_ZH, f"开标密钥成员: 张三 {OWN}")),
        ("Publish a tender", (*TENDER_ZH, *ENVELOPES_EN, f"Holder of the opening key: 张三 {OWN}")),
    ),
    Operation.AMEND_TENDER: (
        ("发布澄清与变更", (*TENDER_ZH, "第 2 版", *ENVELOPES_ZH)),
        ("Amend a tender", (*TENDER_ZH, "Revision 2", *ENVELOPES_EN)),
    ),
    Operation.WITHDRAW: (
        (
            "撤回投标",
            (
                "JXJT-2026-017 · S1",
                "赣江二桥维修工程 · 一标段",
                f"投标包 {TENDER_PACKAGE} · 第 2 份",
                "撤回后该投标文件不再参加开标",
            ),
        ),
        (
            "Withdraw a bid",
            (
                "JXJT-2026-017 · S1",
                "赣江二桥维修工程 · 一标段",
                f"Package {TENDER_PACKAGE} · bid no. 2",
                "Once withdrawn, the bid takes no part in the opening",
            ),
        ),
    ),
    Operation.RELEASE_OPENING_KEY: (
        ("开标解密", (*TENDER_ZH, "报价文件 · 投标 3 份 · 已交付 2 份", "截止 2026-06-02 12:01:00")),
        ("Release the opening key", (*TENDER_ZH, "报价文件 · 3 bids · 2 delivered", "Closed 2026-06-02 12:01:00")),
    ),
}


def challenge_of(operation: Operation, **changes: Any) -> Challenge:
    values: dict[str, Any] = {
        "operation": operation,
        "platform": "jxjt",
        "platform_name": "江西交投招标采购平台",
        "workstation_id": bytes.fromhex("c5b1a0de") + bytes(12),
        "workstation_name": "投标部-01",
        "organization": "赣江建设工程有限公司",
        "credit_code": "91360000158260000X",
        "items": (ITEMS[operation],),
        "certificates": (),
        "ephemeral_key": KEY,
        "nonce": bytes(32),
        "r_hash": bytes(32),
        "issued_at": 1_780_286_400,
        "lifetime_s": 60,
    }
    return Challenge(**{**values, **changes})


@pytest.mark.parametrize("operation", list(Operation))
def test_title_and_item_lines_are_exactly_these(operation: Operation) -> None:
    for language, (title, lines) in zip(("zh", "en"), EXPECTED[operation], strict=True):
        text = consent_text(challenge_of(operation), language)
        assert (text.title, text.items) == (title, (lines,))


def test_the_rows_are_exactly_these() -> None:
    unsigned = challenge_of(Operation.LOGIN)
    assert consent_text(unsigned, "zh").rows == (
        ("平台", "江西交投招标采购平台"),
        ("单位", "赣江建设工程有限公司 (91360000158260000X)"),
        ("工位", "投标部-01 · c5b1a0de"),
        ("时间", "2026-06-01 12:00:00"),
        ("数量", "1"),
        ("注意", "该工位尚未登记"),
    )
    enrolment = Enrolment(certificate=b"0", issued_at=0, signature=bytes(64))
    signed = challenge_of(Operation.SEAL, workstation_key=KEY, enrolment=enrolment, items=(SEAL, SEAL))
    assert consent_text(signed, "en").rows == (
        ("Platform", "江西交投招标采购平台"),
        ("Organization", "赣江建设工程有限公司 (91360000158260000X)"),
        ("Workstation", "投标部-01 · c5b1a0de"),
        ("Time", "2026-06-01 12:00:00"),
        ("Count", "2"),
    )
    assert consent_text(unsigned, "en").rows[-1] == ("Note", "This workstation is not enrolled")


@pytest.mark.parametrize(("language", "shown"), [("zh", "(未指定)"), ("en", "(not given)"), ("fr", "(未指定)")])
def test_a_challenge_without_organization_says_so(language: str, shown: str) -> None:
    none = challenge_of(Operation.LOGIN, organization="", credit_code="")
    assert consent_text(none, language).rows[1][1] == shown
    assert consent_text(replace(none, organization="甲公司"), language).rows[1][1] == "甲公司"


def test_every_item_has_its_block_with_the_full_name() -> None:
    name = "很长的文件名" * 14 + ".pdf"
    items = tuple(replace(SEAL, name=f"{n}{name}") for n in range(8))
    text = consent_text(challenge_of(Operation.SEAL, items=items), "zh")
    assert [block[0] for block in text.items] == [f"{n}{name}" for n in range(8)]


def test_the_fingerprint_of_a_new_workstation_is_the_one_its_own_screen_shows() -> None:
    """The desktop names itself by the first digits of its id, SHA-256 over its key; the phone's line must match."""

    line = consent_text(challenge_of(Operation.ENROL_WORKSTATION), "zh").items[0][2]
    assert re.fullmatch(r"SHA-256 [0-9a-f]{16}", line)
    assert line.endswith(workstation_id_of(KEY).hex()[:16])


def test_an_item_of_no_known_kind_is_our_bug() -> None:
    with pytest.raises(TypeError):
        consent_text(challenge_of(Operation.LOGIN, items=(object(),)), "zh")


@pytest.mark.parametrize(
    ("group", "zh", "en"),
    [
        ("bidder", "投标人", "bidder"),
        ("opening", "开标密钥", "opening key"),
        ("time", "平台时间份额", "platform's time share"),
        ("time2", "time2", "time2"),  # another package's own: as it is
    ],
)
def test_group_of_a_share_is_said_in_the_language_of_the_phone(group: str, zh: str, en: str) -> None:
    item = replace(bid_scene.share("甲.bid"), group_id=group)
    lines = [consent_text(challenge_of(Operation.REHEARSE, items=(item,)), lang).items[0][3] for lang in ("zh", "en")]
    assert [line.partition(" · ")[0] for line in lines] == [f"报价 ({zh})", f"报价 ({en})"]
