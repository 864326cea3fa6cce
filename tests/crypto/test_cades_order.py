"""The signature is made whatever was loaded and signed before it in the same process."""

import subprocess
import sys

_BID_THEN_SEAL = """
from datetime import UTC, datetime
from desktop.crypto.cades import cades_signed_attributes, cades_signed_data
from desktop.crypto.suites import sign
from tests.pdf.pki import Pki
signer = Pki().leaf()
attributes = cades_signed_attributes(bytes(32), signer.der)
def make():
    return cades_signed_data(
        signed_attributes=attributes, signature=signature, certificate_der=signer.der
    )
signature = sign(signer.key, attributes)
before = make()
import desktop.signing.pdf.api  # brings pyHanko's names of attributes
import pyhanko.sign
assert make() == before
"""


def test_a_document_can_be_sealed_after_a_bid_was_signed_in_the_same_process() -> None:
    done = subprocess.run([sys.executable, "-c", _BID_THEN_SEAL], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
