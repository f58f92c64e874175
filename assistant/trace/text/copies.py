"""What copying does to a trace, and how it is undone without moving a line.

A trace reaches us through terminals, mails, tickets and web pages: quoted, bulleted, cut into table
cells, with prompts, commands, greetings and the output of ping between the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from assistant.later import compiled_later

_SPACES = {ord(char): " " for char in "\t\u00a0\u1680\u2007\u2009\u202f\u3000\v\f"}
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_TABLE = _SPACES | _NOTHING
_ODD = re.compile("[" + "".join(map(chr, _TABLE)) + "]")

_DECORATION = re.compile(r"^[ ]*(?:>+[ ]*|\|[ ]*|[-*\u2022\u00b7\u2013][ ]+)+", re.MULTILINE)
"""Quotes `> `, table borders `| `, bullets `- `; a sign right before a word is the device's own."""
_PROMPT = compiled_later(
    r"^[ ]*[\w.+-]{1,64}@[\w.+-]{1,64}:/?[\w/.-]{0,200}>[ ]*(?=\[[A-Za-z])", re.MULTILINE
)
"""In front of a header: the device prints when it likes, not only after a line end."""

_CONSOLE = compiled_later(
    r"""(?xi)
    # prompts, alone or with a command behind them
    [\w.+-]{1,64}@[\w.+-]{1,64}:/?[\w/.-]{0,200}>?.*
    | (?:root|admin)>.*
    # commands
    | (?:tr|trace)\ +(?:[+\#?-].*)?
    | (?:set|ls|cd|do|add|del|dir|show)\ */\S*.*
    | (?:exit|quit|sysinfo|readscript|readconfig)
    | (?:repeat\ +\d+\ +)?ping(?:\ +-\w+(?:\ \S+)?)*\ +[\w.:-]+
    # the answer to `trace`
    | [\w-]{2,40}\ +(?:ON|OFF)(?:\ .*)?
    # the greeting
    | LANCOM\ (?=.{0,40}\d)\S{1,30}(?:\ \S{1,30}){0,4}(?<![.,:!?])
    | Ver\.\ .{1,80}
    | SN\.\ .{1,80}
    | Copyright\ \(c\)\ .{1,80}
    | .{1,64},\ Connection\ No\.:\ .{1,40}
    | (?:User\ ?name|Login|Password|Passwort|Benutzer(?:name)?):.{0,80}
    | Login\ Error
    # the output of ping, LANCOM's and others'
    | \d+\ Byte(?:s\ Data)?[\ ,].*
    | -{2,}\ ?\S+\ ping\ statistics?\ ?-*
    | PING\ .*
    | \d+\ bytes\ from\ .*
    | \d+\ packets\ transmitted.*
    | (?:rtt|round-trip)\ min/.*
    # what a web page leaves behind
    | (?:!?\[\]\([^)]{0,200}\)[\ |]*)+
    """
)

_MODEL = compiled_later(r"LANCOM (?P<model>\S.{0,80}?)(?: \(over .{1,20}\))?", re.IGNORECASE)
_SERIAL = compiled_later(r"(\bSN\.[^\w\n]*)\w{6,}")
_VERSION = compiled_later(r"Ver\. (?P<version>[\w.+-]{1,40})(?: / [\d.]{1,20})?", re.IGNORECASE)


def undone(text: str) -> str:
    """Text without quotes, bullets and odd spaces at its lines' starts; as many lines as before.

    >>> undone("> [VPN-Status] 2024/02/06 07:41:12,430")
    '[VPN-Status] 2024/02/06 07:41:12,430'
    """
    if _ODD.search(text):
        text = text.translate(_TABLE)
    text = _DECORATION.sub("", text)
    return _PROMPT.sub("", text) if "@" in text else text


def cells(line: str) -> Iterator[str]:
    """The cells of a table row, or the one line; none for an empty line.

    >>> list(cells("VPN: installed rulesets | The rules are there now. |"))
    ['VPN: installed rulesets', 'The rules are there now.']
    """
    for cell in line.split("|"):
        stripped = cell.strip()
        if stripped:
            yield stripped


@lru_cache(maxsize=8192)
def is_console(line: str) -> bool:
    """Whether a line is of the console and not of the trace: prompt, command, greeting, ping."""
    return _CONSOLE.fullmatch(line) is not None


def greeting(line: str) -> tuple[str, str] | None:
    """`model` or `version` and its value, if the line of a console's greeting says it.

    >>> greeting("Ver. 10.12.0488RU10 / 15.10.2018")
    ('version', '10.12.0488RU10')
    """
    if match := _VERSION.fullmatch(line):
        return "version", match["version"]
    if match := _MODEL.fullmatch(line):
        return "model", match["model"]
    return None


def without_serial(text: str) -> str:
    """Text without the device's serial number, which names its owner.

    >>> without_serial("| SN.  4000000000000000")
    '| SN.  ***'
    """
    return _SERIAL.sub(r"\1***", text) if "SN." in text else text
