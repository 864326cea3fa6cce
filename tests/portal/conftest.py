"""Small HTTP servers of the tests' own, so that a platform can misbehave in every way."""

import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from desktop.domain.clock import ManualClock
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.server import context as server_context
from desktop.server.app import create_app
from desktop.server.demo import OPERATOR_MOBILE, seed
from desktop.server.settings import ServerSettings
from desktop.server.sms import outbox
from desktop.server.threaded import ThreadedServer
from desktop.testing.rig import Company, order_form
from tests.portal.platform import Codes, SignIn
from tests.server.conftest import START, Counted

Answer = Callable[[BaseHTTPRequestHandler], None]


class Platform:
    """Answers as the test says; keeps the paths that were asked for."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        asked: list[str] = []
        self.asked = asked

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def _answer(self) -> None:
                asked.append(self.path)
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names BaseHTTPRequestHandler calls

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A client that hangs up in the middle is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def reply(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Answer with this."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def serve() -> Iterator[Callable[..., Platform]]:
    """Start servers; all end with the test."""
    running: list[Platform] = []

    def start(answer: Answer, tls: ssl.SSLContext | None = None) -> Platform:
        running.append(Platform(answer, tls))
        return running[-1]

    yield start
    for platform in running:
        platform.stop()


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and 127.0.0.1 that nobody has reason to trust, and its key."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "interceptor")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def tls(tls_files: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*tls_files)
    return context


@pytest.fixture
def real_platform(tmp_path: Path) -> Iterator[tuple[server_context.Platform, str]]:
    """The platform of this product itself, and its address."""
    settings = ServerSettings(state_folder=tmp_path / "state", sms_pause_s=0)
    app = create_app(settings, ManualClock(START), Counted("portal"))
    seed(app.state.platform)
    with ThreadedServer(app) as url:
        yield app.state.platform, url


@pytest.fixture
def codes(real_platform: tuple[server_context.Platform, str]) -> Codes:
    """Read what was sent to a number."""

    def latest(mobile: str) -> str:
        with real_platform[0].db.read() as session:
            return str(outbox(session, real_platform[0].vault, mobile)[0].code)

    return latest


@pytest.fixture
def sign_in(real_platform: tuple[server_context.Platform, str], codes: Codes) -> Iterator[SignIn]:
    """Sign somebody in."""
    clients: list[HttpClient] = []

    def make(mobile: str) -> PlatformApi:
        tokens: list[str] = []
        clients.append(HttpClient(real_platform[1]))
        api = PlatformApi(clients[-1], lambda: tokens[-1] if tokens else None)
        api.send_sms_code(mobile)
        tokens.append(api.sign_in_by_sms(mobile, codes(mobile)).token)
        return api

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def desk(sign_in: SignIn) -> PlatformApi:
    """The review desk."""
    return sign_in(OPERATOR_MOBILE)


@pytest.fixture
def admin(sign_in: SignIn, desk: PlatformApi) -> PlatformApi:
    """The certificate admin of a unit."""
    api = sign_in(Company().mobile)
    desk.review_order(api.place_order(order_form(Company())).order_id, approve=True)
    return api
