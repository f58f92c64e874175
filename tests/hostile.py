"""A case that means harm wherever text of a case is shown: names, records, files, settings."""

from __future__ import annotations

import zipfile
from pathlib import Path

from trace_lines import at, lost_by_polling, no_answer, set_up, started

MARK = "pwned"
"""The variable that a payload sets if it ever runs."""
PAYLOADS = {
    "image": f"<img/src=x/onerror=window.{MARK}=1>",
    "script": f"</script><script>window.{MARK}=2</script>",
    "svg": f"]]><svg/onload=window.{MARK}=3><!--",
    "style": f"</style><style>*{{color:red}}</style><body onload=window.{MARK}=4>",
    "attribute": f"\"'` onfocus=window.{MARK}=5 autofocus x=",
    "template": "{{7*7}}{%set x=1%}${7*7}#{7*7}",
    "address": f"javascript:window.{MARK}=6",
    "markdown": f"[x](javascript:window.{MARK}=7)![i](https://evil.example/x.png)`|**b**",
    "order": "abc\u202egnirts\u2066x\u200bfi\ufeff",
    "terminal": "\x1b[31mred\x1b]0;title\x07\x1b[2J\x9b5m",
    "nul": "nul\x00nul",
    "link": "https://evil.example/?a=<b>&b=1",
}
FILE = f"<img src=x onerror=window.{MARK}=8>{{{{7*7}}}}]]><!--"
"""The same as a name of a file, which has no slashes."""
LONG = "L" * 10_000
ACTING = "\x00\x07\x1b\x9b\u200b\u202e\u2066\ufeff"
"""Characters that act or hide; none may be in a report as it is."""


def word(text: str) -> str:
    """The same without spaces, as a name of a remote site has none in a trace."""
    return "".join(text.split(" "))


def trace() -> str:
    """Faults of remote sites with such names, and records that no pattern reads."""
    gateways = ("192.0.2.44", *map(word, PAYLOADS.values()))
    parts = []
    for number, name in enumerate((*PAYLOADS.values(), LONG)):
        start = 600.0 * number
        site = f"{word(name)} ({gateways[number % len(gateways)]})"
        if number % 2:
            parts.append(started(site, start) + no_answer(site, start + 30))
        else:
            polled = f"192.0.2.{number}"
            parts.append(set_up(f"{word(name)} ({polled})", start))
            parts.append(lost_by_polling(f"{word(name)} ({polled})", start + 60, target=name))
        parts.append(at(start + 100, f"VPN: {name} is something new", name))
    parts.append(at(9000, f"VpnIpm: info; {LONG}"))
    return "".join(parts)


def configuration() -> str:
    """A router's script whose names, comments and values are such texts."""
    lines = ["# " + PAYLOADS["script"], "lang English", "flash No"]
    for number, text in enumerate(PAYLOADS.values()):
        name = word(text).replace('"', "")
        lines += [
            f"# {text}",
            f'set /Setup/VPN/VPN-Peers/{name} {{SH-Time}} 9999 {{Remote-Gw}} "{name}"',
            f"set /Setup/WAN/Polling-Table/{name} 192.0.2.{number} 30 5",
            f'add "{name}" 192.0.2.{number} 30 5 "{name}"',
        ]
    return "\n".join([*lines, "flash Yes", "exit", ""])


def peer_log() -> str:
    """The other side's log, with such texts where identities and reasons stand."""
    return "".join(
        f"May 14 09:00:{number:02d} 01[IKE] <{text}|1> received {text} from 192.0.2.{number}\n"
        f"May 14 09:00:{number:02d} 01[CFG] {text}\n"
        for number, text in enumerate(PAYLOADS.values())
    )


def answers() -> str:
    """Answers of a file, with comments and nothing else that could be said in it."""
    return f"# {PAYLOADS['script']}\nown-internet-up: yes\nhistory: suddenly\n"


def write(folder: Path) -> list[str]:
    """Write the case; the arguments of the command line that name it."""
    first = folder / f"{FILE}\u202e\x1b[31m.txt"
    first.write_text(trace(), encoding="utf-8")
    archive = folder / f"{FILE}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number, text in enumerate(PAYLOADS.values()):
            name = f"{number}{text}.txt".replace("\x00", "")
            packed.writestr(zipfile.ZipInfo(name, (2024, 5, 14, 9, 0, 0)), trace()[:4000])
    settings = folder / f"{FILE}.lcs"
    settings.write_text(configuration(), encoding="utf-8")
    peer = folder / f"{FILE}.peer.log"
    peer.write_text(peer_log(), encoding="utf-8")
    theirs = folder / f"{FILE}.peer.lcs"
    theirs.write_text(configuration(), encoding="utf-8")
    told = folder / f"{FILE}.yaml"
    told.write_text(answers(), encoding="utf-8")
    return [
        str(first),
        str(archive),
        "--config",
        str(settings),
        "--remote",
        str(peer),
        "--remote-config",
        str(theirs),
        "--answers",
        str(told),
        "--answer",
        "gateway-answers-ping=no",
    ]
