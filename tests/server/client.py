"""A plain HTTP client of the platform for tests: no part of the product's own client."""

from typing import Any

import requests


class Client:
    """One caller; `token` is its session."""

    def __init__(self, base_url: str, control: str) -> None:
        self.base_url = base_url
        self.token = ""
        self._control = control
        self._http = requests.Session()
        self._http.trust_env = False

    def close(self) -> None:
        self._http.close()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self._http.request(
            method, self.base_url + path, headers=headers, timeout=20, allow_redirects=False, **options
        )

    def get(self, path: str, **options: Any) -> Any:
        return self._json(self.send("GET", path, **options))

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        if body is not None:
            options["json"] = body
        return self._json(self.send("POST", path, **options))

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Return status and code of a request that must be refused."""
        response = self.send(method, path, **options)
        assert response.status_code >= 400, response.text
        document = response.json()
        assert set(document) == {"code", "detail"}
        return response.status_code, document["code"]

    def outbox(self, mobile: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.get(
            "/control/outbox", params={"mobile": mobile}, headers={"X-BidSeal-Control": self._control}
        )
        return found

    def sign_in(self, mobile: str) -> Any:
        """Log in by SMS."""
        self.post("/api/v1/sms", {"mobile": mobile, "purpose": "login"})
        code = self.outbox(mobile)[0]["code"]
        session = self.post("/api/v1/sessions/sms", {"mobile": mobile, "code": code})
        self.token = session["token"]
        return session

    @staticmethod
    def _json(response: requests.Response) -> Any:
        assert response.status_code < 300, f"{response.status_code} {response.text}"
        return response.json()
