"""Reasons of a verdict on a certificate or a sealed PDF; merged into the table of pdf.py."""

from desktop.domain.problems.model import Problem, entry

TRUST: dict[str, Problem] = {
    "trust.certificate_unreadable": entry(
        ("证书无法读取", "签名所用的证书数据不完整或不符合标准。", "请向签署方索取重新签章的文件。"),
        (
            "The certificate cannot be read",
            "The signer's certificate is incomplete or not up to the standard.",
            "Ask the signer to sign the file again.",
        ),
    ),
    "trust.wrong_key_usage": entry(
        (
            "证书用途不符",
            "该证书不是签名证书(例如是加密证书), 不能用来签章。",
            "请向签署方索取用签名证书重新签章的文件。",
        ),
        (
            "The certificate is not for this use",
            "It is not a signing certificate (it may be an encryption one), so it must not sign.",
            "Ask the signer to sign again with the signing certificate.",
        ),
    ),
    "trust.weak_algorithm": entry(
        (
            "签名算法不安全",
            "使用了已不被接受的算法或过短的密钥(如 SHA-1、RSA-1024)。",
            "请向签署方索取用现行算法重新签章的文件。",
        ),
        (
            "The algorithm is not secure",
            "An algorithm or key length was used that is no longer accepted (such as SHA-1 or RSA-1024).",
            "Ask the signer to sign again with current algorithms.",
        ),
    ),
    "trust.expired": entry(
        ("证书已过期", "签名证书在需要有效的时间点已过期。", "请签署方延期证书后重新签章。"),
        (
            "The certificate has expired",
            "The signing certificate was past its validity at the time that counts.",
            "Have the signer renew the certificate and sign again.",
        ),
    ),
    "trust.not_yet_valid": entry(
        ("证书尚未生效", "签名证书在需要有效的时间点还没有生效。", "请核对电脑时间; 如时间无误, 请签署方重新签章。"),
        (
            "The certificate is not valid yet",
            "The signing certificate was not yet valid at the time that counts.",
            "Check this computer's clock; if it is right, have the signer sign again.",
        ),
    ),
    "trust.revoked": entry(
        ("证书已被吊销", "发证机构已吊销该签名证书。", "请勿采信该签章, 并与签署方联系核实。"),
        (
            "The certificate has been revoked",
            "Its issuer has revoked the signing certificate.",
            "Do not rely on this seal; contact the signer.",
        ),
    ),
    "trust.revocation_unknown": entry(
        ("无法确认证书是否被吊销", "没有可用的吊销信息(CRL 或 OCSP)。", "请联网更新信任数据后再验证。"),
        (
            "It is not known whether the certificate was revoked",
            "There is no usable revocation information (CRL or OCSP).",
            "Go online to refresh the trust data, then verify again.",
        ),
    ),
    "trust.revocation_stale": entry(
        ("吊销信息已过时", "本机保存的吊销信息已超过有效期。", "请联网更新信任数据后再验证。"),
        (
            "The revocation information is out of date",
            "What this computer has stored is past its validity.",
            "Go online to refresh the trust data, then verify again.",
        ),
    ),
    "trust.unknown_root": entry(
        ("不认识签发机构", "签名证书不是由本机信任的机构签发的。", "如果您信任该机构, 请导入其根证书后再验证。"),
        (
            "The issuer is not known",
            "The signing certificate was not issued by an authority that this computer trusts.",
            "If you trust that authority, import its root certificate and verify again.",
        ),
    ),
    "trust.path_invalid": entry(
        ("证书链无效", "签名证书与其签发机构之间的证书链不成立。", "请勿采信该签章, 并与签署方联系核实。"),
        (
            "The certificate chain is invalid",
            "The chain between the signing certificate and its issuer does not hold.",
            "Do not rely on this seal; contact the signer.",
        ),
    ),
}

VERIFY: dict[str, Problem] = {
    "verify.format_unsupported": entry(
        (
            "已签名, 但签名格式不受支持",
            "文件中有电子签名, 其格式(如国密 GM 格式)本软件还不能验证。",
            "请用签署方指定的软件验证该签名。",
        ),
        (
            "Signed, in a format that is not supported",
            "The file holds a signature whose format (such as a GM one) this program cannot check.",
            "Verify it with the program that the signer names.",
        ),
    ),
    "verify.byte_range": entry(
        ("签名范围不正确", "签名没有按规定覆盖文件, 文件可能被伪造。", "请勿采信该文件, 并向签署方索取原件。"),
        (
            "The signature's range is wrong",
            "The signature does not cover the file as it must; the file may be forged.",
            "Do not rely on this file; ask the signer for the original.",
        ),
    ),
    "verify.cms_unreadable": entry(
        ("签名数据无法读取", "签名数据损坏或不符合标准。", "请勿采信该签名, 并向签署方索取原件。"),
        (
            "The signature cannot be read",
            "Its data is damaged or not up to the standard.",
            "Do not rely on this signature; ask the signer for the original.",
        ),
    ),
    "verify.cms_unchecked_part": entry(
        (
            "签名中有无法核实的内容",
            "签名数据中附有本软件不能核实的部分(如时间戳或多余证书)。",
            "请用签署方指定的软件验证该签名。",
        ),
        (
            "Part of the signature cannot be checked",
            "It carries parts that this program cannot check (such as a timestamp or further certificates).",
            "Verify it with the program that the signer names.",
        ),
    ),
    "verify.signature_wrong": entry(
        ("签名不正确", "签名与签名证书不相符, 签名被改动或是伪造的。", "请勿采信该文件, 并与签署方联系核实。"),
        (
            "The signature is wrong",
            "It does not belong to the certificate; it was altered or forged.",
            "Do not rely on this file; contact the signer.",
        ),
    ),
    "verify.other_certificate": entry(
        ("签名证书被替换", "签名所指定的证书与文件所附的证书不同。", "请勿采信该文件, 并与签署方联系核实。"),
        (
            "The certificate was exchanged",
            "The signature names another certificate than the one in the file.",
            "Do not rely on this file; contact the signer.",
        ),
    ),
    "verify.document_changed": entry(
        ("签章后文件内容被改动", "文件现在的内容与签章时不同。", "请勿采信该文件, 并向签署方索取原件。"),
        (
            "The document was changed after it was sealed",
            "Its content now differs from what was sealed.",
            "Do not rely on this file; ask the signer for the original.",
        ),
    ),
    "verify.changed_after": entry(
        (
            "签章后文件被追加内容",
            "签章之后文件中又加入了其他内容, 您看到的可能不是签章时的文件。",
            "请向签署方索取签章后未改动的文件。",
        ),
        (
            "Something was added after the seal",
            "More was put into the file after it was sealed; what you see may not be what was sealed.",
            "Ask the signer for the file as it was sealed.",
        ),
    ),
    "verify.orphan_signature": entry(
        (
            "文件中有被移除的签名痕迹",
            "文件数据中存在签名, 但文档表单中找不到它, 签名可能被移除。",
            "请向文件提供方索取原件。",
        ),
        (
            "There are traces of a removed signature",
            "The file's data holds a signature that its form does not show; it may have been removed.",
            "Ask whoever gave you the file for the original.",
        ),
    ),
    "verify.damaged_signed": entry(
        ("文件已签名但已损坏", "文件中有签名, 但文件结构损坏, 无法验证。", "请重新下载, 或向签署方索取原件。"),
        (
            "Signed, but damaged",
            "The file holds a signature but its structure is damaged, so it cannot be verified.",
            "Download it again or ask the signer for the original.",
        ),
    ),
    "verify.encrypted": entry(
        ("加密文件无法验证", "文件被加密, 本软件不验证加密文件中的签名。", "请用签署方指定的软件打开并验证。"),
        (
            "An encrypted file cannot be verified",
            "The file is encrypted; this program does not verify signatures in encrypted files.",
            "Open and verify it with the program that the signer names.",
        ),
    ),
    "verify.outside_validity": entry(
        ("签章时间不在证书有效期内", "签章时间早于证书生效或晚于证书到期。", "请签署方用有效的证书重新签章。"),
        (
            "Sealed outside the certificate's validity",
            "The time of sealing lies before the certificate's start or after its end.",
            "Have the signer seal again with a valid certificate.",
        ),
    ),
    "verify.claimed_future": entry(
        (
            "签章时间在未来",
            "签章所称的时间晚于现在: 本机时钟不准, 或签署方写入了不实的时间。",
            "请校准本机时钟后重新验证; 仍如此请与签署方核实。",
        ),
        (
            "Sealed in the future",
            "The claimed time is later than now: this computer's clock is wrong, or the signer wrote a false time.",
            "Correct this computer's clock and verify again; if it stays so, ask the signer.",
        ),
    ),
    "verify.marked_after": entry(
        (
            "此签章之后另有他人签章",
            "另一签署方在此签章之后加盖了签章, 其可见印记不属于此签章的内容。",
            "请逐一核对各签章的签署方; 此签章只对其盖章时的文件内容负责。",
        ),
        (
            "Somebody else sealed after this seal",
            "Another signer added a seal after this one; the mark it shows is not part of what this seal covers.",
            "Check who made each seal; this one answers only for the document as it was sealed.",
        ),
    ),
    "verify.expired_since": entry(
        (
            "证书在签章后已过期",
            "签章时证书在有效期内, 但没有可信时间戳证明签章时间。",
            "请向签署方核实签章时间, 或索取带时间戳的文件。",
        ),
        (
            "The certificate has expired since",
            "It was valid at the claimed time, but no trusted timestamp proves that time.",
            "Confirm the time with the signer or ask for a file with a timestamp.",
        ),
    ),
    "verify.revoked_since": entry(
        (
            "证书在签章后被吊销",
            "吊销时间晚于所称的签章时间, 但没有可信时间戳证明签章时间。",
            "请向签署方核实签章时间。",
        ),
        (
            "The certificate was revoked since",
            "It was revoked after the claimed time, but no trusted timestamp proves that time.",
            "Confirm the time with the signer.",
        ),
    ),
    "verify.timestamp_refused": entry(
        (
            "时间戳服务没有给出时间戳",
            "时间戳服务拒绝了请求, 或返回了无法读取的内容。文件已签章, 但不带时间戳。",
            "签章仍然有效; 请稍后再补加时间戳。",
        ),
        (
            "The time stamping service gave no timestamp",
            "It refused the request or answered something unreadable. The file is sealed, without a timestamp.",
            "The seal is good as it is; add the timestamp later.",
        ),
    ),
    "verify.timestamp_unavailable": entry(
        (
            "时间戳服务暂时不可用",
            "无法连接时间戳服务。文件已签章, 但不带时间戳。",
            "签章仍然有效; 请在网络恢复后补加时间戳。",
        ),
        (
            "The time stamping service is not available now",
            "It could not be reached. The file is sealed, without a timestamp.",
            "The seal is good as it is; add the timestamp when the network is back.",
        ),
    ),
    "verify.evidence_unavailable": entry(
        (
            "长期验证资料未能加入",
            "文件已带时间戳, 但证书状态资料(OCSP、CRL)此刻无法取得或不完整。",
            "签章仍然有效; 请稍后再补加长期验证资料。",
        ),
        (
            "Long-term evidence could not be added",
            "The file has its timestamp, but certificate status (OCSP, CRL) could not be had now or is incomplete.",
            "The seal is good as it is; add the evidence later.",
        ),
    ),
    "verify.ocsp_refused": entry(
        (
            "证书状态查询没有结果",
            "OCSP 服务拒绝了查询, 或回答的不是所问的证书。",
            "请稍后再试; 若仍如此, 请联系平台。",
        ),
        (
            "The certificate's status could not be had",
            "The OCSP service refused or answered about something else.",
            "Try again later; if it stays so, contact the platform.",
        ),
    ),
    "verify.timestamp_invalid": entry(
        (
            "时间戳无效",
            "时间戳与签名内容不符, 或其自身的签名、格式有误, 不能证明签章时间。",
            "请向签署方索取带有效时间戳的文件。",
        ),
        (
            "The timestamp is not valid",
            "It is not about this content, or its own signature or form is wrong, so it proves no time.",
            "Ask the signer for a file with a good timestamp.",
        ),
    ),
    "verify.timestamp_untrusted": entry(
        (
            "时间戳的来源无法确认",
            "签发时间戳的证书此刻无法确认可信(未知、过期、被吊销或状态不明)。",
            "请联网更新证书状态后再验; 或向签署方核实签章时间。",
        ),
        (
            "The timestamp's origin cannot be confirmed",
            "The service's certificate cannot be relied on now (unknown, expired, revoked or of unknown status).",
            "Go online and verify again, or confirm the time with the signer.",
        ),
    ),
    "verify.only_timestamped": entry(
        (
            "文件只有时间戳, 没有签章",
            "时间戳证明文件在某时已存在, 但不说明由谁签署。",
            "如需签章, 请向对方索取已签章的文件。",
        ),
        (
            "There is only a timestamp, no signature",
            "It proves that the file existed at that time, not who signed it.",
            "Ask for a signed file if you need a signature.",
        ),
    ),
}
