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
