"""Merkle trees: known roots and proofs, every proof accepted, every changed bit, place or length refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.crypto import merkle
from desktop.crypto.merkle import Accumulator, leaf_hash, node_hash
from desktop.crypto.primitives import sha256
from desktop.domain.errors import MisuseError

#: The eight inputs of the reference implementation of RFC 6962 (certificate-transparency, merkletree tests).
DATA = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
LEAVES = tuple(leaf_hash(data) for data in DATA)
#: Root of the first n of them.
ROOTS = tuple(
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
)


def leaves_of(size: int) -> tuple[bytes, ...]:
    return tuple(leaf_hash(number.to_bytes(4, "big")) for number in range(size))


sizes = st.integers(min_value=1, max_value=70)


@pytest.mark.parametrize("size", range(len(DATA) + 1))
def test_the_roots_are_those_of_the_reference_implementation(size: int) -> None:
    accumulator = Accumulator()
    for leaf in LEAVES[:size]:
        accumulator = accumulator.append(leaf)

    assert merkle.root_of(LEAVES[:size]) == ROOTS[size]
    assert (accumulator.size, accumulator.root) == (size, ROOTS[size])


def test_proofs_of_the_rfc_s_seven_leaves_hold_the_nodes_that_it_names() -> None:
    """RFC 9162 §2.1.5: the tree over d0…d6 and its proofs, by the names of its figure."""
    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, m = node_hash(g, h), node_hash(i, j)
    seven = LEAVES[:7]

    assert merkle.root_of(seven) == node_hash(k, m)
    assert merkle.inclusion_path(seven, 0) == (b, h, m)
    assert merkle.inclusion_path(seven, 3) == (c, g, m)
    assert merkle.inclusion_path(seven, 4) == (f, j, k)
    assert merkle.inclusion_path(seven, 6) == (i, k)
    assert merkle.consistency_path(seven, 3) == (c, d, g, m)
    assert merkle.consistency_path(seven, 4) == (m,)
    assert merkle.consistency_path(seven, 6) == (i, j, k)


def test_a_leaf_that_looks_like_a_node_has_another_hash() -> None:
    left, right = LEAVES[:2]

    assert leaf_hash(left + right) != node_hash(left, right)
    assert leaf_hash(b"") != sha256(b"") == merkle.root_of(())


@given(sizes, st.data())
def test_every_leaf_is_proved_at_its_place_only(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    root, path = merkle.root_of(leaves), merkle.inclusion_path(leaves, index)

    holds = [
        at for at in range(-1, size + 1) if merkle.is_included(leaves[index], index=at, size=size, path=path, root=root)
    ]

    assert holds == [index]


@given(sizes, st.data())
def test_an_inclusion_proof_with_one_bit_changed_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    parts = [leaves[index], merkle.root_of(leaves), *merkle.inclusion_path(leaves, index)]
    flip(parts, data)
    leaf, root, *path = parts

    assert not merkle.is_included(leaf, index=index, size=size, path=path, root=root)


@given(sizes, st.data())
def test_an_inclusion_proof_of_another_length_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    root, path = merkle.root_of(leaves), merkle.inclusion_path(leaves, index)

    for wrong in (path[:-1], (*path, leaves[0]), (*path[:-1], b"short"), path + (leaves[0],) * 80):
        if wrong != path and path:
            assert not merkle.is_included(leaves[index], index=index, size=size, path=wrong, root=root)


@given(sizes, st.data())
def test_every_beginning_of_a_tree_is_consistent_with_it(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(min_value=0, max_value=size))

    assert merkle.is_consistent(
        first=first,
        second=size,
        first_root=merkle.root_of(leaves[:first]),
        second_root=merkle.root_of(leaves),
        path=merkle.consistency_path(leaves, first),
    )


@given(sizes, st.data())
def test_a_consistency_proof_with_one_bit_changed_proves_nothing(size: int, data: st.DataObject) -> None:
    """Between an empty tree and another nothing ties the second root: the first head says all that can be said."""
    leaves = leaves_of(size)
    first = data.draw(st.integers(min_value=1, max_value=size))
    parts = [merkle.root_of(leaves[:first]), merkle.root_of(leaves), *merkle.consistency_path(leaves, first)]
    flip(parts, data)
    first_root, second_root, *path = parts

    assert not merkle.is_consistent(first=first, second=size, first_root=first_root, second_root=second_root, path=path)


@given(st.integers(min_value=2, max_value=70), st.data())
def test_a_tree_that_lost_or_changed_an_entry_is_not_consistent(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(min_value=1, max_value=size - 1))
    gone = data.draw(st.integers(min_value=0, max_value=first - 1))
    other = (*leaves[:gone], leaf_hash(b"other"), *leaves[gone + 1 :])

    for forged in (other, leaves[:gone] + leaves[gone + 1 :] + (leaf_hash(b"new"),)):
        assert not merkle.is_consistent(
            first=first,
            second=size,
            first_root=merkle.root_of(leaves[:first]),
            second_root=merkle.root_of(forged),
            path=merkle.consistency_path(forged, first),
        )


@given(sizes)
def test_an_accumulator_has_the_root_of_the_whole_tree_at_every_step(size: int) -> None:
    leaves, accumulator = leaves_of(size), Accumulator()
    for count, leaf in enumerate(leaves, 1):
        accumulator = accumulator.append(leaf)
        assert accumulator.root == merkle.root_of(leaves[:count])

    assert Accumulator(accumulator.size, accumulator.peaks) == accumulator


def test_a_tree_that_shrank_or_an_empty_proof_is_not_consistent() -> None:
    old, new = ROOTS[3], ROOTS[7]

    assert not merkle.is_consistent(first=7, second=3, first_root=new, second_root=old, path=())
    assert not merkle.is_consistent(first=3, second=7, first_root=old, second_root=new, path=())
    assert not merkle.is_consistent(first=0, second=3, first_root=old, second_root=new, path=())
    assert not merkle.is_consistent(first=3, second=3, first_root=old, second_root=new, path=())


def test_asking_for_a_proof_that_cannot_be_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(MisuseError):
        merkle.inclusion_path(LEAVES, len(LEAVES))
    with pytest.raises(MisuseError):
        merkle.consistency_path(LEAVES, len(LEAVES) + 1)
    with pytest.raises(MisuseError):
        Accumulator(3, LEAVES[:1])


def flip(parts: list[bytes], data: st.DataObject) -> None:
    """Change one bit of one of `parts`."""
    which = data.draw(st.integers(min_value=0, max_value=len(parts) - 1))
    bit = data.draw(st.integers(min_value=0, max_value=8 * merkle.HASH_BYTES - 1))
    number = int.from_bytes(parts[which], "big") ^ 1 << bit
    parts[which] = number.to_bytes(merkle.HASH_BYTES, "big")
