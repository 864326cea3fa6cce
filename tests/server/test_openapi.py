"""Requests made from the OpenAPI document, valid and not, by everybody: each is answered, none is a fault (T45)."""

import contextlib
import itertools
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from desktop.domain.operations import MemberRole
from desktop.server.context import Platform
from tests.server.client import Client
from tests.server.outsiders import join, unit_of
from tests.server.phone import Keys

#: These end what the others need: the callers' own sessions.
LEFT_OUT = {("DELETE", "/api/v1/sessions/current"), ("POST", "/api/v1/sessions/end-others")}
#: Requests for each operation: in every check, and in the drill.
FEW, MANY = 1, 8
SERVER_FAULT = 500
#: What is no request at all: put in place of whatever body an operation has.
UNSTRUCTURED = (
    (b"", ""),
    (b"\xff\xfe\x00\x00", "application/json"),
    (b"[" * 5000, "application/json"),
    (b'{"a": NaN, "a": 1e999}', "application/json"),
    (b'"\\ud800"', "application/json"),
    (b"\x00" * 4096, "application/octet-stream"),
    (b"--x\r\nContent-Disposition: form-data\r\n\r\n", "multipart/form-data; boundary=x"),
    (b"a=%ff%00&=&&&a[]=1", "application/x-www-form-urlencoded"),
)

Operation = schemathesis.APIOperation[Any, Any, Any, Any]


def operations(app: FastAPI) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_dict(app.openapi())
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # the document is our own
        if (operation.method.upper(), operation.path) not in LEFT_OUT:
            yield operation


@pytest.fixture
def tokens(admin: Client, operator: Client, connect: Callable[[], Client], platform: Platform) -> dict[str, str]:
    """Who asks: nobody known, somebody without a unit, a user and the admin of one with a certificate, an operator."""
    bidder, user = connect(), connect()
    bidder.sign_in("13844444441")
    account = user.sign_in("13844444442")["account"]
    join(platform, unit_of(admin), account["id"], MemberRole.CERTIFICATE_USER)
    callers = {"bidder": bidder, "user": user, "admin": admin, "operator": operator}
    return {"visitor": ""} | {name: caller.token for name, caller in callers.items()}


@dataclass(kw_only=True)
class Asking:
    """Sends what schemathesis makes, and keeps what came of it."""

    base_url: str
    tokens: dict[str, str]
    asked: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def headers(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}"} if self.tokens[who] else {}

    def judge(self, operation: str, who: str, response: Any) -> None:
        self.asked[operation] = self.asked.get(operation, 0) + 1
        if response.status_code >= SERVER_FAULT:
            self.faults.append(f"{who}: {operation} {response.status_code} {response.text[:200]}")

    def ask(self, case: Case[Any], who: str) -> None:
        response = case.call(base_url=self.base_url, headers=self.headers(who))
        self.judge(case.operation.label, who, response)

    def ask_all(self, found: Sequence[Operation], mode: GenerationMode, examples: int) -> None:
        """Make that many requests for each operation, the callers drawn by the same seed."""
        bounded = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        callers = st.sampled_from(sorted(self.tokens))
        for operation in found:
            run = bounded(given(case=operation.as_strategy(generation_mode=mode), who=callers)(self.ask))
            with contextlib.suppress(Unsatisfiable):  # nothing in the request that could be bent
                run()


@pytest.fixture
def asking(base_url: str, tokens: dict[str, str], keys: Keys, caplog: pytest.LogCaptureFixture) -> Asking:
    caplog.set_level(logging.ERROR, "python_multipart")  # it warns of every form that is none
    return Asking(base_url=base_url, tokens=tokens)


@pytest.mark.parametrize(
    ("mode", "examples"),
    [
        (GenerationMode.POSITIVE, FEW),
        pytest.param(GenerationMode.POSITIVE, MANY, marks=pytest.mark.slow),
        pytest.param(GenerationMode.NEGATIVE, MANY, marks=pytest.mark.slow),  # takes long to find what is wrong enough
    ],
    ids=["few", "many", "bent"],
)
def test_t45_no_request_of_the_openapi_document_is_a_fault(
    app: FastAPI, asking: Asking, mode: GenerationMode, examples: int
) -> None:
    found = list(operations(app))
    asking.ask_all(found, mode, examples)
    assert asking.faults == []
    assert len(found) > 75
    assert len(asking.asked) >= (len(found) if mode is GenerationMode.POSITIVE else 40)


def test_t45_no_unstructured_body_is_a_fault_whoever_sends_it(app: FastAPI, asking: Asking) -> None:
    http = requests.Session()
    http.trust_env = False
    taking = [operation for operation in operations(app) if operation.method.upper() in {"POST", "PUT", "DELETE"}]
    callers = itertools.cycle(sorted(asking.tokens))
    for operation, (body, kind) in itertools.product(taking, UNSTRUCTURED):
        who = next(callers)
        headers = asking.headers(who) | ({"Content-Type": kind} if kind else {})
        url = asking.base_url + re.sub(r"\{\w+\}", "0" * 32, operation.path)
        response = http.request(operation.method.upper(), url, data=body, headers=headers, timeout=20)
        asking.judge(operation.label, who, response)
    http.close()
    assert asking.faults == []
    assert len(asking.asked) > 40
