"""Packed files and archives are read as far as they go, in bounded memory, and never written."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from trace_lines import LAGER, ZENTRALE, no_answer, set_up, started

from assistant.catalog.catalog import Catalog
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.errors import InputError
from assistant.model.diagnosis import Diagnosis
from assistant.model.negotiation import Outcome
from assistant.model.source import SourceKind
from assistant.trace.read import ReadSource, TraceReader
from assistant.trace.text import unpack
from assistant.trace.text.unpack import DEPTH, MEMBERS, Packed, parts

TRACE = (started(LAGER) + no_answer(LAGER)).encode()
OTHER = set_up(ZENTRALE, 60).encode()


def noise(lines: int) -> bytes:
    """Lines that pack badly, so that half of the packed bytes are about half of them."""
    return b"".join(
        hashlib.sha256(b"%d" % number).hexdigest().encode() + b"\n" for number in range(lines)
    )


LONG = noise(3000)

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def zipped(*members: tuple[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return whole.getvalue()


def tarred(*members: tuple[str, bytes] | tarfile.TarInfo, form: int = tarfile.GNU_FORMAT) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=form) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            name, content = member
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return whole.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def encrypted(archive: bytes) -> bytes:
    """The same archive, its members marked as encrypted in both their headers."""
    marked = bytearray(archive)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = marked.find(magic)
        while at >= 0:
            marked[at + offset] |= 1
            at = marked.find(magic, at + 4)
    return bytes(marked)


class Pipe(io.RawIOBase):
    """Can be read once and in small pieces, as standard input."""

    def __init__(self, content: bytes) -> None:
        self._left = content

    def readable(self) -> bool:
        """As every input."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some of what is left."""
        piece = self._left[: min(len(buffer), 1000)]
        self._left = self._left[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)


def unpacked(content: bytes | BinaryIO, name: str = "f") -> tuple[dict[str, bytes], Packed]:
    """Every part with its content, and what is known of the file afterwards."""
    packed = Packed()
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    found: dict[str, bytes] = {}
    for part in parts(name, stream, packed):
        pieces = []
        while piece := part.stream.read(1 << 16):
            pieces.append(piece)
        found[part.name] = b"".join(pieces)
    return found, packed


@pytest.fixture
def read_file(catalog: Catalog) -> Callable[[str, bytes], tuple[list[ReadSource], Packed]]:
    reader = TraceReader(catalog)
    return lambda name, content: reader.read_file(name, io.BytesIO(content))


@pytest.fixture
def diagnose(diagnoser: Diagnoser) -> Callable[[str, bytes], Diagnosis]:
    return lambda name, content: diagnoser.diagnose(
        Case((CaseFile(name, lambda: io.BytesIO(content)),))
    )


ReadFile = Callable[[str, bytes], tuple[list[ReadSource], Packed]]
Diagnose = Callable[[str, bytes], Diagnosis]


# What is read -----------------------------------------------------------------------------


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_file_keeps_its_name(packer: str) -> None:
    content = PACKERS[packer](LONG)
    found, packed = unpacked(content, f"trace.txt.{packer}")
    assert found == {f"trace.txt.{packer}": LONG}
    assert packed == Packed(hashlib.sha256(content).hexdigest(), len(content), [])


def test_a_file_that_is_not_packed_is_its_own_part() -> None:
    found, packed = unpacked(TRACE)
    assert found == {"f": TRACE}
    assert (packed.size_bytes, packed.problems) == (len(TRACE), [])


@pytest.mark.parametrize(
    "content",
    [
        zipped(("one.txt", TRACE), ("folder/two.txt", OTHER)),
        tarred(("one.txt", TRACE), ("folder/two.txt", OTHER)),
        tarred(("one.txt", TRACE), ("folder/two.txt", OTHER), form=tarfile.PAX_FORMAT),
        gzip.compress(tarred(("one.txt", TRACE), ("folder/two.txt", OTHER))),
        bz2.compress(tarred(("one.txt", TRACE), ("folder/two.txt", OTHER))),
        lzma.compress(tarred(("one.txt", TRACE), ("folder/two.txt", OTHER))),
        gzip.compress(zipped(("one.txt", TRACE), ("folder/two.txt", OTHER))),
        zipped(("one.txt", gzip.compress(TRACE)), ("folder/two.txt", lzma.compress(OTHER))),
    ],
    ids=["zip", "tar", "tar-pax", "tar.gz", "tar.bz2", "tar.xz", "zip.gz", "packed-in-zip"],
)
def test_the_members_of_an_archive_are_parts(content: bytes) -> None:
    found, packed = unpacked(content, "a")
    assert found == {"a/one.txt": TRACE, "a/folder/two.txt": OTHER}
    assert (packed.sha256, packed.size_bytes) == (
        hashlib.sha256(content).hexdigest(),
        len(content),
    )
    assert packed.problems == []


def test_archives_in_archives() -> None:
    inner = zipped(("trace.txt", TRACE))
    found, packed = unpacked(zipped(("inner.zip", inner), ("note.txt", b"x")), "outer.zip")
    assert found == {"outer.zip/inner.zip/trace.txt": TRACE, "outer.zip/note.txt": b"x"}
    assert packed.problems == []


@pytest.mark.parametrize("depth", [DEPTH, DEPTH + 1])
def test_archives_in_archives_in_archives_end_somewhere(depth: int) -> None:
    content = zipped(("trace.txt", TRACE))
    for _ in range(depth):
        content = zipped(("n.zip", content))
    found, packed = unpacked(
        zipped(("n.zip", content), ("near.txt", b"x")) if depth > DEPTH else content
    )
    if depth == DEPTH:
        assert (list(found.values()), packed.problems) == ([TRACE], [])
    else:
        assert (found, packed.problems) == ({"f/near.txt": b"x"}, ["too-deep"])


def test_folders_are_no_parts() -> None:
    content = zipped(("folder/", b""), ("folder/trace.txt", TRACE))
    assert list(unpacked(content)[0]) == ["f/folder/trace.txt"]
    content = tarred(special("folder", tarfile.DIRTYPE), ("folder/trace.txt", TRACE))
    assert list(unpacked(content)[0]) == ["f/folder/trace.txt"]


def test_a_trace_that_speaks_of_archives_is_none() -> None:
    for text in (b"PK", b"ustar" * 100, b"BZh" + TRACE, b"\x1f" + TRACE, b" " * 257 + b"ustar\n"):
        assert unpacked(text) == ({"f": text}, Packed(hashlib.sha256(text).hexdigest(), len(text)))


@pytest.mark.parametrize("content", [TRACE, gzip.compress(LONG), zipped(("t", TRACE))])
def test_standard_input_can_be_packed_too(content: bytes) -> None:
    piped, packed = unpacked(io.BufferedReader(Pipe(content)), "stdin")
    assert (piped, packed) == unpacked(content, "stdin")


# Names ------------------------------------------------------------------------------------

NAMES = [
    ("../../etc/trace.txt", "a/etc/trace.txt"),
    ("/etc/trace.txt", "a/etc/trace.txt"),
    ("..\\..\\trace.txt", "a/trace.txt"),
    ("D:\\Daten\\trace.txt", "a/D:/Daten/trace.txt"),
    ("./trace.txt", "a/trace.txt"),
    ("x/../trace.txt", "a/x/trace.txt"),
    ("x" * 2000, f"a/{'x' * 255}"),
    ("Störung.txt", "a/Störung.txt"),
]


@pytest.mark.parametrize(("name", "shown"), NAMES)
@pytest.mark.parametrize("archive", [zipped, tarred])
def test_a_member_cannot_lead_out_of_its_archive(
    archive: Callable[..., bytes], name: str, shown: str
) -> None:
    found, packed = unpacked(archive((name, TRACE)), "a")
    assert (found, packed.problems) == ({shown: TRACE}, [])


def test_a_member_without_a_name_has_one() -> None:
    assert list(unpacked(zipped(("..", TRACE)), "a")[0]) == ["a/?"]


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    unpacked(zipped(*((name, TRACE) for name, _ in NAMES)))
    unpacked(gzip.compress(tarred(*((name, TRACE) for name, _ in NAMES))))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_passed_by(kind: bytes) -> None:
    content = tarred(special("x", kind, "/etc/hostname"), ("trace.txt", TRACE))
    found, packed = unpacked(content)
    assert (found, packed.problems) == ({"f/trace.txt": TRACE}, [])


# Problems ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        zipped(),
        zipped(("folder/", b"")),
        zipped(("empty.zip", zipped())),
        tarred(special("folder", tarfile.DIRTYPE)),
        gzip.compress(zipped()),
    ],
    ids=["zip", "folders", "zip-in-zip", "tar", "zip.gz"],
)
def test_an_archive_of_nothing_says_so(content: bytes) -> None:
    found, packed = unpacked(content)
    assert (found, packed.problems) == ({}, ["empty-archive"])


def test_encrypted_members_are_named_and_the_others_are_read() -> None:
    one, other = zipped(("secret.txt", TRACE)), zipped(("open.txt", OTHER))
    assert unpacked(encrypted(one))[1].problems == ["encrypted"]
    found, packed = unpacked(zipped(("a.zip", encrypted(one)), ("b.zip", other)))
    assert (found, packed.problems) == ({"f/b.zip/open.txt": OTHER}, ["encrypted"])


@pytest.mark.parametrize("packer", ["gz", "xz"])
def test_a_cut_file_is_read_up_to_the_cut(packer: str) -> None:
    content = PACKERS[packer](LONG)
    found, packed = unpacked(content[: len(content) // 2])
    assert LONG.startswith(found["f"])
    assert len(found["f"]) > 0.4 * len(LONG)
    assert packed.problems == ["damaged"]


@pytest.mark.parametrize("packer", PACKERS)
def test_a_damaged_file_is_read_up_to_the_damage(packer: str) -> None:
    text = noise(30_000)  # more than two of the blocks that bzip2 packs
    content = bytearray(PACKERS[packer](text))
    content[len(content) * 3 // 4 : len(content) * 3 // 4 + 4] = b"\xff\x00\xff\x00"
    found, packed = unpacked(bytes(content))
    assert found["f"][: len(text) // 3] == text[: len(text) // 3]
    assert packed.problems == ["damaged"]


@pytest.mark.parametrize("packer", PACKERS)
def test_a_few_bytes_of_a_packed_file(packer: str) -> None:
    for length in (10, 14):
        found, packed = unpacked(PACKERS[packer](TRACE)[:length])
        assert (found, packed.problems) == ({"f": b""}, ["damaged"])


def test_what_stands_behind_a_packed_file_costs_nothing_of_it() -> None:
    for packer, pack in PACKERS.items():
        assert unpacked(pack(TRACE) + b"\r\nsome more")[0] == {"f": TRACE}, packer


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["tar", "tar.gz"])
def test_of_a_cut_tar_every_member_is_read_as_far_as_it_goes(
    pack: Callable[[bytes], bytes],
) -> None:
    content = tarred(("one.txt", LONG), ("two.txt", LONG))
    for cut in (len(content) // 4, len(content) * 3 // 4):
        found, packed = unpacked(pack(content[:cut]))
        assert packed.problems == ["damaged"]
        assert sum(map(len, found.values())) > cut - 3000
        assert all(LONG.startswith(text) for text in found.values())


def test_a_tar_with_a_damaged_header_is_read_up_to_it() -> None:
    content = bytearray(tarred(("one.txt", TRACE), ("two.txt", TRACE)))
    at = content.index(b"two.txt")
    content[at : at + 3] = b"\xff\xff\xff"
    found, packed = unpacked(bytes(content))
    assert (found, packed.problems) == ({"f/one.txt": TRACE}, ["damaged"])


def test_a_zip_without_its_end_cannot_be_read() -> None:
    content = zipped(("one.txt", LONG), ("two.txt", LONG))
    found, packed = unpacked(content[: len(content) * 3 // 4])
    assert (found, packed.problems) == ({}, ["damaged"])


def test_of_a_damaged_zip_the_other_members_are_read() -> None:
    content = bytearray(zipped(("one.txt", LONG), ("two.txt", LONG)))
    content[60_000:60_004] = b"\xff\x00\xff\x00"
    found, packed = unpacked(bytes(content))
    assert LONG.startswith(found["f/one.txt"][:80_000])
    assert found["f/two.txt"] == LONG
    assert packed.problems == ["damaged"]


def test_a_member_packed_in_a_way_nobody_knows() -> None:
    content = bytearray(zipped(("one.txt", TRACE), ("two.txt", OTHER)))
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 10, 77)
    struct.pack_into("<H", content, content.index(b"PK\x03\x04") + 8, 77)
    found, packed = unpacked(bytes(content))
    assert (found, packed.problems) == ({"f/two.txt": OTHER}, ["damaged"])


def test_archives_of_noise_are_damaged() -> None:
    for magic in (b"PK\x03\x04", b"\x1f\x8b", b"BZh91AY&SY", b"\xfd7zXZ\x00"):
        found, packed = unpacked(magic + LONG)
        assert set(found.values()) <= {b""}
        assert packed.problems == ["damaged"]


# Limits -----------------------------------------------------------------------------------


def test_a_bomb_is_unpacked_up_to_the_limit_in_little_memory(
    monkeypatch: pytest.MonkeyPatch, read_file: ReadFile
) -> None:
    monkeypatch.setattr(unpack, "UNPACKED_BYTES", 64 << 20)
    whole = io.BytesIO()
    with gzip.GzipFile(fileobj=whole, mode="wb", compresslevel=1) as bomb:
        for _ in range(300):
            bomb.write(bytes(1 << 20))
    content = whole.getvalue()
    tracemalloc.start()
    try:
        (source,), packed = read_file("bomb.gz", content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert packed.problems == ["too-large"]
    assert (source.sha256, source.size_bytes) == (
        hashlib.sha256(content).hexdigest(),
        len(content),
    )
    assert source.kind is not SourceKind.LANCOM_TRACE
    assert peak < 16 << 20


def test_the_limit_is_that_of_all_parts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "UNPACKED_BYTES", 250_000)
    found, packed = unpacked(zipped(("a", LONG), ("b", LONG), ("c", LONG)))
    assert packed.problems == ["too-large"]
    assert sum(map(len, found.values())) == 250_000


@pytest.mark.parametrize("archive", [zipped, tarred])
def test_two_thousand_members(archive: Callable[..., bytes]) -> None:
    found, packed = unpacked(archive(*((f"{number}.txt", b"x\n") for number in range(2000))))
    assert (len(found), packed.problems) == (MEMBERS, ["too-many-parts"])


def test_as_many_members_as_are_read_are_not_too_many() -> None:
    found, packed = unpacked(zipped(*((f"{number}.txt", b"x\n") for number in range(MEMBERS))))
    assert (len(found), packed.problems) == (MEMBERS, [])


def test_members_of_all_archives_in_a_file_are_counted_together() -> None:
    inner = zipped(*((f"{number}.txt", b"") for number in range(MEMBERS // 2)))
    found, packed = unpacked(zipped(*((f"{number}.zip", inner) for number in range(4))))
    assert len(found) <= MEMBERS
    assert packed.problems == ["too-many-parts"]


def test_a_name_of_megabytes_is_not_kept_in_memory() -> None:
    info = special("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    info.size = 50 << 20
    header = info.tobuf(tarfile.GNU_FORMAT)
    content = gzip.compress(header + b"x" * info.size + tarred(("trace.txt", TRACE)), 1)
    tracemalloc.start()
    try:
        found, packed = unpacked(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found, packed.problems) == ({}, ["damaged"])
    assert peak < 40 << 20


# In a case --------------------------------------------------------------------------------


def test_each_part_is_a_source_with_the_digest_of_the_file_as_given(diagnose: Diagnose) -> None:
    content = zipped(("here.txt", TRACE), ("note.txt", b"Guten Tag\n"))
    diagnosis = diagnose("ticket.zip", content)
    assert [(one.name, one.kind) for one in diagnosis.sources] == [
        ("ticket.zip/here.txt", SourceKind.LANCOM_TRACE),
        ("ticket.zip/note.txt", SourceKind.OTHER),
    ]
    assert {(one.sha256, one.size_bytes) for one in diagnosis.sources} == {
        (hashlib.sha256(content).hexdigest(), len(content))
    }
    (incident,) = diagnosis.incidents
    assert incident.outcome is Outcome.FAILED
    assert {place.source for one in incident.symptoms for place in one.places} == {
        "ticket.zip/here.txt"
    }


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_trace_is_diagnosed_as_the_open_one(diagnose: Diagnose, packer: str) -> None:
    packed = diagnose("trace.txt", PACKERS[packer](TRACE))
    plain = diagnose("trace.txt", TRACE)
    assert (packed.incidents, packed.coverage) == (plain.incidents, plain.coverage)


def test_problems_of_an_archive_are_warnings_beside_what_was_read(diagnose: Diagnose) -> None:
    secret = encrypted(zipped(("secret.txt", TRACE)))
    content = zipped(("a.zip", secret), ("here.txt", TRACE))
    warnings = [(one.id, one.subject) for one in diagnose("ticket.zip", content).warnings]
    assert ("archive-encrypted", "ticket.zip") in warnings


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (zipped(), "archive-empty-archive"),
        (encrypted(zipped(("secret.txt", TRACE))), "archive-encrypted"),
        (zipped(("trace.txt", TRACE))[:-40], "archive-damaged"),
    ],
)
def test_an_archive_of_which_nothing_can_be_read_is_an_error_of_its_own(
    diagnose: Diagnose, content: bytes, problem: str
) -> None:
    with pytest.raises(InputError) as caught:
        diagnose("ticket.zip", content)
    assert (caught.value.id, caught.value.words["file"]) == (problem, "ticket.zip")


def test_members_of_the_same_name_are_all_read(diagnose: Diagnose) -> None:
    diagnosis = diagnose("a.zip", zipped(("../trace.txt", TRACE), ("trace.txt", OTHER)))
    assert [one.remote_site for one in diagnosis.incidents] == ["LAGER", "ZENTRALE"]
