"""The detail of a certificate, read from its bytes: path to the root, fingerprints, and whether it holds now."""

import base64
import textwrap
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, is_issued_by, read_certificate
from desktop.domain.errors import BidSealError
from desktop.formats.trust import CertificateUsage
from desktop.portal.records import Certificate
from desktop.services.workspace import Workspace
from desktop.store.files import write_atomic, write_new
from desktop.views.certificates.state import ChainWord, Detail, Link

DER_SUFFIXES = (".cer", ".der")
_MAX_LINKS = 4


def detail_of(workspace: Workspace, certificate: Certificate) -> Detail:
    """Read the certificates and judge their path; asks the platform for revocation lists.

    Raises:
        RejectedError: `ceremony.certificate_unreadable`.
    """
    signing, encryption = read_certificate(certificate.sign_cert), read_certificate(certificate.enc_cert)
    word, code = ChainWord.GOOD, ""
    try:
        workspace.trust.require_valid(signing, usage=CertificateUsage.SIGN)
        workspace.trust.require_valid(encryption, usage=CertificateUsage.ENCRYPT)
    except BidSealError as error:
        word = ChainWord.BAD if error.code == "ceremony.certificate_invalid" else ChainWord.CANNOT_TELL
        code = error.code
    return Detail(
        links=tuple(_link(c) for c in reversed(_path(workspace, signing))),
        sign_sha256=signing.sha256.hex().upper(),
        enc_sha256=encryption.sha256.hex().upper(),
        word=word,
        problem_code=code,
    )


def pem_of(workspace: Workspace, certificate: Certificate) -> bytes:
    """Return the public certificates, leaf first, as one PEM file that says in plain text what each is."""
    path = _path(workspace, read_certificate(certificate.sign_cert))
    parts = [
        ("signing certificate / 签名证书", certificate.sign_cert),
        ("encryption certificate / 加密证书", certificate.enc_cert),
        *((f"issuer / 签发者 {facts.holder}", facts.der) for facts in path[1:]),
    ]
    return "\n".join(f"{title}\n{_pem(der)}" for title, der in parts).encode("utf-8")


def export_to(target: Path, workspace: Workspace, certificate: Certificate) -> None:
    """Save the public certificates: all as PEM, or, where `target` ends in .cer or .der, signing and encryption as DER.

    The encryption certificate then lies beside `target`, under a free name.

    Raises:
        UnavailableError: the folder cannot be written.
    """
    if target.suffix.lower() not in DER_SUFFIXES:
        write_atomic(target, pem_of(workspace, certificate))
        return
    write_atomic(target, certificate.sign_cert)
    write_new(target.with_name(f"{target.stem}-encryption{target.suffix}"), certificate.enc_cert)


def _path(workspace: Workspace, leaf: CertificateFacts) -> list[CertificateFacts]:
    """Return the leaf and its issuers as far as the platform's profile has them."""
    profile = workspace.profile
    authorities = [read_certificate(der) for der in (*profile.issuing, profile.root) if der]
    path = [leaf]
    while len(path) < _MAX_LINKS:
        issuer = next((a for a in authorities if a.der != path[-1].der and is_issued_by(path[-1], a)), None)
        if issuer is None:
            break
        path.append(issuer)
    return path


def _link(facts: CertificateFacts) -> Link:
    return Link(name=facts.holder or facts.organization, serial=facts.serial, not_after=facts.not_after)


def _pem(der: bytes) -> str:
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))
