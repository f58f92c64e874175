"""From the files of a knowledge base to a `Catalog`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

import knowledge
from assistant.cache import Cache, fingerprint
from assistant.catalog.catalog import Catalog
from assistant.catalog.files import Checked, files_of

OWN_KNOWLEDGE = Path(knowledge.__file__).parent
"""The knowledge base that comes with the program."""
_KEPT = 4
"""Knowledge bases that are kept; an expert tries several in a day."""
_CODE = (
    "crosscheck.py",
    "files.py",
    "load.py",
    "message.py",
    "reading.py",
    "schema.py",
    "strict_yaml.py",
)
"""A newer program may check more, or keep something else."""


def load_catalog(*more: Path, own: Path = OWN_KNOWLEDGE, cached: bool = False) -> Catalog:
    """Load our knowledge base and the folders in `more`, laid out like it, which add entries.

    `cached` takes what was read and checked before, if no file has changed since.

    Raises:
        KnowledgeError: with every problem found, each as `file:line: what is wrong`.
    """
    roots = (own, *more)
    if not cached or not all(root.is_dir() for root in roots):
        return _catalog(_read(roots))
    cache = Cache("knowledge", kept=_KEPT)
    try:
        key = fingerprint(_contents(roots))
    except OSError:
        return _catalog(_read(roots))  # which says what is wrong
    known = _known(cache.get(key))
    if known is None:
        known = _read(roots)
        cache.keep(key, msgspec.msgpack.encode(known))
    return _catalog(known)


def _contents(roots: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    """Of everything that the catalog depends on."""
    yield "msgspec", msgspec.__version__.encode()
    here = Path(__file__).parent
    for name in _CODE:
        yield name, (here / name).read_bytes()
    for root in roots:
        for path in files_of(root):
            yield str(path), path.read_bytes()


def _read(roots: tuple[Path, ...]) -> Checked:
    # What reads YAML and checks it is not needed while the cache holds.
    from assistant.catalog.reading import read_checked  # noqa: PLC0415

    return read_checked(roots)


def _known(content: bytes | None) -> Checked | None:
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=Checked)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _catalog(checked: Checked) -> Catalog:
    """Every entry by its id."""
    return Catalog(
        pattern_files=checked.patterns,
        patterns={entry.id: entry for found in checked.patterns for entry in found.patterns},
        errors={entry.code: entry for found in checked.errors for entry in found.errors},
        aspects=checked.aspects,
        symptoms={entry.id: entry for found in checked.aspects for entry in found.symptoms},
        causes={entry.id: entry for entry in checked.causes},
        remedies={entry.id: entry for entry in checked.remedies},
        inputs={entry.id: entry for entry in checked.inputs},
        ppp_errors={entry.code: entry for found in checked.ppp_errors for entry in found.errors},
        questions={entry.id: entry for entry in checked.questions},
        contradictions={
            entry.id: entry for found in checked.contradictions for entry in found.contradictions
        },
        digest=checked.digest,
    )
