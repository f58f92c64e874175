"""Says whose a configuration is, where no option does: ours names the remote sites of our trace."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeGuard

from msgspec.structs import replace

from assistant.case import CaseContent, ReadConfiguration, ReadFile
from assistant.model.source import Side


def settled(content: CaseContent, our_sites: Collection[str]) -> CaseContent:
    """The same case, with its configurations given to the sides that their entries speak for.

    Until a trace says more, the first configuration counts as ours. If exactly one of several
    names the most remote sites of our own traces, it is ours wherever it lies among the files,
    and the others are the other side's. What an option says stays.

    Args:
        content: As read.
        our_sites: Remote sites that the traces of our own router name.
    """
    wanted = {site.casefold() for site in our_sites if site}
    open_ones = [one for one in content.read if _is_open(one)]
    scores = [_named(one, wanted) for one in open_ones]
    best = max(scores, default=0)
    if len(open_ones) < 2 or not best or scores.count(best) > 1:  # noqa: PLR2004 - several
        return content
    ours = open_ones[scores.index(best)]
    if ours.side is Side.LOCAL:
        return content
    return replace(
        content,
        read=tuple(
            _given(one, Side.LOCAL if one is ours else Side.REMOTE) if _is_open(one) else one
            for one in content.read
        ),
    )


def _is_open(one: ReadFile) -> TypeGuard[ReadConfiguration]:
    """Whether it is a configuration that no option places."""
    return isinstance(one, ReadConfiguration) and one.source.side_reason != "option"


def _named(one: ReadConfiguration, wanted: Collection[str]) -> int:
    return len({peer.name.value.casefold() for peer in one.configuration.peers} & set(wanted))


def _given(one: ReadConfiguration, side: Side) -> ReadConfiguration:
    reason = "names-our-sites" if side is Side.LOCAL else "second-configuration"
    return replace(one, side=side, source=replace(one.source, side=side, side_reason=reason))
