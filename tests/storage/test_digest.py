"""The digest of a file is that of all its bytes, whoever read which of them before."""

import hashlib

import pytest

from emgspasm.storage.digest import PIECE, Digest
from emgspasm.storage.edf.layout import open_bytes

CONTENT = bytes(range(256)) * (PIECE // 128)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "recording.bdf"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize(
    "taken",
    [
        [],
        [(0, 100), (100, 1000)],
        [(0, 100), (99, 1000)],
        [(500, 1000)],
        [(0, 1000), (200, 300), (900, 1100)],
        [(PIECE + 5, PIECE + 6), (0, 7)],
    ],
    ids=["nothing", "in order", "overlapping", "not from the start", "again", "backwards"],
)
def test_a_digest_is_of_all_bytes_whichever_were_taken_in(path, taken):
    digest = Digest()
    with open_bytes(path) as file:
        for start, stop in taken:
            digest.take(file, CONTENT[start:stop], start)
    assert digest.of(path) == hashlib.sha256(CONTENT).hexdigest()


def test_bytes_taken_in_are_not_read_again(path):
    digest = Digest()
    with open_bytes(path) as file:
        digest.take(file, CONTENT[:1000], 0)
    path.write_bytes(bytes(1000) + CONTENT[1000:])
    assert digest.of(path) == hashlib.sha256(CONTENT).hexdigest()


def test_of_a_file_only_what_was_not_taken_in_is_read(path):
    digest, other = Digest(), bytes(500)
    with open_bytes(path) as file:
        digest.take(file, CONTENT[:100], 0)
        digest.take(file, other, 1000)
    whole = CONTENT[:1000] + other + CONTENT[1500:]
    assert digest.of(path) == hashlib.sha256(whole).hexdigest()
