"""What `diagnose FILE...` and `diagnose ask [FILE...]` do: one case, with or without a dialogue."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from assistant.cli.answers import given_answers
from assistant.cli.found import Found, compared, found_stored
from assistant.cli.inputs import STANDARD_INPUT, Inputs, case_files
from assistant.cli.stored import compared_report, stored_report
from assistant.cli.verdict import Telling, code_of, open_report, suggest, tell
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.model.dialogue import AwaySide
    from reports.labels import Lang


class CaseCall(Struct, frozen=True, kw_only=True):
    """What the call says; without options nothing but the files and the language."""

    language: Lang
    files: Sequence[str] = ()
    remote: Sequence[str] = ()
    config: Sequence[str] = ()
    remote_config: Sequence[str] = ()
    compare: str | None = None
    """An earlier report."""
    ask: bool = False
    """Hold a dialogue."""
    fresh: bool = False
    """Not the one that was saved."""
    answer: Sequence[str] = ()
    """Each `ID=CHOICE`."""
    answers: Path | None = None
    away: Sequence[AwaySide] = ()
    formats: Sequence[str] = ()
    output: str | None = None
    knowledge: tuple[Path, ...] = ()
    force: bool = False
    open_html: bool = False
    quiet: bool = False
    verbose: bool = False
    pretty: bool = False
    color: bool = True
    suggest_patterns: bool = False
    exit_code: bool = False


def diagnose_case(call: CaseCall) -> int:
    """Diagnose the case, write its reports and print the verdict; the exit code."""
    from assistant.catalog.load import load_catalog
    from assistant.diagnose import Case, Diagnoser
    from assistant.transcript import transcribe
    from reports.output import Request, write_reports

    language = call.language
    inputs = Inputs(
        files=call.files,
        remote=call.remote,
        config=call.config,
        remote_config=call.remote_config,
    )
    old = compared_report(call.compare, inputs)
    _check_call(inputs, ask=call.ask, fresh=call.fresh)
    request = Request(
        formats=tuple(dict.fromkeys(call.formats)),
        output=call.output,
        first_name=inputs.first_name,
        inputs=(*inputs.paths, *((Path(call.compare),) if call.compare else ())),
        force=call.force,
    ).sparing(call.compare)
    request.check()
    color = call.color and not os.environ.get("NO_COLOR")
    case = case_files(inputs)
    stored = stored_report(case, inputs)
    if stored is not None:
        if call.ask or call.answer or call.answers or call.away:
            raise UsageError("stored-answers", file=stored.file.name)
        request = replace(request, first_name=stored.first_name)
    catalog = load_catalog(*call.knowledge, cached=True)
    given = given_answers(call.answer, call.answers, call.away, catalog)
    diagnoser = Diagnoser(catalog)
    if stored is not None:
        found = found_stored(stored, catalog)
    elif call.ask:
        from assistant.cli.asking import Asking, ask_about

        asking = Asking(
            inputs=inputs,
            given=given,
            request=request,
            language=language,
            knowledge=call.knowledge,
            fresh=call.fresh,
            color=color,
        )
        diagnosis = ask_about(diagnoser, diagnoser.examine(Case(case)), asking)
        found = Found(diagnosis=diagnosis, catalog=catalog)
    else:
        diagnosis = diagnoser.diagnose(Case(case, given.answers, given.away))
        found = Found(diagnosis=diagnosis, catalog=catalog)
    if old is not None:
        found = compared(found, old)
    records = (
        None
        if stored
        else lambda: transcribe(Case(case), found.diagnosis, catalog, reader=diagnoser.reader)
    )
    # Of a stored report there is one already.
    wants_report = stored is None or request.formats or call.output is not None or call.open_html
    content = found.content(records, everything=call.verbose, pretty=call.pretty)
    written = write_reports(request, content, language, sys.stdout) if wants_report else {}
    if not request.to_standard_output:
        telling = Telling(
            whole=not request.formats, quiet=call.quiet, verbose=call.verbose, color=color
        )
        tell(found, language, written, telling)
    if call.suggest_patterns:
        suggest(found.diagnosis, language)
    if call.open_html:
        open_report(written)
    return code_of(found.diagnosis) if call.exit_code else 0


def _check_call(inputs: Inputs, *, ask: bool, fresh: bool) -> None:
    """Refuse what cannot be meant, before any work."""
    if not (inputs.all or ask):
        raise UsageError("nothing-given")
    if ask and STANDARD_INPUT in inputs.all:
        raise UsageError("ask-with-standard-input")
    if fresh and not ask:
        raise UsageError("fresh-without-ask")
