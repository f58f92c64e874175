"""A script between the records of a trace: left out, told of, and none of its secrets shown."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from trace_lines import CASES, EXAMPLES

from assistant.catalog.catalog import Catalog
from assistant.cli import run
from assistant.diagnose import Case, CaseFile, Diagnoser
from assistant.trace.read import TraceReader
from assistant.trace.text.script_lines import ScriptLines
from reports.hand_over import render_hand_over
from reports.html import render_html
from reports.json_v2 import render_json
from reports.text import render_text

SCRIPTS = sorted((CASES / "config").glob("*.lcs"))
TRACE = (EXAMPLES / "no-poll-entry.txt").read_text("utf-8")
LATER = (EXAMPLES / "no-response.txt").read_text("utf-8")
SCRIPT = """lang English
flash No
cd /Setup/VPN
set LAGER {Shared-Sec} geheim-ohne-Anfuehrung
passwd geheim-kennwort
add "LAGER" "geheim-erste
geheim-zweite" 0

add 5 LAGER geheim-nach-Leerzeile
flash Yes
exit
"""
RECORD = "[VPN-Status] 2024/02/06 07:41:12,430\nVPN: connecting to LAGER (192.0.2.44)\n"


def without(text: str) -> tuple[str, int]:
    scripts = ScriptLines(["VPN:"])
    return "".join(scripts.without([text])), scripts.settings


def script_text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


# Every way a script gets into a log ---------------------------------------------------------------

LOGS = {
    "behind": RECORD + SCRIPT,
    "before": SCRIPT + RECORD,
    "a record inside": SCRIPT.replace("cd /Setup/VPN\n", "cd /Setup/VPN\n" + RECORD),
    "quoted": RECORD + re.sub("^", "> ", SCRIPT, flags=re.MULTILINE),
    "in table cells": RECORD + re.sub("^(.*)$", r"| \1 |", SCRIPT, flags=re.MULTILINE),
    "commented out": RECORD + "# set LAGER {Shared-Sec} geheim-1\n",
    "typed": RECORD + "root@NORDHOF:/> set /Setup/SNMP/Administrator geheim-1\n",
    "typed without a path": RECORD + "root@NORDHOF:/Setup/SNMP\n> set administrator geheim-1\n",
    "one row": RECORD + 'add LAGER lager.example "geheim-1"\n',
    "one wrapped row": RECORD + "set LAGER {Shared-Sec}\n  geheim-1\n",
    "one row in a cell": RECORD + "| done | set LAGER {Shared-Sec} gehe|im-geheim-1 |\n",
    "a password": RECORD + "passwd geheim-1\n",
    "no end": RECORD + SCRIPT.removesuffix("flash Yes\nexit\n"),
}


@pytest.mark.parametrize("name", LOGS)
def test_nothing_of_a_script_is_left(name: str) -> None:
    text, settings = without(LOGS[name])

    assert "geheim" not in text
    assert settings > 0
    assert text.count("\n") == LOGS[name].count("\n")


@pytest.mark.parametrize("name", LOGS)
def test_the_records_around_it_stay(name: str) -> None:
    text, _ = without(LOGS[name])

    assert [line for line in text.split("\n") if line.startswith(("[", "VPN"))] == [
        "[VPN-Status] 2024/02/06 07:41:12,430",
        "VPN: connecting to LAGER (192.0.2.44)",
    ]


@pytest.mark.parametrize(
    "text",
    [
        RECORD,
        f"set up the tunnel\nadd the entry, then\n{RECORD}",
        f"root@NORDHOF:/> trace + vpn-status\nVPN-Status ON\n{RECORD}",
        f"{RECORD}exit\n",
        f"{RECORD}The default route is there.\n",
    ],
)
def test_prose_and_the_console_stay(text: str) -> None:
    assert without(text) == (text, 0)


def test_what_was_typed_after_a_script_stays() -> None:
    text, _ = without("cd /Setup/VPN\nroot@NORDHOF:/Setup/VPN> trace + vpn-status\n" + RECORD)

    assert text == "\nroot@NORDHOF:/Setup/VPN> trace + vpn-status\n" + RECORD


# What is shown of it ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.parametrize("order", ["script first", "trace first", "between two traces"])
def test_no_secret_of_a_script_in_a_trace_is_in_any_output(  # noqa: PLR0913, PLR0917 - fixtures
    path: Path,
    order: str,
    diagnoser: Diagnoser,
    catalog: Catalog,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = script_text(path)
    text = {
        "script first": f"{script}\n{TRACE}",
        "trace first": f"{TRACE}\n{script}",
        "between two traces": f"{TRACE}\n{script}\n{LATER}",
    }[order]
    diagnosis = diagnoser.diagnose(
        Case((CaseFile("mixed.txt", lambda: io.BytesIO(text.encode())),))
    )
    (tmp_path / "mixed.txt").write_text(text, "utf-8")
    assert run(["explain", str(tmp_path / "mixed.txt")]) == 0
    shown = [capsys.readouterr().out, render_json(diagnosis)]
    for lang in ("de", "en"):
        shown += [
            render_html(diagnosis, catalog, lang),
            render_text(diagnosis, catalog, lang, verbose=True).plain,
            render_hand_over(diagnosis, catalog, lang),
        ]
    secrets = set(re.findall(r"geheim-\w+", script))

    assert [one for one in secrets for output in shown if one in output] == []
    assert [one for output in shown for one in ("Setup/VPN/Proposals",) if one in output] == []
    assert "configuration-inside-trace" in {one["id"] for one in json.loads(shown[1])["warnings"]}
    assert diagnosis.incidents[0].remote_site == "LAGER"


def test_a_trace_alone_has_no_such_warning(catalog: Catalog) -> None:
    assert TraceReader(catalog).read("trace.txt", io.BytesIO(TRACE.encode())).settings == 0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_configuration_is_not_explained_line_by_line(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", str(path), "--lang", "en"]) == 0
    shown = capsys.readouterr().out

    assert " ".join(shown.split()).startswith(f"{path.name} is a device configuration.")
    assert "--config" in shown
    assert set(script_text(path).split("\n")) & {line.strip() for line in shown.split("\n")} <= {""}
