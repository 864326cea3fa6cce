"""Attack: files, lists and messages made to be called valid, unsigned or to break the reader; each beside an honest.

Holds a certificate of the same CA at most. What an update may say about the catalogue, which lists of revoked
certificates count, which CMS is read, which broken files end in a verdict.
"""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from desktop.domain.operations import Verdict
from desktop.formats.trust import RevocationData
from desktop.signing.pdf import ImprintPlacement, PdfVerdict
from tests.pdf import attacks
from tests.pdf.builders import plain
from tests.pdf.conftest import Sealer, Verifier, one_imprint, pki, png, sealer, signer, verify
from tests.pdf.pki import CA, DAY, NOW, SIGN, Holder, Pki, der, ec_key, issue, name

__all__ = ["one_imprint", "pki", "png", "sealer", "signer", "verify"]

Judge = Callable[[bytes], PdfVerdict]


@pytest.fixture
def sealed(tmp_path: Path, sealer: Sealer, one_imprint: ImprintPlacement) -> bytes:
    return sealer.seal(plain(tmp_path / "honest.pdf"), one_imprint).path.read_bytes()


@pytest.fixture
def judge(tmp_path: Path, verify: Verifier) -> Judge:
    def judged(data: bytes) -> PdfVerdict:
        path = tmp_path / "attack.pdf"
        path.write_bytes(data)
        started = time.monotonic()
        verdict = verify(path)
        assert time.monotonic() - started < 10
        return verdict

    return judged


def test_the_honest_file_is_valid(sealed: bytes, judge: Judge) -> None:
    assert judge(sealed).verdict is Verdict.VALID


# -- T17: what a later revision says in the catalogue ------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        b"/OpenAction %d 0 R", b"/AA<</WC %d 0 R>>", b"/Names %d 0 R", b"/OCProperties %d 0 R", b"/AF[%d 0 R]",
        b"/Legal %d 0 R", b"/DPartRoot %d 0 R", b"/URI<</Base(http://x)>>", b"/ViewerPreferences<</A 1>>", b"/Lang(zh)",
        b"/Lang(\\\\)/X %d 0 R", b"/Lang<6>/X %d 0 R",
    ],
)  # fmt: skip
def test_t17_a_catalogue_that_gains_anything_that_acts_or_shows_is_invalid(
    sealed: bytes, judge: Judge, entry: bytes
) -> None:
    number, root = attacks.size(sealed), attacks.root_number(sealed)
    text = attacks.object_text(sealed, root).rstrip()[:-2] + b" " + entry.replace(b"%d", b"%d" % number) + b">>"
    script = b"<</S/JavaScript/JS(app.alert(1))>>"
    assert judge(attacks.Update(sealed).append({root: text, number: script})).verdict is Verdict.INVALID


# -- T13: lists of revoked certificates --------------------------------------------------------------------------------


def point(**only: Any) -> x509.IssuingDistributionPoint:
    given: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**(given | only))


def crl_of(by: Holder, issuer: x509.Name, *extensions: x509.ExtensionType) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(NOW - DAY)
    builder = builder.next_update(NOW + 7 * DAY).add_extension(x509.CRLNumber(2), critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return der(builder.sign(by.key, hashes.SHA256()))


CRL_EXTENSIONS: dict[str, x509.ExtensionType] = {
    "delta": x509.DeltaCRLIndicator(1),
    "CA certificates only": point(only_contains_ca_certs=True),
    "attribute certificates only": point(only_contains_attribute_certs=True),
    "some reasons only": point(only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})),
    "another distribution point": point(full_name=[x509.UniformResourceIdentifier("http://x/")]),
    "unknown and critical": x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
}


@pytest.mark.parametrize("kind", CRL_EXTENSIONS)
def test_t13_a_list_that_is_not_about_this_certificate_proves_nothing(
    pki: Pki, sealed: bytes, judge: Judge, verify: Verifier, kind: str
) -> None:
    partial = crl_of(pki.issuing, pki.issuing.certificate.subject, CRL_EXTENSIONS[kind])
    verify.revocation = RevocationData(crls=(partial, pki.crl(issuer=pki.root)))
    assert judge(sealed).verdict is Verdict.CANNOT_TELL
    complete = crl_of(pki.issuing, pki.issuing.certificate.subject)
    verify.revocation = RevocationData(crls=(partial, complete, pki.crl(issuer=pki.root)))
    assert judge(sealed).verdict is Verdict.VALID


def test_t13_lists_signed_by_anybody_but_the_issuer_prove_nothing(
    pki: Pki, signer: Holder, sealed: bytes, judge: Judge, verify: Verifier
) -> None:
    issuer = pki.issuing.certificate.subject
    namesake = issue(name("测试签发CA"), key=ec_key(), issuer=None, key_usage=CA, ca=True)
    forged = (
        crl_of(namesake, issuer),
        crl_of(pki.leaf("Mallory"), issuer),
        crl_of(signer, issuer),
        crl_of(signer, signer.certificate.subject),
        crl_of(pki.root, pki.root.certificate.subject, point(indirect_crl=True)),
    )
    for crl in forged:
        verify.revocation = RevocationData(crls=(crl, pki.crl(issuer=pki.root)))
        assert judge(sealed).verdict is Verdict.CANNOT_TELL


def test_t13_an_older_list_that_revokes_is_not_outvoted_by_a_newer_one(
    pki: Pki, signer: Holder, sealed: bytes, judge: Judge, verify: Verifier
) -> None:
    verify.revocation = RevocationData(
        crls=(pki.crl((signer, NOW - 2 * DAY)), pki.crl(this_update=NOW - DAY / 2), pki.crl(issuer=pki.root))
    )
    assert judge(sealed).verdict is Verdict.INVALID


# -- certificates ------------------------------------------------------------------------------------------------------


def test_t10_a_certificate_with_an_unknown_critical_extension_is_not_valid(
    tmp_path: Path, pki: Pki, sealer: Sealer, one_imprint: ImprintPlacement, judge: Judge
) -> None:
    def holder(*extensions: x509.ExtensionType) -> Holder:
        key = ec_key()
        builder = x509.CertificateBuilder().subject_name(name("X")).issuer_name(pki.issuing.certificate.subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW - DAY).not_valid_after(NOW + 100 * DAY)
        for extension in (x509.BasicConstraints(ca=False, path_length=None), SIGN, *extensions):
            builder = builder.add_extension(extension, critical=True)
        return Holder(builder.sign(pki.issuing.key, hashes.SHA256()), key)

    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    source = plain(tmp_path / "a.pdf")
    assert judge(sealer.seal(source, one_imprint, signer=holder()).path.read_bytes()).verdict is Verdict.VALID
    bent = sealer.seal(source, one_imprint, signer=holder(odd), to="odd.pdf").path.read_bytes()
    assert judge(bent).verdict is Verdict.INVALID


# -- CMS ---------------------------------------------------------------------------------------------------------------


class Message:
    """The CMS of a sealed file, to be bent by somebody who even has the signer's key."""

    def __init__(self, data: bytes, signer: Holder) -> None:
        self._data, self._signer = data, signer
        _, self._start, self._stop, _ = attacks.byte_range(data)
        padded = bytes.fromhex(data[self._start + 1 : self._stop - 1].decode())
        self.der = cms.ContentInfo.load(padded).dump()
        self.covered = data[: self._start] + data[self._stop :]

    def parsed(self) -> tuple[Any, Any]:
        whole: Any = cms.ContentInfo.load(self.der)
        return whole, whole["content"]["signer_infos"][0]

    def signed(self, whole: Any, info: Any, algorithm: hashes.HashAlgorithm) -> bytes:
        assert isinstance(self._signer.key, ec.EllipticCurvePrivateKey)
        body = info["signed_attrs"].untag().dump(force=True)
        info["signature"] = self._signer.key.sign(body, ec.ECDSA(algorithm))
        return bytes(whole.dump(force=True))

    def file(self, der_: bytes) -> bytes:
        room = self._stop - self._start - 2
        return self._data[: self._start + 1] + der_.hex().encode().ljust(room, b"0") + self._data[self._stop - 1 :]


def control(message: Message) -> bytes:
    whole, info = message.parsed()
    return message.signed(whole, info, hashes.SHA256())


def two_signers(message: Message) -> bytes:
    whole, info = message.parsed()
    whole["content"]["signer_infos"].append(info.copy())
    return bytes(whole.dump(force=True))


def sha1_throughout(message: Message) -> bytes:
    whole, info = message.parsed()
    info["digest_algorithm"] = whole["content"]["digest_algorithms"][0] = {"algorithm": "sha1"}
    info["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    for attribute in info["signed_attrs"]:
        if attribute["type"].native == "message_digest":
            attribute["values"] = [hashlib.sha1(message.covered).digest()]
    return message.signed(whole, info, hashes.SHA1())


def sha1_signature_only(message: Message) -> bytes:
    whole, info = message.parsed()
    info["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    return message.signed(whole, info, hashes.SHA1())


def attribute_twice(message: Message) -> bytes:
    whole, info = message.parsed()
    info["signed_attrs"].append(info["signed_attrs"][0].copy())
    return message.signed(whole, info, hashes.SHA256())


def without_signing_certificate(message: Message) -> bytes:
    whole, info = message.parsed()
    kept = [each for each in info["signed_attrs"] if each["type"].native != "signing_certificate_v2"]
    info["signed_attrs"] = cms.CMSAttributes(kept)
    return message.signed(whole, info, hashes.SHA256())


def encapsulated(message: Message) -> bytes:
    whole, _ = message.parsed()
    whole["content"]["encap_content_info"] = {"content_type": "data", "content": b"x"}
    return bytes(whole.dump(force=True))


def counter_signature(message: Message) -> bytes:
    whole, info = message.parsed()
    info["unsigned_attrs"] = [cms.CMSAttribute({"type": "counter_signature", "values": [info.copy()]})]
    return bytes(whole.dump(force=True))


def by_key_identifier(message: Message) -> bytes:
    whole, info = message.parsed()
    info["sid"] = cms.SignerIdentifier({"subject_key_identifier": b"1234"})
    return bytes(whole.dump(force=True))


BENT: dict[str, Callable[[Message], bytes]] = {
    "two signers": two_signers,
    "SHA-1 throughout": sha1_throughout,
    "SHA-1 signature": sha1_signature_only,
    "attribute twice": attribute_twice,
    "no signing-certificate-v2": without_signing_certificate,
    "encapsulated content": encapsulated,
    "counter signature": counter_signature,
    "signer by key identifier": by_key_identifier,
    "trailing bytes": lambda message: message.der + b"\x01\x02",
    "trailing element": lambda message: message.der + b"\x05\x00",
    "indefinite length": lambda message: b"\x30\x80" + message.der[4:] + b"\0\0",
    "overlong length": lambda message: b"\x30\x83\x00" + message.der[2:4] + message.der[4:],
}


@pytest.mark.parametrize("how", BENT)
def test_t21_t22_a_bent_message_is_not_valid_even_by_the_signers_own_key(
    sealed: bytes, signer: Holder, judge: Judge, how: str
) -> None:
    message = Message(sealed, signer)
    assert judge(message.file(control(message))).verdict is Verdict.VALID
    assert judge(message.file(BENT[how](message))).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)


# -- files that fight back ---------------------------------------------------------------------------------------------

GM = b"<</Type/Sig/Filter/GM.PKILite/SubFilter/GM.sm2seal/ByteRange[0 10 20 30]/Contents<3003020101>>>"
FIELD = b"<</FT/Sig/T(a)/V 6 0 R>>"
TORTURE: dict[str, tuple[dict[int, bytes], bool]] = {
    "page tree loop": ({2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>", 5: FIELD, 6: GM}, True),
    "field tree loop": ({5: b"<</FT/Sig/T(a)/Kids[5 0 R]/V 6 0 R>>", 6: GM}, True),
    "reference to itself": ({5: FIELD, 6: b"6 0 R"}, False),
    "huge object number": ({4: b"<</Fields[999999999 0 R]>>"}, False),
    "arrays 50 000 deep": ({4: b"<</Fields" + b"[" * 50_000 + b"]" * 50_000 + b">>"}, False),
    "dictionaries 30 000 deep": ({4: b"<</A" * 30_000 + b" 1" + b">>" * 30_000}, False),
    "names in hex, comment between": (
        {4: b"<</Fields[]>>", 6: GM.replace(b"/SubFilter/", b"/SubFilter%x\n/").replace(b"/Byte", b"/B#79te")},
        True,
    ),
    "indirect SubFilter": (
        {5: FIELD, 6: b"<</Type/Sig/Filter/X/SubFilter 7 0 R/Contents<3000>>>", 7: b"/GM.sm2seal"},
        True,
    ),
    "signature on the page only": (
        {3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[5 0 R]>>", 4: b"<</Fields[]>>", 5: FIELD, 6: GM},
        True,
    ),
    "length that is its own stream": ({8: b"<</Length 8 0 R>>stream\nx\nendstream"}, False),
}  # fmt: skip


def written(objects: dict[int, bytes]) -> bytes:
    whole = {
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        4: b"<</Fields[5 0 R]>>",
        5: b"<</T(a)/FT/Tx>>",
    } | objects
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, text in whole.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    out += b"".join(b"%d 1\n%010d 00000 n \n" % entry for entry in places.items())
    out += b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(whole) + 1, start)
    return bytes(out)


@pytest.mark.parametrize("how", TORTURE)
def test_t22_a_broken_file_ends_in_a_verdict_and_a_foreign_seal_in_it_is_never_unsigned(judge: Judge, how: str) -> None:
    objects, holds_signature = TORTURE[how]
    verdict = judge(written(objects)).verdict
    assert verdict in ((Verdict.CANNOT_TELL, Verdict.INVALID) if holds_signature else tuple(Verdict))
    assert verdict is not Verdict.VALID


def test_the_same_file_without_tricks_is_unsigned(judge: Judge) -> None:
    assert judge(written({})).verdict is Verdict.UNSIGNED
