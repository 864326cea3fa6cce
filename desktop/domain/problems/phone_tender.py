"""Problems that the phone shows about tenders: notices, the committee, opening keys."""

from desktop.domain.problems.model import Problem, entry

PHONE_TENDER: dict[str, Problem] = {
    "phone.notice_mismatch": entry(
        (
            "招标公告不属于所示单位或平台",
            "公告中的平台或招标代理机构与本次扫码所示的不一致, 没有签署。",
            "请在电脑上以该代理机构成员的身份重新打开标段; 若再次出现, 请停止操作并联系平台。",
        ),
        (
            "The notice is not of the unit or platform shown",
            "Platform or agency in it differ from those of this scan; nothing was signed.",
            "Open the lot again on the computer as a member of that agency; if it happens again, contact the platform.",
        ),
    ),
    "phone.notice_not_signed": entry(
        (
            "招标公告未经代理机构签署",
            "电脑出示的公告不是招标代理机构签署过的那一份; 开标密钥没有交出。",
            "请核对截止时间, 在电脑上重新打开标段; 若再次出现, 请停止开标并报告监督部门。",
        ),
        (
            "The notice was not signed by the agency",
            "The computer shows a notice that nobody of the agency has signed; the opening key was not given.",
            "Check the deadline and open the lot again on the computer; if it happens again, stop and report it.",
        ),
    ),
    "phone.not_officer": entry(
        (
            "您不是本标段的开标人员",
            "招标公告的开标人员名单中没有本手机的这张证书, 没有签署或交出任何内容。",
            "请由公告所列的开标人员扫码, 或由其先发布变更, 将您列入名单。",
        ),
        (
            "You are not an officer of this lot",
            "The notice does not name this certificate among those who may open it. Nothing was signed or given.",
            "Let one of the officers scan, or have one of them publish an amendment that names you.",
        ),
    ),
    "phone.member_not_allowed": entry(
        (
            "开标密钥成员不符合要求",
            "所列成员的解密证书不是本代理机构的, 或不是本平台签发的有效证书, 没有生成开标密钥。",
            "请在电脑上从本单位成员中重新选择; 如成员不是您选择的, 请停止操作并联系平台。",
        ),
        (
            "A holder of the opening key is not allowed",
            "A certificate in the list is not of this agency, or not a valid one of this platform. No key was made.",
            "Choose members of your own unit on the computer; if you did not choose that one, contact the platform.",
        ),
    ),
    "phone.opening_key_not_ours": entry(
        (
            "本手机无法解开该标段的开标密钥",
            "开标密钥不是加密给本手机这张证书的。",
            "请选用列入开标密钥成员的证书, 或由持有该证书的手机扫码。",
        ),
        (
            "This phone cannot unlock the lot's opening key",
            "The key is not encrypted for this certificate.",
            "Use a certificate that is among the holders of the opening key, or the phone that has it.",
        ),
    ),
    "phone.opening_key_mismatch": entry(
        (
            "开标密钥与公告不一致",
            "公告所附的开标密钥已损坏或被替换, 与投标人加密时使用的不是同一把。",
            "请在电脑上重新收取招标公告; 若再次出现, 请停止开标并联系平台。",
        ),
        (
            "The opening key is not the one announced",
            "What came with the notice is damaged or was replaced; bidders did not encrypt to it.",
            "Fetch the notice again on the computer; if it happens again, stop the opening and contact the platform.",
        ),
    ),
    "phone.not_closed": entry(
        (
            "该标段尚未截止, 不能交出开标密钥",
            "没有平台签名的、关于本标段现行公告的截止声明, 或声明写明不开标 (投标不足三家)。",
            "请在截止后由电脑从平台收取截止声明, 并核对手机时间, 再扫码。",
        ),
        (
            "The lot is not closed: the opening key stays here",
            "There is no closing signed by the platform for this notice, or it says that the lot is not opened.",
            "After the deadline let the computer fetch the closing, check the phone's clock, and scan again.",
        ),
    ),
    "phone.opening_too_early": entry(
        (
            "还没到该信封的开启时间",
            "招标公告规定该信封不早于所示时间开启, 现在还没有到。",
            "请到时间后再扫码; 如已到时间, 请校准手机时间。",
        ),
        (
            "This envelope may not be opened yet",
            "The notice sets a time before which it stays sealed, and that has not come.",
            "Scan again when it has; if it has, set the phone's clock.",
        ),
    ),
}
