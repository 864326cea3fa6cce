"""To copy: sealing a PDF with the phone and verifying it. All fixtures come with the package."""

from desktop.testing import OfficeWorker, PhoneHolder, PreparedCompany


def test_a_document_is_sealed_by_phone_and_verifies(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    document = bidseal_company.document("投标文件.pdf", pages=3)
    sealed = bidseal_window.seal(document, bidseal_phone)
    bidseal_window.verify(sealed)
