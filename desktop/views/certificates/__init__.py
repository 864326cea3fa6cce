"""Certificates (数字证书): order one, download it by phone, look at it."""

from desktop.views.certificates.model import CertificatesModel
from desktop.views.certificates.page import CertificatesPage

__all__ = ["CertificatesModel", "CertificatesPage"]
