"""Writes the draft of a reply to the customer: both languages, plain words, nothing promised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from assistant import __version__
from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import (
    LIKELY,
    UNKNOWN_CAUSE,
    Diagnosis,
    Incident,
    SiteState,
    Standing,
    State,
    Verdict,
)
from assistant.model.event import RemoteSite
from assistant.model.source import SourceKind
from reports.bilingual import languages
from reports.escape import visible
from reports.first_step import choose_first_step, is_trouble
from reports.labels import Labels, Lang, labels
from reports.paragraph import wrapped
from reports.repair import case_facts, request_told
from reports.sites import leading_incident, site_names
from reports.standpoint import who_seen

_WIDTH = 76
"""Mail programs break longer lines."""
_STEP = re.compile(r"\d{1,2}\. ")
_PARTS = re.compile(r"\n(?= *\d{1,2}\. )")
"""Between the steps of a list."""
_RECORDINGS = frozenset({SourceKind.LANCOM_TRACE, SourceKind.STRONGSWAN_LOG})
_SITES = 6
"""Remote sites that are told one by one."""
_NAMED = 3
_VERY = 0.8
"""From this probability on a cause is very probable."""


def render_reply(diagnosis: Diagnosis, catalog: Catalog, lang: Lang) -> str:
    """The draft in both languages, one after the other; some forty lines each.

    The customer is whoever gave us the trace of our side. What the other side would have to do is
    a text of its own below, ready to be passed on.

    Args:
        diagnosis: What was found.
        catalog: Has the plain words of the causes.
        lang: The language that comes first.
    """
    parts = ["\n".join(_Draft(diagnosis, catalog, labels(one)).lines()) for one in languages(lang)]
    ruler = f"\n\n{'-' * _WIDTH}\n\n"
    return f"{ruler.join(parts)}\n\nlancom-vpn-assistant {__version__} \N{MIDDLE DOT} draft\n"


class _Draft(Struct, frozen=True):
    """The reply in one language."""

    diagnosis: Diagnosis
    catalog: Catalog
    words: Labels

    def lines(self) -> Iterator[str]:
        """All of it."""
        words = self.words
        sites = self._sites()
        named = ", ".join(words.site(name) for name, _ in sites[:_NAMED] if name)
        yield words("reply.subject.sites" if named else "reply.subject", sites=named)
        yield ""
        yield words("reply.greeting")
        yield ""
        yield from self._paragraph(words(f"reply.looked.{self._basis()}"))
        for name, incident in sites[:_SITES]:
            yield ""
            yield from self._site(name, incident, alone=len(sites) == 1)
        if len(sites) > _SITES:
            yield ""
            yield from self._paragraph(words.counted("reply.more-sites", len(sites) - _SITES))
        if self.diagnosis.verdict is not Verdict.FAULT and not any(
            incident and is_trouble(incident) for _, incident in sites
        ):
            yield ""
            yield from self._no_fault()
        requests = self._requests([incident for _, incident in sites[:_SITES] if incident])
        yield ""
        yield words("reply.end")
        yield words("reply.name")
        for heading, text in requests:
            yield ""
            yield ""
            yield heading
            yield ""
            yield from _filled(text)

    def _basis(self) -> str:
        """What we were sent: a recording, a configuration, or answers alone."""
        kinds = {source.kind for source in self.diagnosis.sources}
        if kinds & _RECORDINGS:
            return "trace"
        return "config" if SourceKind.LANCOM_CONFIG in kinds else "answers"

    def _sites(self) -> list[tuple[RemoteSite, Incident | None]]:
        """Each remote site with the incident that tells most about it; those in trouble first."""
        found = [
            (
                name,
                leading_incident(
                    one for one in self.diagnosis.incidents if one.remote_site == name
                ),
            )
            for name in site_names(self.diagnosis)
        ]
        return sorted(found, key=lambda pair: not (pair[1] and is_trouble(pair[1])))

    # One site ---------------------------------------------------------------------------

    def _site(self, name: RemoteSite, incident: Incident | None, *, alone: bool) -> Iterator[str]:
        words = self.words
        # Of one that is alone and has no name everybody knows which it is.
        sentences = [self._state(name, incident, "" if alone and not name else words.site(name))]
        if incident is not None and is_trouble(incident):
            sentences += self._cause(incident)
        yield from self._paragraph(" ".join(" ".join(sentences).split()))
        if incident is not None and is_trouble(incident):
            steps = list(self._next(incident, alone=alone))
            if steps:
                yield ""
                yield from self._paragraph(" ".join(steps))

    def _state(self, name: RemoteSite, incident: Incident | None, site: str) -> str:
        words = self.words
        state = next((one for one in self.diagnosis.sites if one.remote_site == name), None)
        if state is None or state.state_at_end is State.UNKNOWN or state.since is None:
            if incident is not None and incident.is_fault:
                return words("reply.state.fault", site=site)
            recorded = self._basis() == "trace"
            return words("reply.state.unknown" if recorded else "reply.state.open", site=site)
        since = words.moment(state.since)
        told = words(f"reply.state.{state.state_at_end.value}", site=site, since=since)
        return " ".join(filter(None, (told, self._outages(state))))

    def _outages(self, state: SiteState) -> str:
        words = self.words
        if state.outage_s is None or state.state_at_end is not State.UP:
            return ""
        key = "reply.outages.one" if state.outages == 1 else "reply.outages.other"
        return words(key, n=words.number(state.outages), time=words.duration(state.outage_s))

    def _cause(self, incident: Incident) -> Iterator[str]:
        words = self.words
        first = incident.hypotheses[0] if incident.hypotheses else None
        if first is None or first.cause == UNKNOWN_CAUSE:
            yield words("reply.cause.open")
            return
        entry = self.catalog.causes[first.cause]
        plain = words.told(entry.plain or entry.title)
        if first.standing is Standing.PROVEN:
            key = "proven"
        elif first.probability >= _VERY:
            key = "very-likely"
        else:
            key = "likely" if first.probability >= LIKELY else "possible"
        yield words(f"reply.cause.{key}")
        yield plain
        if key == "possible":
            yield words("reply.cause.others")

    def _next(self, incident: Incident, *, alone: bool) -> Iterator[str]:
        """What comes next, and the question that the customer can answer."""
        words = self.words
        chosen = choose_first_step(incident, self.catalog, self.diagnosis)
        if chosen is not None:
            kind, wanted = chosen
            if kind == "remedy":
                remedy = self.catalog.remedies[wanted]
                title = words.title(remedy.title)
                yield words(f"reply.step.{who_seen(remedy.who, incident.side)}", title=title)
            else:
                entry = self.catalog.inputs[wanted]
                who = who_seen(entry.who, incident.side)
                yield words(f"reply.input.{who}", title=words.title(entry.title))
        ours = next(
            (one for one in incident.questions if who_seen(one.who, incident.side) != "remote"),
            None,
        )
        if ours is not None and alone:
            yield words("reply.question", question=words.told(self.catalog.questions[ours.id].text))

    # Beside -----------------------------------------------------------------------------

    def _no_fault(self) -> Iterator[str]:
        key = "healthy" if self.diagnosis.verdict is Verdict.HEALTHY else "inconclusive"
        yield from self._paragraph(self.words(f"reply.{key}"))

    def _requests(self, incidents: Sequence[Incident]) -> list[tuple[str, str]]:
        """Headings and texts that say how to get what is wanted next, each once."""
        wanted: dict[str, Incident | None] = {}
        for incident in incidents:
            chosen = choose_first_step(incident, self.catalog, self.diagnosis)
            if chosen is not None and chosen[0] == "input":
                wanted.setdefault(chosen[1], incident)
        if not wanted and self.diagnosis.verdict is Verdict.INCONCLUSIVE:
            wanted = dict.fromkeys(self.diagnosis.coverage.missing[:1])
        found = []
        for name, of in wanted.items():
            entry = self.catalog.inputs.get(name)
            if entry is None or entry.request is None:
                continue
            text = request_told(entry, self.words, case_facts(of, self.words))
            title = self.words.title(entry.title)
            heading = self.words(f"reply.request.{entry.who}", title=title)
            found.append((heading, visible(text, limit=4000, lines=True)))
        return found

    def _paragraph(self, text: str) -> list[str]:
        return wrapped(text, _WIDTH)


def _filled(text: str) -> Iterator[str]:
    """A text of paragraphs and numbered steps in lines that a mail program leaves as they are."""
    for number, block in enumerate(text.split("\n\n")):
        if number:
            yield ""
        for part in _PARTS.split(block):
            told = " ".join(part.split())
            if told:
                yield from wrapped(told, _WIDTH, indent=2, hang=3 if _STEP.match(told) else 0)
