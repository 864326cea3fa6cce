"""One shape for every error: {"code", "detail"}. Whatever goes wrong, the caller never sees a trace or an input."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from desktop.domain.errors import BidSealError, MisuseError, UnavailableError

#: HTTP status of each code that is not simply 400.
STATUS: Mapping[str, int] = {
    "platform.signed_out": 401,
    "platform.forbidden": 403,
    "platform.own_application": 403,
    "platform.not_found": 404,
    "platform.mailbox_gone": 404,
    "platform.wrong_state": 409,
    "platform.organization_exists": 409,
    "platform.order_pending": 409,
    "platform.identity_taken": 409,
    "platform.identity_differs": 409,
    "platform.nonce_used": 409,
    "platform.grant_exists": 409,
    "platform.already_member": 409,
    "platform.last_admin": 409,
    "platform.mobile_taken": 409,
    "platform.change_pending": 409,
    "platform.no_recovery": 409,
    "platform.password_locked": 409,
    "platform.not_yet_renewable": 409,
    "platform.mailbox_exists": 409,
    "ceremony.already_used": 409,
    "room.over": 409,
    "room.not_taking_part": 409,
    "room.shares_missing": 409,
    "room.not_before": 409,
    "room.result_contradicts": 409,
    "room.result_differs": 409,
    "room.undecided": 409,
    "room.envelope_left": 409,
    "room.answered": 409,
    "tender.not_an_agency": 403,
    "tender.number_taken": 409,
    "tender.draft_changed": 409,
    "tender.notice_differs": 409,
    "tender.amendment_not_allowed": 409,
    "tender.deadline_passed": 409,
    "tender.not_closed": 409,
    "tender.upload_offset": 409,
    "tender.package_used": 409,
    "tender.too_many_uploads": 429,
    "tender.upload_too_large": 413,
    "tender.draft_too_large": 413,
    "platform.mailbox_closed": 410,
    "platform.file_too_large": 413,
    "platform.too_large": 413,
    "platform.bad_request": 422,
    "platform.bad_field": 422,
    "platform.sms_too_often": 429,
    "platform.mailbox_full": 429,
    "platform.slow_down": 429,
    "platform.password_paused": 429,
    "platform.file_damaged": 500,
}
_RETRY_AFTER_S = {
    "platform.sms_too_often": "60",
    "platform.slow_down": "5",
    "platform.password_paused": "900",
    "platform.mailbox_full": "5",
    "room.not_before": "60",
    "room.clock_disagrees": "60",
    "platform.busy": "2",
    "platform.database_away": "5",
    "platform.storage_failing": "60",
}
_OF_HTTP = {401: "platform.signed_out", 403: "platform.forbidden", 404: "platform.not_found", 413: "platform.too_large"}
_BAD_REQUEST = 400


def answer(code: str, detail: str = "", status: int | None = None) -> JSONResponse:
    """Build the answer of an error."""
    headers = {"Retry-After": _RETRY_AFTER_S[code]} if code in _RETRY_AFTER_S else {}
    if code == "platform.too_large":
        # The rest of the body is still on its way; it must not be read as the next request.
        headers["Connection"] = "close"
    return JSONResponse({"code": code, "detail": detail}, status or STATUS.get(code, _BAD_REQUEST), headers)


def install(app: FastAPI) -> None:
    """Make `app` answer all expected errors in the one shape; the guard has the unexpected ones."""
    app.add_exception_handler(BidSealError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BidSealError)
    if isinstance(error, MisuseError):
        raise error  # our own bug: a case for the fence
    return answer(error.code, error.detail, 503 if isinstance(error, UnavailableError) else None)


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # Only where it is wrong, never what was sent: the input may be a code, a number, a file.
    places = {".".join(str(part)[:40] for part in problem["loc"]) for problem in error.errors()[:5]}
    return answer("platform.bad_request", ", ".join(sorted(places)))


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    said = answer(_OF_HTTP.get(error.status_code, "platform.bad_request"), "", error.status_code)
    said.headers.update(error.headers or {})  # 405 names what is allowed
    return said
