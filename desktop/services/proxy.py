"""The proxy this workstation uses: host, port and user in the settings, the password in the keyring and nowhere else.

Refuses to keep a password where no keyring takes it.
"""

from desktop.domain.errors import BidSealError, UnavailableError
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.portal.proxy import Proxy, ProxyMode
from desktop.store.paths import DataFolder
from desktop.store.secrets import SecretStore
from desktop.store.settings import SettingsStore

#: Name of the password's entry in the keyring.
PROXY_SECRET = "proxy"  # noqa: S105 - a name


def workstation_secrets(folder: DataFolder) -> SecretStore:
    """Return the secrets of the workstation that belong to no platform."""
    return SecretStore(f"workstation@{folder.base}")


class ProxyKeeper:
    """Reads and keeps the proxy. May take a moment: the keyring may ask the user."""

    def __init__(self, settings: SettingsStore, secrets: SecretStore) -> None:
        self._settings = settings
        self._secrets = secrets

    def current(self) -> Proxy:
        """Return the proxy chosen, with its password."""
        chosen = self._settings.load()
        mode = ProxyMode(chosen.proxy_mode)
        if mode is not ProxyMode.MANUAL:
            return Proxy(mode=mode)
        password = self.kept_password() if chosen.proxy_user else ""
        return Proxy(
            mode=mode, host=chosen.proxy_host, port=chosen.proxy_port, user=chosen.proxy_user, password=password
        )

    def kept_password(self) -> str:
        """Return the password in the keyring, "" = none."""
        return self._secrets.get(PROXY_SECRET) or ""

    def keep(self, proxy: Proxy) -> None:
        """Use `proxy` from now on.

        Raises:
            RejectedError: it is no proxy (`portal.proxy_invalid`).
            UnavailableError: the disk refuses, or no keyring takes the password (`general.keyring_locked`); the proxy
                before stays.
        """
        if proxy.mode is ProxyMode.MANUAL:
            proxy.url()
            self._keep_password(proxy)
        changes: dict[str, str | int] = {"proxy_mode": proxy.mode.value}
        if proxy.mode is ProxyMode.MANUAL:
            changes |= {"proxy_host": proxy.host, "proxy_port": proxy.port, "proxy_user": proxy.user}
        self._settings.change(**changes)

    def _keep_password(self, proxy: Proxy) -> None:
        if not (proxy.user and proxy.password):
            if self._secrets.get(PROXY_SECRET) is not None:
                self._secrets.delete(PROXY_SECRET)
        elif not self._secrets.set(PROXY_SECRET, proxy.password):
            raise UnavailableError("general.keyring_locked")


def try_proxy(base_url: str, proxy: Proxy) -> str:
    """Ask the platform for its time through `proxy`; return the problem's code, "" where it answers.

    Only whether the way is open is of interest, so any answer of the platform is one.
    """
    http = HttpClient(base_url, proxy=lambda: proxy)
    try:
        PlatformApi(http, lambda: None).time()
    except BidSealError as error:
        return error.code
    finally:
        http.close()
    return ""
