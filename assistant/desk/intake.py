"""From paths to drafts of tickets: which file, folder, archive, mail or row is one.

What belongs together is one ticket: a sub-folder, an archive, a mail with its attachments, files of
one stem (`4711.txt`, `4711-remote.txt`, `4711-config.lcs`). Nothing here stops at a bad one, and no
link leads out of the folder that was given.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, field

from assistant.desk.content import Content, content_of_files, content_of_mail, content_of_row
from assistant.desk.export import EXPORT_BYTES, SUFFIXES, BadRow, Columns, rows_of
from assistant.desk.mail import is_mail
from assistant.desk.mailbox import MAILBOX, mails_of
from assistant.errors import InputError, UsageError
from assistant.model.ticket import BadTicket, TicketKind
from assistant.trace.text.recognise import OWN_REPORT, looks_like

ENTRIES = 50_000
"""Of one folder."""
FILES = 200
"""Of one ticket."""
_DEPTH = 8
"""Folders in folders of one ticket."""
_HEAD_BYTES = 1 << 16
_NOT_MEANT = frozenset({"thumbs.db", "desktop.ini"})
"""What systems leave in folders; names that begin with a dot are theirs too."""
_COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zip", ".tar", ".tgz"})
_ARCHIVE = re.compile(r"\.(?:zip|tgz|tar(?:\.\w{1,4})?)$", re.IGNORECASE)
_ROLE = re.compile(
    r"[-_. ]+(?:remote|peer|gegenseite|gegenstelle|local|lokal|config|konfig|konfiguration|"
    r"configuration|ping|tcpdump|capture|answers|antworten)$",
    re.IGNORECASE,
)
"""What a file of a ticket is, behind the ticket's name: `4711-remote.txt`."""


class Draft(Struct, frozen=True, kw_only=True):
    """A ticket that nobody has looked into yet."""

    name: str
    kind: TicketKind
    place: str
    load: Callable[[], Content]
    """Reads it; raises `InputError` if it is none, `OSError` if it cannot be read."""


Found: TypeAlias = Draft | BadTicket


class Intake(Struct):
    """Looks through paths for tickets.

    Args:
        columns: Of exports.
        skip: Files and folders that are no tickets: where the reports go.
    """

    columns: Columns = field(default_factory=Columns)
    skip: Collection[str] = ()
    """As `os.path.realpath` gives them."""

    def found(self, paths: Iterable[str]) -> list[Found]:
        """All tickets of these paths, each once, in an order that does not depend on theirs.

        Raises:
            UsageError: no path is given.
            InputError: a path does not exist; whoever typed it meant another.
        """
        real = set()
        for path in paths:
            if not os.path.lexists(path):
                raise InputError("no-file", file=path)
            real.add(os.path.realpath(path))
        if not real:
            raise UsageError("triage-nothing-given")
        loose: dict[Path, list[Path]] = defaultdict(list)
        found: list[Found] = []
        for place in map(Path, sorted(real)):
            if place.is_dir():
                found += self._folder(place)
            else:
                loose[place.parent].append(place)
        for folder in sorted(loose):
            found += self._files(loose[folder], name=lambda path: path.name)
        return list(_each_its_own_name(found))

    def _folder(self, folder: Path) -> Iterator[Found]:
        """A folder of tickets: every entry is one, or belongs to one."""
        files: list[Path] = []
        name = folder.name or str(folder)
        try:
            entries = _entries(folder)
        except OSError as error:
            yield _unreadable(name, error)
            return
        if len(entries) > ENTRIES:
            yield _bad(name, "ticket-too-many", n=str(ENTRIES))
        for path in entries[:ENTRIES]:
            shown = f"{name}/{path.name}"
            if str(path) in self.skip:
                continue
            reason = _not_followed(path, folder)
            if reason:
                yield _bad(shown, reason, file=shown)
            elif path.is_dir():
                yield Draft(
                    name=shown,
                    kind=TicketKind.FOLDER,
                    place=str(path),
                    load=partial(_load_folder, path, shown, self.skip),
                )
            else:
                files.append(path)
        yield from self._files(files, name=lambda path: f"{name}/{path.name}")

    def _files(self, files: Sequence[Path], name: Callable[[Path], str]) -> Iterator[Found]:
        """Files of one folder: exports and mailboxes hold many tickets, others may share one."""
        stems: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(files):
            if str(path) in self.skip:
                continue
            try:
                head = _head(path)
            except OSError as error:
                yield _unreadable(name(path), error)
                continue
            suffix = path.suffix.lower()
            if looks_like(head) == OWN_REPORT:
                yield _bad(name(path), "no-trace", file=name(path), looks=OWN_REPORT)
            elif suffix in SUFFIXES:
                yield from self._export(path, name(path))
            elif suffix == ".mbox" or MAILBOX.match(head):
                yield from _mailbox(path, name(path))
            else:
                stems[_stem(path.name)].append(path)
        for together in stems.values():
            first = together[0]
            yield Draft(
                name=name(first),
                kind=_kind(first, len(together)),
                place=str(first),
                load=partial(content_of_files, tuple(together)),
            )

    def _export(self, path: Path, name: str) -> Iterator[Found]:
        if path.stat().st_size > EXPORT_BYTES:
            yield _bad(name, "ticket-too-large", file=name)
            return
        try:
            form = SUFFIXES[path.suffix.lower()]
            seen: Counter[str] = Counter()
            for row in rows_of(path.read_bytes(), form, self.columns, file=name):
                seen[row.key] += 1
                key = row.key if seen[row.key] == 1 else f"{row.key}~{seen[row.key]}"
                shown = f"{name}/{key}"
                if isinstance(row, BadRow):
                    yield BadTicket(name=shown, reason=row.reason, words=row.words)
                    continue
                yield Draft(
                    name=shown,
                    kind=TicketKind.ROW,
                    place=f"{path}#{key}",
                    load=partial(content_of_row, row, path.parent),
                )
        except OSError as error:
            yield _unreadable(name, error)
        except InputError as error:
            yield BadTicket(name=name, reason=error.id, words=tuple(sorted(error.words.items())))


def _mailbox(path: Path, name: str) -> Iterator[Found]:
    mail = None
    try:
        with path.open("rb") as stream:
            for mail in mails_of(stream):
                shown = f"{name}/{mail.number}"
                if mail.too_large:
                    yield _bad(shown, "ticket-too-large", file=shown)
                    continue
                yield Draft(
                    name=shown,
                    kind=TicketKind.MAIL,
                    place=f"{path}#{mail.number}",
                    load=partial(content_of_mail, path, mail),
                )
    except OSError as error:
        yield _unreadable(name, error)
        return
    if mail is None:
        yield _bad(name, "ticket-mailbox-empty", file=name)


def _load_folder(folder: Path, name: str, skip: Collection[str]) -> Content:
    files = list(_below(folder, folder, skip, _DEPTH))
    if not files:
        raise InputError("ticket-folder-empty", file=name)
    if len(files) > FILES:
        raise InputError("ticket-too-many-files", file=name, n=str(FILES))
    return content_of_files(files, below=folder)


def _below(folder: Path, top: Path, skip: Collection[str], depth: int) -> Iterator[Path]:
    """All files below a folder that is one ticket; links are followed inside it only."""
    for path in _entries(folder)[: 4 * FILES]:
        if str(path) in skip or _not_followed(path, top):
            continue
        if not path.is_dir():
            yield path
        elif depth:
            yield from _below(path, top, skip, depth - 1)


def _entries(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith((".", "~$")) and path.name.casefold() not in _NOT_MEANT
    )


def _not_followed(path: Path, top: Path) -> str | None:
    """Why an entry of a folder is not looked at: links out of it and to folders, devices, pipes."""
    if path.is_symlink():
        real = os.path.realpath(path)
        inside = os.path.commonpath([real, top]) == str(top)
        return None if inside and Path(real).is_file() else "ticket-link"
    return None if path.is_file() or path.is_dir() else "ticket-no-file"


def _head(path: Path) -> bytes:
    if not path.is_file():
        raise OSError(0, "no regular file")
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _stem(name: str) -> str:
    """What files of one ticket share.

    >>> _stem("4711-remote.txt"), _stem("4711.trace.txt.gz"), _stem("4711_config.lcs")
    ('4711', '4711.trace', '4711')
    """
    path = Path(name)
    if path.suffix.lower() in _COMPRESSED and Path(path.stem).suffix:
        path = Path(path.stem)
    stem = path.stem
    return (_ROLE.sub("", stem) or stem).casefold()


def _kind(path: Path, together: int) -> TicketKind:
    if together == 1:
        if _ARCHIVE.search(path.name):
            return TicketKind.ARCHIVE
        if is_mail(path.name, _head(path)):
            return TicketKind.MAIL
    return TicketKind.FILE


def _each_its_own_name(found: Iterable[Found]) -> Iterator[Found]:
    """Two folders of one name may hold files of one name."""
    seen: Counter[str] = Counter()
    for one in found:
        seen[one.name] += 1
        if seen[one.name] == 1 or isinstance(one, BadTicket):
            yield one
        else:
            name = f"{one.name}~{seen[one.name]}"
            yield Draft(name=name, kind=one.kind, place=one.place, load=one.load)


def _bad(name: str, reason_id: str, **words: str) -> BadTicket:
    return BadTicket(name=name, reason=reason_id, words=tuple(sorted(words.items())))


def _unreadable(name: str, error: OSError) -> BadTicket:
    return _bad(name, "unreadable", file=name, reason=error.strerror or str(error))
