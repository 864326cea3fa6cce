"""Files in and out of requests."""

from collections.abc import Iterator

from fastapi import Response, UploadFile
from fastapi.responses import StreamingResponse

from desktop.server.rules.images import MAX_UPLOAD_BYTES


def read_upload(upload: UploadFile) -> bytes:
    """Read an uploaded file, at most one byte more than is allowed (the rules then say that it is too large)."""
    return upload.file.read(MAX_UPLOAD_BYTES + 1)


def file_answer(content: bytes, media_type: str) -> Response:
    """Answer with a file that a browser would save, never show."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": "attachment"})


def streamed_answer(pieces: Iterator[bytes], size: int) -> Response:
    """Answer with a file of `size` octets piece by piece, whatever its size."""
    headers = {"Content-Disposition": "attachment", "Content-Length": str(size)}
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)
