"""The text of an HTML mail: what a reader sees, line by line; nothing is ever fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LINE_ENDS = frozenset({
    "br", "p", "div", "tr", "li", "pre", "h1", "h2", "h3", "h4", "h5", "h6",
    "table", "ul", "ol", "blockquote", "hr", "section", "article", "header", "footer",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


def text_of_html(html: str) -> str:
    r"""The visible text; white space folded as a browser does, but for `<pre>`.

    >>> text_of_html("<p>VPN: connecting<br>to&nbsp;LAGER</p><script>x()</script>")
    'VPN: connecting\nto LAGER\n'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._unseen = 0
        self._as_is = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs  # neither links nor pictures say anything
        if tag == "body":
            self._unseen = 0  # the end of the head need not be written
        if tag in _LINE_ENDS:
            self._end_line(blank=tag == "br")
        self._unseen += tag in _UNSEEN
        self._as_is += tag == "pre"
        self._quoted += tag == "blockquote"
        if tag == "td":
            self._line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINE_ENDS:
            self._end_line()
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "pre":
            self._as_is = max(self._as_is - 1, 0)
        elif tag == "blockquote":
            self._quoted = max(self._quoted - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if not self._as_is:
            self._line.append(_SPACES.sub(" ", data))
            return
        first, *more = data.split("\n")
        self._line.append(first)
        for line in more:
            self._end_line(blank=True)
            self._line.append(line)

    def text(self) -> str:
        self._end_line()
        return "".join(f"{line}\n" for line in self._lines)

    def _end_line(self, *, blank: bool = False) -> None:
        line = "".join(self._line)
        if not self._as_is:
            line = line.strip()
        if line or blank:
            self._lines.append("> " * min(self._quoted, 8) + line)
        self._line = []
