"""Apps for the phone (手机应用下载, manual 1) and the connection check."""

from desktop.views.download.model import DownloadModel, DownloadState
from desktop.views.download.page import DownloadDialog, download_section

__all__ = ["DownloadDialog", "DownloadModel", "DownloadState", "download_section"]
