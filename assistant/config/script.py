"""An LCOS script (`readscript`) to the rows and settings it leaves in the device.

    lang English
    flash No
    cd /Setup/VPN/VPN-Peers
    set NORDHOF {SH-Time} 9999
    flash Yes
    exit

Any bytes can be read: what does not fit becomes a problem with its line. Of tables that are not
known only their number is kept, of secrets only whether they are set.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct, field

from assistant.config.column import Column, Kind
from assistant.config.command import Command, Word, clean, parsed
from assistant.config.secret import sealed
from assistant.config.tables import SCALAR_OF_PATH, TABLE_OF_PATH, Scalar, Table
from assistant.model.setting import Order, Problem, ProblemKind, Row, Secret, Setting
from assistant.model.source import Place

FILE_BYTES = 4 << 20
"""Read of one file; a whole configuration has some hundred kilobytes."""
LINES = 200_000
"""Read of one file."""
LINE_LIMIT = 1 << 14
"""Characters of one command."""
ROW_LIMIT = 20_000
"""Rows of all known tables together."""
_PROBLEM_LIMIT = 200
_PATH_LIMIT = 10_000
_DEPTH = 12
_CONTINUED_LINES = 16
_NAMESAKES = 100
"""Rows with the same first key that one command is held against."""

_NEUTRAL = frozenset({"beginscript", "do", "sleep", "readscript", "show", "ls", "dir", "list"})
"""Commands that set nothing."""


class Script(Struct, frozen=True, kw_only=True):
    """What a script leaves in the device, as far as the tables are known."""

    source: str
    language: str | None
    rows: tuple[Row, ...]
    settings: tuple[Setting[str], ...]
    """Single settings."""
    problems: tuple[Problem, ...]
    tables_shown: frozenset[str]
    menus_shown: frozenset[str]
    skipped_tables: int
    skipped_rows: int
    ends_early: bool
    recognised: bool


class _Draft(Struct):
    key: str
    place: Place
    texts: dict[str, Setting[str]] = field(default_factory=dict)
    secrets: dict[str, Setting[Secret]] = field(default_factory=dict)


class _Found(Struct):
    """What the words of one command say about the columns of one table."""

    texts: dict[str, tuple[str, Order]] = field(default_factory=dict)
    secrets: dict[str, tuple[Secret, Order]] = field(default_factory=dict)
    shown: list[Word] = field(default_factory=list)


def read_script(source: str, data: bytes) -> Script:
    """Reads a script from its bytes; never raises.

    Args:
        source: The file's name, for the places.
        data: UTF-8, UTF-16 with its mark, or else Windows-1252.
    """
    lines = _lines(data[:FILE_BYTES])
    cut = len(data) > FILE_BYTES or len(lines) > LINES
    return _ScriptReader(source, cut=cut).read(lines[:LINES])


def _lines(data: bytes) -> list[str]:
    text = _text(data).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _text(data: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(name, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


class _ScriptReader:
    def __init__(self, source: str, *, cut: bool) -> None:
        self._source = source
        self._at: tuple[str, ...] = ()
        self._row: str | None = None
        self._stated: tuple[str, tuple[str, ...]] | None = None
        self._language: str | None = None
        self._drafts: dict[str, dict[str, dict[tuple[str, ...], _Draft]]] = {}
        self._count = 0
        self._settings: dict[tuple[str, str], Setting[str]] = {}
        self._problems: list[Problem] = []
        self._tables: set[str] = set()
        self._menus: set[str] = set()
        self._skipped: set[tuple[str, ...]] = set()
        self._skipped_rows = 0
        self._known = 0
        self._foreign = 0
        self._flash_off = False
        self._ended = False
        self._cut = cut
        self._verbs: Mapping[str, Callable[[Command], None]] = {
            "cd": self._cd,
            "set": self._set,
            "add": self._add,
            "del": self._del,
            "delete": self._del,
            "rm": self._del,
            "default": self._default,
            "tab": self._tab,
            "lang": self._lang,
            "language": self._lang,
            "flash": self._flash,
            "exit": self._exit,
            "quit": self._exit,
        }

    def read(self, lines: Sequence[str]) -> Script:
        if self._cut:
            self._problem(ProblemKind.FILE_CUT, len(lines))
        last = None
        for command in _commands(lines):
            last = command
            self._do(command)
            if self._ended:
                break
        if last is not None and not self._ended and (last.open or self._flash_off):
            self._problem(ProblemKind.ENDS_EARLY, last.last_line)
            self._cut = True
        return Script(
            source=self._source,
            language=self._language,
            rows=tuple(self._rows()),
            settings=tuple(self._settings.values()),
            problems=tuple(self._problems),
            tables_shown=frozenset(self._tables),
            menus_shown=frozenset(self._menus),
            skipped_tables=len(self._skipped),
            skipped_rows=self._skipped_rows,
            ends_early=self._cut,
            recognised=bool(self._menus) and self._foreign <= self._known,
        )

    def _rows(self) -> Iterator[Row]:
        for path, firsts in self._drafts.items():
            for drafts in firsts.values():
                for draft in drafts.values():
                    yield Row(
                        table=path,
                        key=draft.key,
                        texts=tuple(draft.texts.values()),
                        secrets=tuple(draft.secrets.values()),
                        place=draft.place,
                    )

    def _do(self, command: Command) -> None:
        if command.open:
            kind = ProblemKind.LINE_CUT if _is_long(command) else ProblemKind.QUOTE_OPEN
            self._problem(kind, command.first_line)
        verb = self._verbs.get(command.verb)
        if verb is not None:
            self._known += 1
            verb(command)
        elif command.verb in _NEUTRAL:
            self._known += 1
        else:
            self._foreign += 1
            self._problem(ProblemKind.COMMAND_UNKNOWN, command.first_line)

    # Commands that move or say how to read -----------------------------------------------

    def _cd(self, command: Command) -> None:
        path = self._path(command.words[0].text if command.words else "/")
        self._stated = None
        self._row = None
        if path not in TABLE_OF_PATH and path[:-1] in TABLE_OF_PATH:
            path, self._row = path[:-1], command.words[0].text.rstrip("/").split("/")[-1].strip()
        self._at = path
        self._note(path)

    def _tab(self, command: Command) -> None:
        # unverified: `tab` is documented by name only; it lists the columns of the rows below it.
        table = TABLE_OF_PATH.get(self._at)
        if table is not None:
            self._stated = table.path, tuple(word.text for word in command.words)

    def _lang(self, command: Command) -> None:
        if command.words:
            self._language = clean(command.words[0].text)[:20]

    def _flash(self, command: Command) -> None:
        # unverified in German: `flash Nein` and `flash Ja`
        word = command.words[0].text.casefold() if command.words else ""
        self._flash_off = word in ("no", "off", "nein", "0")

    def _exit(self, _command: Command) -> None:
        self._ended = True

    # Commands that change ----------------------------------------------------------------

    def _set(self, command: Command) -> None:
        if not command.words:
            return
        target, *values = command.words
        table = TABLE_OF_PATH.get(self._at)
        if table is not None and self._row is not None and target.named:
            self._change(table, self._row, None, command.words, command)
        elif table is not None and _is_key(target):
            self._change(table, target.text, target, values, command)
        else:
            self._set_path(self._path(target.text), target, values, command)

    def _set_path(
        self, path: tuple[str, ...], target: Word, values: Sequence[Word], command: Command
    ) -> None:
        self._note(path)
        scalar = SCALAR_OF_PATH.get(path)
        if scalar is not None:
            self._scalar(scalar, target, values, command)
        elif path[:-1] in TABLE_OF_PATH:
            # The last word keeps its upper case: it is the row's name.
            key = target.text.rstrip("/").split("/")[-1]
            self._change(TABLE_OF_PATH[path[:-1]], key, target, values, command)
        elif path in TABLE_OF_PATH and values and not values[0].named:
            self._change(TABLE_OF_PATH[path], values[0].text, values[0], values[1:], command)
        else:
            self._skip(path[:-1])

    def _scalar(
        self, scalar: Scalar, target: Word, values: Sequence[Word], command: Command
    ) -> None:
        if not values:
            return
        text = scalar.column.read(clean(values[0].text).strip())
        if text is None:
            self._problem(ProblemKind.VALUE_WRONG, command.first_line, scalar.path)
            return
        name = scalar.column.name
        self._settings[scalar.path, name] = Setting(
            value=text,
            table=scalar.path,
            row="",
            column=name,
            order=Order.NAMED,
            place=self._place(command, [target, values[0]]),
        )

    def _change(
        self,
        table: Table,
        key: str,
        key_word: Word | None,
        values: Sequence[Word],
        command: Command,
    ) -> None:
        """Changes the rows of that key, or makes one."""
        self._tables.add(table.path)
        key = clean(key).strip()
        column = table.column(table.keys[0])
        if not key or column is None or column.read(key) is None:
            self._problem(ProblemKind.KEY_MISSING, command.first_line, table.path)
            return
        found = self._values(table, values, command, keyed=True)
        if key_word is not None:
            found.shown.append(key_word)
        found.texts[table.keys[0]] = (key, Order.NAMED)
        drafts = self._drafts.get(table.path, {}).get(key.casefold(), {})
        fitting = _fitting(table, drafts, found)
        for draft in fitting or self._new(table, key, found, command):
            self._fill(draft, table, found, command)

    def _add(self, command: Command) -> None:
        words = command.words
        table = TABLE_OF_PATH.get(self._at)
        if words and words[0].text.startswith("/") and not words[0].quoted:
            path = self._path(words[0].text)
            self._note(path)
            table, words = TABLE_OF_PATH.get(path), words[1:]
            if table is None:
                self._skip(path)
                return
        elif table is None:
            self._skip(self._at)
            return
        self._tables.add(table.path)
        found = self._values(table, words, command, keyed=False)
        key = found.texts.get(table.keys[0], ("", Order.NAMED))[0]
        if not key:
            self._problem(ProblemKind.KEY_MISSING, command.first_line, table.path)
            return
        full = _full_key(table, found)
        old = self._drafts.get(table.path, {}).get(key.casefold(), {})
        if old.pop(full, None) is not None:
            self._count -= 1
        for draft in self._new(table, key, found, command):
            self._fill(draft, table, found, command)

    def _new(self, table: Table, key: str, found: _Found, command: Command) -> list[_Draft]:
        if self._count >= ROW_LIMIT:
            if not self._cut:
                self._problem(ProblemKind.TOO_MANY_ROWS, command.first_line, table.path)
            self._cut = True
            return []
        self._count += 1
        # The place is set when the row is filled.
        draft = _Draft(key, Place(self._source, command.first_line, command.last_line, ""))
        firsts = self._drafts.setdefault(table.path, {})
        firsts.setdefault(key.casefold(), {})[_full_key(table, found)] = draft
        return [draft]

    def _fill(self, draft: _Draft, table: Table, found: _Found, command: Command) -> None:
        place = self._place(command, found.shown)
        draft.place = place
        for name, (text, order) in found.texts.items():
            if name in draft.texts and name in table.keys:
                continue
            draft.texts[name] = Setting(
                value=text, table=table.path, row=draft.key, column=name, order=order, place=place
            )
        for name, (secret, order) in found.secrets.items():
            draft.secrets[name] = Setting(
                value=secret, table=table.path, row=draft.key, column=name, order=order, place=place
            )

    def _del(self, command: Command) -> None:
        table = TABLE_OF_PATH.get(self._at)
        target = command.words[0] if command.words else None
        if target is None:
            return
        if table is not None and _is_key(target):
            self._remove(table, target.text)
            return
        path = self._path(target.text)
        self._note(path)
        if path in TABLE_OF_PATH:
            key = command.words[1].text if len(command.words) > 1 else "*"
            self._remove(TABLE_OF_PATH[path], key)
        elif path[:-1] in TABLE_OF_PATH:
            self._remove(TABLE_OF_PATH[path[:-1]], path[-1])

    def _remove(self, table: Table, key: str) -> None:
        self._tables.add(table.path)
        firsts = self._drafts.get(table.path, {})
        key = clean(key).strip()
        gone = list(firsts) if key == "*" else [key.casefold()]
        for first in gone:
            self._count -= len(firsts.pop(first, ()))

    def _default(self, command: Command) -> None:
        """Back to the factory's values: which these are is not known here."""
        targets = [word.text for word in command.words if not word.text.startswith("-")]
        path = self._path(targets[0]) if targets else self._at
        depth = len(path)
        for words, table in TABLE_OF_PATH.items():
            if words[:depth] == path:
                for drafts in self._drafts.pop(table.path, {}).values():
                    self._count -= len(drafts)
        for words, scalar in SCALAR_OF_PATH.items():
            if words[:depth] == path:
                self._settings.pop((scalar.path, scalar.column.name), None)

    # Values ------------------------------------------------------------------------------

    def _values(
        self, table: Table, words: Sequence[Word], command: Command, *, keyed: bool
    ) -> _Found:
        """Values by position and by name; `keyed`: the row's key stood before them."""
        found = _Found()
        split = next((at for at, word in enumerate(words) if word.named), len(words))
        self._positional(table, words[:split], command, found, keyed=keyed)
        for name, value in zip(words[split:], words[split + 1 :], strict=False):
            if not name.named or value.named:
                continue
            column = table.column(name.text)
            if column is None:
                self._problem(ProblemKind.COLUMN_UNKNOWN, command.first_line, table.path)
                continue
            found.shown.append(name)
            if not _take(found, column, value, Order.NAMED):
                self._problem(ProblemKind.VALUE_WRONG, command.first_line, table.path)
        return found

    def _positional(
        self, table: Table, words: Sequence[Word], command: Command, found: _Found, *, keyed: bool
    ) -> None:
        if not words:
            return
        orders = table.orders
        if self._stated is not None and self._stated[0] == table.path:
            orders = ((Order.STATED, self._stated[1]),)
        for order, names in orders:
            columns = [table.column(name) for name in names]
            if keyed:
                columns = [one for one in columns if one is None or one.name != table.keys[0]]
            # unverified: an asterisk leaves a column as it is
            pairs = [
                (column, word)
                for column, word in zip(columns, words, strict=False)
                if column is not None and not (keyed and word.text == "*" and not word.quoted)
            ]
            attempt = _Found()
            fits = all(_take(attempt, column, word, order) for column, word in pairs)
            if fits and (order is Order.STATED or _confirmed(table, pairs)):
                found.texts.update(attempt.texts)
                found.secrets.update(attempt.secrets)
                found.shown.extend(attempt.shown)
                if len(words) > len(columns):
                    self._problem(ProblemKind.TOO_MANY_VALUES, command.first_line, table.path)
                return
        self._problem(ProblemKind.VALUES_DO_NOT_FIT, command.first_line, table.path)
        first = table.column(table.keys[0])
        if not keyed and first is not None:
            _take(found, first, words[0], orders[0][0])

    # Small things ------------------------------------------------------------------------

    def _path(self, text: str) -> tuple[str, ...]:
        """The words of a path in lower case, from the root."""
        path = [] if text.startswith("/") else list(self._at)
        for word in text.casefold().split("/", 4 * _DEPTH):
            if word == "..":
                del path[-1:]
            elif word.strip() and word != ".":
                path.append(word.strip())
        return tuple(path[:_DEPTH])

    def _note(self, path: tuple[str, ...]) -> None:
        """Remembers which menus and tables the script shows."""
        if len(path) > 1 and path[0] == "setup" and len(self._menus) < _PATH_LIMIT:
            self._menus.add("/" + "/".join(path[:2]))
        table = TABLE_OF_PATH.get(path) or TABLE_OF_PATH.get(path[:-1])
        if table is not None:
            self._tables.add(table.path)

    def _skip(self, path: tuple[str, ...]) -> None:
        self._skipped_rows += 1
        if len(self._skipped) < _PATH_LIMIT:
            self._skipped.add(path)

    def _place(self, command: Command, shown: Sequence[Word]) -> Place:
        text = command.shown(shown)
        return Place(self._source, command.first_line, command.last_line, text)

    def _problem(self, kind: ProblemKind, line: int, table: str | None = None) -> None:
        if len(self._problems) < _PROBLEM_LIMIT:
            self._problems.append(Problem(kind, self._source, line, table))


def _take(found: _Found, column: Column, word: Word, order: Order) -> bool:
    """Reads one value into `found`; false if the column cannot have it."""
    if column.kind is Kind.SECRET:
        found.secrets[column.name] = (sealed(word.text), order)
        return True
    if column.kind is Kind.UNKEPT:
        return True
    text = column.read(clean(word.text).strip())
    if text is None:
        return False
    found.texts[column.name] = (text, order)
    found.shown.append(word)
    return True


def _confirmed(table: Table, pairs: Sequence[tuple[Column, Word]]) -> bool:
    """Whether the order is sure enough to tell which value is a secret.

    A text fits nearly everywhere; were the order wrong, a key would be read as a name. So where
    a table has a secret, one of the values must be a word that only its column can have.
    """
    if all(column.kind is not Kind.SECRET for column in table.columns):
        return True
    return any(
        column.kind in (Kind.CHOICE, Kind.CHOICES) and bool(word.text) for column, word in pairs
    )


def _fitting(table: Table, drafts: Mapping[tuple[str, ...], _Draft], found: _Found) -> list[_Draft]:
    """The rows that a command means: of some keys it may name the first part only."""
    given = {name: found.texts[name][0].casefold() for name in table.keys if name in found.texts}
    if len(given) == len(table.keys):
        same = drafts.get(_full_key(table, found))
        return [same] if same is not None else []
    return [
        draft
        for full, draft in islice(drafts.items(), _NAMESAKES)
        if all(given.get(name, have) == have for name, have in zip(table.keys, full, strict=True))
    ]


def _full_key(table: Table, found: _Found) -> tuple[str, ...]:
    return tuple(found.texts.get(name, ("", Order.NAMED))[0].casefold() for name in table.keys)


def _is_key(word: Word) -> bool:
    """In a table a word is a row's name, unless it is a path that leads away."""
    return word.quoted or not word.text.startswith(("/", ".."))


def _is_long(command: Command) -> bool:
    return len(command.line) >= LINE_LIMIT


def _commands(lines: Sequence[str]) -> Iterator[Command]:
    """Commands with their lines; what continues is joined."""
    pending: list[str] = []
    for number, line in enumerate(lines, start=1):
        # unverified: a backslash at the end continues the command; no manual at hand says so.
        if (
            line.endswith(" \\")
            and len(pending) < _CONTINUED_LINES
            and not line.lstrip().startswith("#")
        ):
            pending.append(line[:-1])
            continue
        whole = "".join([*pending, line])
        first = number - len(pending)
        pending = []
        whole = whole.lstrip("\ufeff \t")
        command = parsed(whole[:LINE_LIMIT], first, number, cut=len(whole) > LINE_LIMIT)
        if command is not None:
            yield command
    if pending:
        first = len(lines) - len(pending) + 1
        command = parsed("".join(pending)[:LINE_LIMIT], first, len(lines), cut=True)
        if command is not None:
            yield command
