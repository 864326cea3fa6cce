"""The demonstration's virtual phone (`python -m desktop.demo_phone`): desktop.phone, and what it may not know itself.

The phone checks nothing that the desktop checks, so it does not know `signing`. Cutting a seal out of a photograph is
no such check; here the two are put together.
"""

import sys

from desktop.domain.operations import SealKind
from desktop.phone.window.process import main
from desktop.phone.window.seals_model import Cut


def cut_seal(scan: bytes, kind: SealKind) -> Cut:
    """Cut the seal out of a scan (bytes of a PNG or JPEG).

    Raises:
        RejectedError: camera.image_too_large, camera.image_unsupported, camera.image_damaged.
    """
    from desktop.signing.imprint.cutout import cut_out  # its libraries are loaded by the first application

    found = cut_out(scan, kind)
    imprint = found.imprint
    reasons = tuple(str(reason.value) for reason in found.reasons)
    if imprint is None:
        return Cut(reasons=reasons)
    return Cut(png=imprint.png, width_mm=imprint.width_mm, height_mm=imprint.height_mm, reasons=reasons)


if __name__ == "__main__":
    sys.exit(main(cut=cut_seal))
