"""The holder's phone without a screen: key store, consent, answers. No Qt; `requests` only in `transport`.

phone = Phone(folder=…, profile=…, clock=…, random=os.urandom, http=RequestsHttp(profile.base_url, clock), …)
scanned = phone.scan(text)             # RejectedError phone.foreign_qr: nothing was opened
if scanned.wait_accepted():
    show(scanned.view)                 # what is signed, before how
    scanned.approve(serial, secret_password("…"))
result = scanned.wait_result()         # a named state, always; DONE only on the desktop's receipt

Without a network: `phone.take_camera_challenge(message)` gives a `CameraScan`, whose `parts` are shown to the computer.
"""

from desktop.phone.core.account import FetchedProfile, SmsSent, fetch_profile
from desktop.phone.core.camera_session import CameraScan
from desktop.phone.core.device_secrets import DeviceSecretStore, FileDeviceSecrets, MemoryDeviceSecrets
from desktop.phone.core.passwords import Strength, secret_password, strength_of
from desktop.phone.core.phone import Phone
from desktop.phone.core.platform_views import PhoneOrganization, PhoneSession
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.retry import RelayTiming
from desktop.phone.core.session import ScannedCeremony
from desktop.phone.core.transport import Http, HttpReply, RequestsHttp
from desktop.phone.core.views import (
    ApproveResult,
    ApproveState,
    ConsentView,
    PhoneCertificate,
    PhoneOutcome,
    PhoneResult,
    StoredSeal,
    UnfinishedDownload,
)

__all__ = [
    "ApproveResult",
    "ApproveState",
    "CameraScan",
    "ConsentView",
    "DeviceSecretStore",
    "FetchedProfile",
    "FileDeviceSecrets",
    "Http",
    "HttpReply",
    "MemoryDeviceSecrets",
    "Phone",
    "PhoneCertificate",
    "PhoneOrganization",
    "PhoneOutcome",
    "PhoneResult",
    "PhoneSession",
    "PlatformProfile",
    "RelayTiming",
    "RequestsHttp",
    "ScannedCeremony",
    "SmsSent",
    "StoredSeal",
    "Strength",
    "UnfinishedDownload",
    "fetch_profile",
    "secret_password",
    "strength_of",
]
