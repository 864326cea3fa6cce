"""The time stamping service: whatever is asked, a TimeStampResp is the answer.

Refuses imprints off the closed list (SHA-256, 384, 512), unknown policies and all extensions. Keeps no list of tokens:
a token proves itself, and a random serial number of 126 bits never repeats. Source: RFC 3161 §2.4, RFC 5816.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from desktop.crypto.issuing import Signer, serial_from
from desktop.crypto.timestamps import (
    QueryError,
    TimestampStatement,
    read_query,
    write_refusal,
    write_reply,
    write_token,
)

#: Below 2.25 (a UUID of our own), where nobody needs to assign anything.
POLICY = "2.25.215302846273894712046519381226409137253"
#: The platform's clock is read in whole seconds.
ACCURACY = timedelta(seconds=1)


def answer(request: bytes, *, signer: Signer, issuing: bytes, now: datetime, random: Callable[[int], bytes]) -> bytes:
    """Answer a TimeStampReq at the moment `now`, DER in and out; `issuing` travels along with the certificate."""
    try:
        query = read_query(request)
    except QueryError as error:
        return write_refusal(error.failure)
    if query.policy not in ("", POLICY):
        return write_refusal("unaccepted_policy")
    statement = TimestampStatement(policy=POLICY, serial=serial_from(random), time=now, accuracy=ACCURACY)
    return write_reply(write_token(query, statement, signer=signer, chain=(issuing,)))
