"""Merkle trees of RFC 9162: hashes, root, inclusion and consistency proofs, and an accumulator for a tree that grows.

Everything here works on leaf hashes (`leaf_hash`), never on the data. A proof names subtrees by the range of leaves
they cover (`inclusion_ranges`, `consistency_ranges`): who keeps hashes of subtrees answers from those, everybody else
takes `inclusion_path` and `consistency_path` over all leaves. Checking a proof needs neither. No check raises: bytes
of the wrong length or number just prove nothing.
Source: RFC 9162 §2.1.1 to §2.1.4; docs/tendering.md §5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import MisuseError

HASH_BYTES = 32
#: Root of the tree without leaves.
EMPTY_ROOT = sha256(b"")
#: A proof in a tree of 2^63 leaves has no more hashes; a longer one is refused unread.
MAX_PATH = 64

#: The leaves `first` to `end` - 1: a subtree.
LeafRange = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node; the prefix keeps a node from passing for a leaf."""
    return sha256(b"\1" + left + right)


@dataclass(frozen=True, slots=True)
class Accumulator:
    """What of a tree is needed to append to it: the roots of its full subtrees, the largest first.

    Immutable; 32 bytes for each set bit of `size`, so a server stores it beside the last leaf.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse peaks that are not those of a tree of that size."""
        if self.size < 0 or len(self.peaks) != self.size.bit_count() or any(len(p) != HASH_BYTES for p in self.peaks):
            raise MisuseError("general.unexpected", "peaks of another tree")

    def append(self, leaf: bytes) -> "Accumulator":
        """Return the accumulator of the tree with the leaf hash `leaf` at its end."""
        peaks, carry = list(self.peaks), self.size
        while carry & 1:
            leaf = node_hash(peaks.pop(), leaf)
            carry >>= 1
        return Accumulator(self.size + 1, (*peaks, leaf))

    @property
    def root(self) -> bytes:
        """The tree's root."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    peaks: list[bytes] = []
    for size, leaf in enumerate(leaves):
        node, carry = leaf, size
        while carry & 1:
            node = node_hash(peaks.pop(), node)
            carry >>= 1
        peaks.append(node)
    root = peaks.pop() if peaks else EMPTY_ROOT
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def inclusion_ranges(index: int, size: int) -> tuple[LeafRange, ...]:
    """Return the subtrees whose roots prove leaf `index` in the tree of `size` leaves, nearest first (§2.1.3.1)."""
    if not 0 <= index < size:
        raise MisuseError("general.unexpected", f"leaf {index} of {size}")
    start, end, beside = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((start, middle))
            start = middle
    return tuple(reversed(beside))


def consistency_ranges(first: int, second: int) -> tuple[LeafRange, ...]:
    """Return the subtrees whose roots prove that the tree of `first` leaves begins that of `second` (§2.1.4.1).

    None are needed where the first tree is empty or the trees are one.
    """
    if not 0 <= first <= second:
        raise MisuseError("general.unexpected", f"{first} of {second} leaves")
    if first in (0, second):
        return ()
    start, end, beside = 0, second, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((start, middle))
            start = middle
    # A first tree that is one full subtree from the left is known to who checks.
    known = () if start == 0 else ((start, end),)
    return (*known, *reversed(beside))


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the proof that leaf `index` is in the tree over all `leaves`."""
    return tuple(root_of(leaves[start:end]) for start, end in inclusion_ranges(index, len(leaves)))


def consistency_path(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of the `first` leaves begins the tree over all `leaves`."""
    return tuple(root_of(leaves[start:end]) for start, end in consistency_ranges(first, len(leaves)))


def is_included(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `path` proves the leaf hash `leaf` at `index` of a tree of `size` leaves with `root` (§2.1.3.2)."""
    if not 0 <= index < size or not _is_path((leaf, *path)):
        return False
    at, last, node = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(beside, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and equal(node, root)


def is_consistent(*, first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether `path` proves that the tree of `first` leaves begins the one of `second` leaves (§2.1.4.2)."""
    if not 0 <= first <= second or not _is_path(path):
        return False
    if first == second:
        return not path and equal(first_root, second_root)
    if first == 0:
        return not path and equal(first_root, EMPTY_ROOT)
    nodes = list(path) if first & (first - 1) else [first_root, *path]
    if not nodes:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = nodes[0]
    for beside in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(beside, old), node_hash(beside, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and equal(old, first_root) and equal(new, second_root)


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _is_path(nodes: Sequence[bytes]) -> bool:
    return len(nodes) <= MAX_PATH + 1 and all(len(node) == HASH_BYTES for node in nodes)
