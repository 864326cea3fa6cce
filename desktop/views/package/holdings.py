"""Which mobile certificates a person and his unit have, as the pages of bid packages need them."""

from desktop.crypto.certificates import read_certificate
from desktop.domain.operations import CertificateState
from desktop.portal.records import Certificate
from desktop.services.workspace import Workspace
from desktop.views.package.pack_state import Holding

_USABLE = (CertificateState.VALID, CertificateState.EXPIRES_SOON)


def usable_holdings(workspace: Workspace) -> tuple[tuple[Holding, ...], tuple[Holding, ...]]:
    """Ask the platform; return the person's own certificates and those of colleagues, as far as they are good now.

    Only those of the unit that the person works for now.

    Raises:
        UnavailableError: the platform cannot be reached.
    """
    own: list[Holding] = []
    others: list[Holding] = []
    unit = workspace.account.organization
    for certificate in workspace.api.certificates():
        is_other = unit is not None and certificate.organization_id != unit.organization_id
        if certificate.state in _USABLE and not is_other:
            (own if certificate.mine else others).append(_holding(certificate))
    return tuple(own), tuple(others)


def _holding(certificate: Certificate) -> Holding:
    return Holding(
        certificate=read_certificate(certificate.sign_cert), encryption=read_certificate(certificate.enc_cert)
    )
