"""Requests made from the OpenAPI document, valid and not, by everybody: each is answered, none is a fault (T45)."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from tests.server.client import Client
from tests.server.phone import Keys

#: These end what the others need: the callers' own sessions.
LEFT_OUT = {("DELETE", "/api/v1/sessions/current"), ("POST", "/api/v1/sessions/end-others")}
EXAMPLES = 12
SERVER_FAULT = 500
SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

Operation = schemathesis.APIOperation[Any, Any, Any, Any]


def operations(app: FastAPI) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_dict(app.openapi())
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # the document is our own
        if (operation.method.upper(), operation.path) not in LEFT_OUT:
            yield operation


@pytest.fixture
def tokens(admin: Client, operator: Client, keys: Keys) -> dict[str, str]:
    """Who asks: nobody known, the admin of a unit with a certificate, an operator."""
    return {"visitor": "", "admin": admin.token, "operator": operator.token}


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.value)
def test_t45_no_request_of_the_openapi_document_is_a_fault(
    app: FastAPI, base_url: str, tokens: dict[str, str], caplog: pytest.LogCaptureFixture, mode: GenerationMode
) -> None:
    caplog.set_level(logging.ERROR, "python_multipart")  # it warns of every form that is none
    asked: dict[str, int] = {}
    faults: list[str] = []

    def ask(case: Case[Any], who: str) -> None:
        headers = {"Authorization": f"Bearer {tokens[who]}"} if tokens[who] else {}
        response = case.call(base_url=base_url, headers=headers)
        asked[case.operation.label] = asked.get(case.operation.label, 0) + 1
        if response.status_code >= SERVER_FAULT:
            faults.append(f"{who}: {case.operation.label} {response.status_code} {response.text[:200]}")

    found = list(operations(app))
    for operation in found:
        run = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )(given(case=operation.as_strategy(generation_mode=mode), who=st.sampled_from(sorted(tokens)))(ask))
        with contextlib.suppress(Unsatisfiable):  # nothing in the request that could be bent
            run()
    assert faults == []
    assert len(found) > 75
    assert len(asked) >= (len(found) if mode is GenerationMode.POSITIVE else 40)
