"""Putting a virtual phone together, in its own process or inside a test."""

import os
from collections.abc import Callable
from pathlib import Path

from desktop.crypto.primitives import PasswordCost
from desktop.domain.clock import Clock
from desktop.domain.secret import SecretBytes
from desktop.phone.core import FileDeviceSecrets, Http, Phone, PlatformProfile
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.app_pages import AppPages
from desktop.phone.window.grabbing import Decoder, FileDecoder, Grabber, decode_file, decode_grab, grab_screens
from desktop.phone.window.inbox import ControlInbox
from desktop.phone.window.modules import make_modules
from desktop.phone.window.scan_model import ScanModel
from desktop.phone.window.seals_model import Cutter
from desktop.phone.window.style import FULL_HEIGHT
from desktop.phone.window.window import PhoneWindow
from desktop.ui.i18n import Languages
from desktop.ui.kit.drop import FilePicker, pick_files


def build_phone(
    *,
    folder: Path,
    profile: PlatformProfile,
    clock: Clock,
    http: Http,
    name: str,
    random: Callable[[int], bytes] = os.urandom,
    cost: PasswordCost | None = None,
) -> Phone:
    """Return the virtual phone that lives in `folder`; its device secret is a file there (demo only)."""
    return Phone(
        folder=folder,
        profile=profile,
        clock=clock,
        random=random,
        http=http,
        device_secrets=FileDeviceSecrets(folder, random),
        cost=cost,
        name=name,
    )


def build_window(
    phone: Phone,
    *,
    clock: Clock,
    http: Http,
    languages: Languages,
    control: SecretBytes | None = None,
    mobile: str = "",
    height: int = FULL_HEIGHT,
    grab: Grabber = grab_screens,
    decode: Decoder = decode_grab,
    decode_image: FileDecoder = decode_file,
    pick: FilePicker = pick_files,
    cut: Cutter | None = None,
    theme: str = "",
) -> PhoneWindow:
    """Return the window around `phone`. Without `control` there is no SMS inbox, without `cut` no seal application.

    `theme` is what 我的 says of the appearance ("system", "light", "dark"); empty where it cannot be chosen there.
    """
    inbox = ControlInbox(http, control) if control is not None else None
    app = AppModel(phone, inbox=inbox, mobile=mobile)
    scan = ScanModel(phone, grab=grab, decode=decode, decode_file=decode_image)
    modules = make_modules(phone, app, cut=cut)
    pages = AppPages(app, modules, languages, pick=pick, theme=theme)
    window = PhoneWindow(app, scan, modules, pages, clock, height=height)
    app.setParent(window)
    scan.setParent(window)
    return window
