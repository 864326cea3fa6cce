"""The chosen way to the network is the one taken, by the platform's calls and the relay's; never within this machine.

The proxy of these tests is a real one: it takes CONNECT, asks for a login where told, and passes on to a TLS server
that is known by a name no resolver knows, so that an answer proves the proxy.
"""

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.http import HttpClient
from desktop.portal.proxy import Proxy, ProxyMode
from desktop.portal.relay import RelayClient
from desktop.services.proxy import ProxyKeeper, try_proxy
from desktop.store.secrets import SecretStore
from desktop.store.settings import Settings, SettingsStore
from tests.portal.conftest import Platform, reply

HOST = "bidding.bidseal.invalid"
LOGIN = ("张三@公司", "p:w@rd/秘密")


class ConnectProxy:
    """Tunnels every CONNECT to one port of this machine; `asked` keeps what it was asked for."""

    def __init__(self, port: int, *, login: tuple[str, str] | None = None) -> None:
        self._target = port
        self._wanted = "Basic " + base64.b64encode(":".join(login).encode()).decode() if login else ""
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._tunnel, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _tunnel(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                got = client.recv(4096)
                if not got:
                    return
                head += got
            lines = head.decode("latin-1").split("\r\n")
            self.asked.append(lines[0])
            given = next((line.split(": ", 1)[1] for line in lines if line.lower().startswith("proxy-auth")), "")
            if self._wanted and given != self._wanted:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                other = threading.Thread(target=_pump, args=(server, client))
                other.start()
                _pump(client, server)
                other.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@pytest.fixture(scope="module")
def named_tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("named")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, str(folder / "cert.pem")


@pytest.fixture
def platform(serve: Callable[..., Platform], named_tls: tuple[ssl.SSLContext, str]) -> Platform:
    return serve(reply(200, b'{"now": "2026-11-24T02:00:00Z"}'), named_tls[0])


@pytest.fixture
def proxies(platform: Platform) -> Iterator[Callable[..., ConnectProxy]]:
    made: list[ConnectProxy] = []

    def make(login: tuple[str, str] | None = None) -> ConnectProxy:
        made.append(ConnectProxy(platform.port, login=login))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def manual(proxy: ConnectProxy, user: str = "", password: str = "") -> Proxy:
    return Proxy(mode=ProxyMode.MANUAL, host="127.0.0.1", port=proxy.port, user=user, password=password)


def ask(chosen: Proxy, ca: str) -> bytes:
    client = HttpClient(f"https://{HOST}", verify=ca, proxy=lambda: chosen)
    try:
        return client.request("GET", "/api/v1/time")
    finally:
        client.close()


def test_calls_take_the_proxy_given_by_hand(
    platform: Platform, proxies: Callable[..., ConnectProxy], named_tls: tuple[ssl.SSLContext, str]
) -> None:
    proxy = proxies()
    assert b"2026" in ask(manual(proxy), named_tls[1])
    assert [line.rpartition(" ")[0] for line in proxy.asked] == [f"CONNECT {HOST}:443"]
    assert platform.asked == ["/api/v1/time"]


def test_the_relay_takes_it_too(
    platform: Platform, proxies: Callable[..., ConnectProxy], named_tls: tuple[ssl.SSLContext, str]
) -> None:
    proxy = proxies()
    client = HttpClient(f"https://{HOST}", verify=named_tls[1], proxy=lambda: manual(proxy))
    RelayClient(client).open(token=b"t" * 16, owner=b"o" * 32, challenge=b"c", ttl_s=5)
    client.close()
    assert len(proxy.asked) == 1
    assert platform.asked == ["/relay/v1/mailboxes/" + (b"t" * 16).hex() + "?ttl=5"]


def test_the_login_reaches_the_proxy_whatever_letters_it_has(
    proxies: Callable[..., ConnectProxy], named_tls: tuple[ssl.SSLContext, str]
) -> None:
    proxy = proxies(("user", "p:w@rd/x%41"))
    assert b"2026" in ask(manual(proxy, "user", "p:w@rd/x%41"), named_tls[1])


def test_a_wrong_login_is_said_to_be_that_and_is_quoted_nowhere(
    proxies: Callable[..., ConnectProxy], named_tls: tuple[ssl.SSLContext, str]
) -> None:
    with pytest.raises(UnavailableError) as caught:
        ask(manual(proxies(LOGIN), "user", "Geheim-77"), named_tls[1])
    assert caught.value.code == "portal.proxy_refused"
    assert "Geheim" not in f"{caught.value!r}{caught.value.detail}"
    assert "Geheim" not in repr(Proxy(password="Geheim-77"))


def test_a_proxy_that_is_not_there_is_named(named_tls: tuple[ssl.SSLContext, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    gone = Proxy(mode=ProxyMode.MANUAL, host="127.0.0.1", port=port)
    with pytest.raises(UnavailableError) as caught:
        ask(gone, named_tls[1])
    assert caught.value.code == "portal.proxy_unreachable"
    assert try_proxy(f"https://{HOST}", gone) == "portal.proxy_unreachable"


def test_the_systems_proxy_is_taken_where_it_is_chosen_and_not_else(
    proxies: Callable[..., ConnectProxy], named_tls: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = proxies()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert b"2026" in ask(Proxy(), named_tls[1])
    assert len(proxy.asked) == 1
    with pytest.raises(UnavailableError) as caught:
        ask(Proxy(mode=ProxyMode.NONE), named_tls[1])
    assert caught.value.code == "portal.unreachable"
    assert len(proxy.asked) == 1


def test_traffic_of_this_machine_takes_no_proxy(
    serve: Callable[..., Platform], proxies: Callable[..., ConnectProxy]
) -> None:
    here, proxy = serve(reply(200, b"{}")), proxies()
    client = HttpClient(here.url, proxy=lambda: manual(proxy))
    client.json("GET", "/api")
    client.close()
    assert (here.asked, proxy.asked) == (["/api"], [])


def test_another_proxy_is_taken_up_by_the_next_request(
    proxies: Callable[..., ConnectProxy], named_tls: tuple[ssl.SSLContext, str]
) -> None:
    first, second = proxies(), proxies()
    chosen = [manual(first)]
    client = HttpClient(f"https://{HOST}", verify=named_tls[1], proxy=lambda: chosen[0])
    client.request("GET", "/api/v1/time")
    chosen[0] = manual(second)
    client.request("GET", "/api/v1/time")
    assert second.asked == []
    before = len(first.asked)
    client.renew_proxy()
    client.request("GET", "/api/v1/time")
    client.close()
    assert (len(first.asked), len(second.asked)) == (before, 1)


@pytest.mark.parametrize(
    ("host", "port"),
    [("", 80), ("proxy", 0), ("proxy", 65536), ("http://proxy", 80), ("a b", 80), ("proxy/x", 80), ("u@proxy", 80)],
)
def test_a_proxy_that_is_none_is_refused(host: str, port: int) -> None:
    with pytest.raises(RejectedError) as caught:
        Proxy(mode=ProxyMode.MANUAL, host=host, port=port).url()
    assert caught.value.code == "portal.proxy_invalid"


def test_the_password_is_in_the_keyring_and_nowhere_else(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "settings.json")
    keeper = ProxyKeeper(store, SecretStore("workstation@here"))
    mine = Proxy(mode=ProxyMode.MANUAL, host="proxy.example.com", port=8080, user="zhang", password="Geheim-77")
    keeper.keep(mine)
    assert keeper.current() == mine
    assert "Geheim" not in (tmp_path / "settings.json").read_text(encoding="utf-8")
    assert ProxyKeeper(store, SecretStore("workstation@elsewhere")).current().password == ""
    keeper.keep(Proxy(mode=ProxyMode.NONE))
    assert keeper.current() == Proxy(mode=ProxyMode.NONE)
    assert store.load().proxy_host == "proxy.example.com"


def test_without_a_keyring_a_proxy_with_a_password_is_not_kept_halfway(tmp_path: Path) -> None:
    from desktop.store.memory_keyring import no_keyring

    store = SettingsStore(tmp_path / "settings.json")
    with no_keyring(), pytest.raises(UnavailableError) as caught:
        ProxyKeeper(store, SecretStore("w")).keep(
            Proxy(mode=ProxyMode.MANUAL, host="proxy.example.com", port=8080, user="zhang", password="Geheim-77")
        )
    assert caught.value.code == "general.keyring_locked"
    assert store.load() == Settings()
