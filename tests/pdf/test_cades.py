"""The signed attributes byte for byte, and the CMS around them."""

import pytest
from asn1crypto import cms, tsp

from desktop.crypto.cades import cades_signed_attributes, cades_signed_data, signed_data_budget
from desktop.crypto.primitives import sha256
from desktop.domain.errors import MisuseError, RejectedError
from tests.pdf.conftest import phone_signs
from tests.pdf.pki import Holder, Pki, rsa_key


def test_t53_signed_attributes_are_one_fixed_string_with_two_holes(signer: Holder):
    digest = bytes(range(32))
    expected = (
        "318184"
        "3018" "06092a864886f70d010903" "310b" "06092a864886f70d010701"
        "302f" "06092a864886f70d010904" "3122" "0420" + digest.hex() +
        "3037" "060b2a864886f70d010910022f" "3128" "3026" "3024" "3022" "0420" + sha256(signer.der).hex()
    )  # fmt: skip
    assert cades_signed_attributes(digest, signer.der).hex() == expected


def test_signed_attributes_are_der_that_asn1crypto_writes_the_same_way(signer: Holder):
    ours = cades_signed_attributes(bytes(32), signer.der)
    attributes = [
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [bytes(32)]}),
        cms.CMSAttribute(
            {
                "type": "signing_certificate_v2",
                "values": [tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(signer.der)}]})],
            }
        ),
    ]
    assert cms.CMSAttributes(attributes).dump() == ours


def test_digest_of_another_length_is_misuse(signer: Holder):
    with pytest.raises(MisuseError):
        cades_signed_attributes(bytes(31), signer.der)


@pytest.mark.parametrize("kind", ["ec", "rsa2048", "rsa3072"])
def test_signed_data_carries_the_phones_signature_and_stays_in_its_budget(kind: str, pki: Pki):
    key = None if kind == "ec" else rsa_key(int(kind[3:]))
    holder = pki.leaf(key=key)
    attributes = cades_signed_attributes(bytes(32), holder.der)
    der = cades_signed_data(
        signed_attributes=attributes,
        signature=phone_signs(holder, attributes),
        certificate_der=holder.der,
        chain=(pki.issuing.der,),
    )
    assert len(der) <= signed_data_budget((holder.der, pki.issuing.der))
    parsed = cms.ContentInfo.load(der, strict=True)["content"]["signer_infos"][0]
    assert parsed["signed_attrs"].untag().dump() == attributes


def test_t6_signature_of_another_key_or_over_other_attributes_is_refused(pki: Pki, signer: Holder):
    attributes = cades_signed_attributes(bytes(32), signer.der)
    other = pki.leaf()
    for wrong in (
        phone_signs(other, attributes),
        phone_signs(signer, cades_signed_attributes(bytes(31) + b"\1", signer.der)),
        b"",
        bytes(64),
        phone_signs(signer, attributes)[:-1],
    ):
        with pytest.raises(RejectedError, match="signature_invalid"):
            cades_signed_data(signed_attributes=attributes, signature=wrong, certificate_der=signer.der)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_the_cms_is_the_der_that_another_encoder_writes(kind: str, pki: Pki):
    holder = pki.leaf(key=rsa_key() if kind == "rsa" else None)
    attributes = cades_signed_attributes(bytes(32), holder.der)
    content = cades_signed_data(
        signed_attributes=attributes,
        signature=phone_signs(holder, attributes),
        certificate_der=holder.der,
        chain=(pki.issuing.der, pki.root.der),
    )
    assert cms.ContentInfo.load(content, strict=True).dump(force=True) == content
