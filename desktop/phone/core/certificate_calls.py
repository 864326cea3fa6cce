"""The app's calls about certificates and seals: what the platform knows of them, and applications for the next ones.

Nothing here touches a key: a certificate is downloaded, and a seal claimed, by scanning a code of a workstation.
"""

from collections.abc import Sequence

from desktop.phone.core import platform_views as views
from desktop.phone.core.platform_calls import PlatformCalls, Upload, part
from desktop.phone.core.platform_views import ListedCertificate, ListedSeal, Order, SealForm


class CertificateCalls:
    """Certificates, their orders, seals."""

    def __init__(self, calls: PlatformCalls) -> None:
        self._calls = calls

    def certificates(self) -> tuple[ListedCertificate, ...]:
        """Return the certificates that the account may see, newest first."""
        return tuple(views.certificate(c) for c in self._calls.get_list("/certificates"))

    def orders(self) -> tuple[Order, ...]:
        """Return the account's orders, newest first."""
        return tuple(views.order(o) for o in self._calls.get_list("/orders"))

    def renew(self, serial: str) -> Order:
        """Order the renewal of an own certificate, from three months before its end."""
        return views.order(self._calls.post(f"/certificates/{part(serial)}/renewal"))

    def change(self, serial: str, *, organization_name: str, papers: Sequence[Upload]) -> Order:
        """Order a certificate with the unit's new name."""
        path = f"/certificates/{part(serial)}/change"
        fields = {"organization_name": organization_name}
        return views.order(self._calls.post_form(path, fields, [("papers", p) for p in papers]))

    def reissue(self, serial: str, papers: Sequence[Upload]) -> Order:
        """Order a certificate in place of one whose keys are lost."""
        path = f"/certificates/{part(serial)}/reissue"
        return views.order(self._calls.post_form(path, {}, [("papers", p) for p in papers]))

    # -- seals -----------------------------------------------------------------------------------------------------

    def seals(self) -> tuple[ListedSeal, ...]:
        """Return the seals and applications that the account may see."""
        return tuple(views.seal(s) for s in self._calls.get_list("/seals"))

    def imprint(self, seal_id: str) -> bytes:
        """Fetch the imprint PNG of a seal."""
        return self._calls.file(f"/seals/{part(seal_id)}/imprint")

    def apply_for_seal(self, form: SealForm) -> ListedSeal:
        """Apply for a seal."""
        fields = {
            "certificate_serial": form.certificate_serial,
            "kind": str(form.kind),
            "name": form.name,
            "width_mm": f"{form.width_mm:.2f}",
            "height_mm": f"{form.height_mm:.2f}",
        }
        files = [("scan", form.scan), ("imprint", ("imprint.png", form.imprint_png, "image/png"))]
        return views.seal(self._calls.post_form("/seals", fields, files))
