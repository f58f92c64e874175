"""Keeps the answers of a dialogue on disk after every step, so that none is lost."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from assistant.answer_file import (
    LIMIT_BYTES,
    AnswerFileError,
    parse_answers,
    render_answers,
)
from assistant.catalog.catalog import Catalog
from assistant.inference.questions import answer_problem
from assistant.model.answer import Answer, AnswerSource
from assistant.model.dialogue import AwaySide

STATE_VARIABLE = "LANCOM_VPN_ASSISTANT_STATE"
"""Environment variable that names another folder for what is kept between calls."""
NO_FILE = "no-file"
"""Name of the session of a dialogue without any input."""
_APPLICATION = "lancom-vpn-assistant"
_FOLDER = "dialogues"
_HASH_DIGITS = 32
_ASIDE_MOST = 100


class Resumed(Struct, frozen=True, kw_only=True):
    """What an earlier dialogue about the same inputs left."""

    answers: tuple[Answer, ...] = ()
    away: tuple[AwaySide, ...] = ()
    at: datetime | None = None
    """When it was saved last, in local time; None if there was none."""
    forgotten: tuple[str, ...] = ()
    """Lines that this knowledge base does not know, `QUESTION: CHOICE`."""
    aside: Path | None = None
    """Where a file now lies that could not be used, or not all of it."""


class Session:
    """The file of one dialogue: found by what the inputs hold, not by what they are called."""

    def __init__(self, folder: Path, digests: Sequence[str], names: Iterable[str]) -> None:
        self.path = folder / f"{session_name(digests)}.yaml"
        self._names = tuple(names)

    def resume(self, catalog: Catalog) -> Resumed:
        """The answers saved before; what cannot be used is renamed and never overwritten.

        Raises:
            OSError: the file is there and can neither be read nor moved out of the way.
        """
        try:
            with self.path.open("rb") as stream:
                content = stream.read(LIMIT_BYTES + 1)
                at = datetime.fromtimestamp(os.fstat(stream.fileno()).st_mtime).astimezone()
        except FileNotFoundError:
            return Resumed()
        except (IsADirectoryError, PermissionError):
            return Resumed(aside=self.set_aside("damaged"))
        try:
            if len(content) > LIMIT_BYTES:
                return Resumed(aside=self.set_aside("damaged"))
            lines = parse_answers(content.decode("utf-8-sig"))
        except (AnswerFileError, UnicodeDecodeError):
            return Resumed(aside=self.set_aside("damaged"))
        answers, forgotten = [], []
        for name, choice in lines.choices.items():
            answer = Answer(id=name, choice=choice, source=AnswerSource.DIALOGUE)
            if answer_problem(catalog, answer) is None:
                answers.append(answer)
            else:
                forgotten.append(f"{name}: {choice}")
        return Resumed(
            answers=tuple(answers),
            away=lines.away,
            at=at if answers or lines.away else None,
            forgotten=tuple(forgotten),
            aside=self.set_aside("unknown") if forgotten else None,
        )

    def set_aside(self, why: str) -> Path:
        """Rename the file to one that is not there yet; where it lies now.

        Raises:
            OSError: it cannot be renamed.
        """
        for number in range(1, _ASIDE_MOST):
            other = self.path.with_suffix(f".{why}-{number}.yaml")
            if not other.exists():
                self.path.rename(other)
                return other
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path))

    def save(self, answers: Iterable[Answer], away: Iterable[AwaySide] = ()) -> None:
        """Write all answers; whoever looks at the file sees the old ones or the new ones.

        Raises:
            OSError: it cannot be written.
        """
        text = render_answers(
            answers,
            away,
            (
                "Answers of a dialogue about the inputs below; --answers reads this file too.",
                *(self._names or ("(without any input)",)),
            ),
        )
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".answers-", dir=self.path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode("utf-8", "replace"))
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(self.path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def session_folder() -> Path:
    """Where dialogues are kept: the user's state folder, unless the environment names another."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen) / _FOLDER
    # Only a dialogue needs to know where each system keeps such files.
    import platformdirs  # noqa: PLC0415

    return platformdirs.user_state_path(_APPLICATION, appauthor=False) / _FOLDER


def session_name(digests: Sequence[str]) -> str:
    """The name for inputs with these SHA-256 sums, in this order; `no-file` without any.

    >>> session_name([])
    'no-file'
    """
    if not digests:
        return NO_FILE
    return hashlib.sha256("\n".join(digests).encode("ascii")).hexdigest()[:_HASH_DIGITS]
