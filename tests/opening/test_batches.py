"""Statements go to the platform in as much as one call takes."""

from itertools import chain

import pytest

from desktop.services.opening_room import batches

KIB = 1024


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([KIB] * 201, [200, 1]),
        ([250 * KIB] * 5, [2, 2, 1]),
        ([700 * KIB, KIB], [1, 1]),
    ],
    ids=["none", "many", "long ones", "one too long for company"],
)
def test_statements_are_divided_by_number_and_by_length_in_their_order(sizes: list[int], expected: list[int]) -> None:
    statements = [bytes([number % 256]) * size for number, size in enumerate(sizes)]
    divided = list(batches(statements))
    assert [len(batch) for batch in divided] == expected
    assert list(chain.from_iterable(divided)) == statements
