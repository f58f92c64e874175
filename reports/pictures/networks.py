"""Draws the way through the tunnel: both networks, both gateways, and what is polled."""

from __future__ import annotations

from msgspec import Struct

from assistant.catalog.catalog import Catalog
from assistant.model.diagnosis import Diagnosis, Incident
from reports.escape import visible
from reports.labels import Labels, Lang, labels
from reports.pictures.fit import shortened
from reports.pictures.picture import NOT_KNOWN, Key, Picture, draw, table
from reports.pictures.places import Around, around, in_short

_SHOWN = 3
"""Networks of one side."""
_CELLS = 21
_WORD_CELLS = 24
_HEAD_PX, _LINE_PX, _PAD_PX = 24, 16, 10
_WRONG = (
    "poll-outside",
    "poll-gateway",
    "overlap",
    "gateway-inside",
    "our-networks",
    "their-networks",
)
_OF = {
    "our-network": frozenset({"overlap", "our-networks"}),
    "their-network": frozenset({"overlap", "their-networks"}),
    "gateway": frozenset({"gateway-inside"}),
    "polled": frozenset({"poll-outside", "poll-gateway"}),
}
"""What is marked where something does not fit."""


class _Box(Struct, frozen=True, kw_only=True):
    """A network or a gateway."""

    title: str
    lines: tuple[str, ...]
    ours: bool
    y: float
    height: float
    wrong: bool


def networks(
    diagnosis: Diagnosis, catalog: Catalog, lang: Lang, incident: Incident
) -> Picture | None:
    """The networks around the tunnel of an incident; None if neither side's are known.

    Args:
        diagnosis: Not asked; every picture is called alike.
        catalog: Not asked.
        lang: Language of all words.
        incident: One of the diagnosis.
    """
    del diagnosis, catalog
    words = labels(lang)
    found = around(incident)
    if not found.is_known:
        return None
    boxes, tunnel_y, polled_y, height = _boxes(found, words)
    picture_id = f"networks-{visible(incident.id)}-{lang}"
    title = words("picture.networks.title")
    wrong = [one for one in _WRONG if one in found.wrong]
    caption = " ".join(words(f"picture.networks.wrong.{one}") for one in wrong) or words(
        "picture.networks.all-fit"
    )
    return Picture(
        id=picture_id,
        title=title,
        caption=caption,
        svg=draw(
            "networks",
            id=picture_id,
            title=title,
            caption=caption,
            us=words("picture.networks.us"),
            peer=shortened(words.site(incident.remote_site), _WORD_CELLS),
            boxes=boxes,
            tunnel=words("picture.networks.tunnel"),
            tunnel_y=tunnel_y,
            polled=shortened(found.polled, _CELLS),
            polled_word=words("picture.networks.polled"),
            polled_wrong=bool(found.wrong & _OF["polled"]),
            polled_inside="poll-outside" not in found.wrong,
            polled_y=polled_y,
            height=height,
        ),
        legend=((Key(sign="failed", word=words("picture.networks.key.wrong")),) if wrong else ()),
        columns=(words("picture.networks.what"), words("picture.networks.value")),
        rows=table(_rows(found, words)),
    )


def _boxes(found: Around, words: Labels) -> tuple[tuple[_Box, ...], float, float, float]:
    """Networks above, gateways below them, the polled address in or below its network."""
    ours = _lines(found.our_networks, found.our_networks_there, words)
    theirs = _lines(found.their_networks, found.their_networks_there, words)
    inside = bool(found.polled) and "poll-outside" not in found.wrong
    room = 2 * _LINE_PX + 8 if found.polled else 0
    top = float(_HEAD_PX)
    least = max(len(ours), len(theirs))
    height = _PAD_PX + _LINE_PX * (least + 1) + (room if inside else 0)
    polled_y = top + (_PAD_PX + _LINE_PX * (len(theirs) + 1) + 12 if inside else height + 20)
    gateway_y = top + height + 30 + (0 if inside else room)
    boxes = []
    for key, lines, is_ours in (("our-network", ours, True), ("their-network", theirs, False)):
        boxes.append(
            _Box(
                title=words(f"picture.networks.{key}"),
                lines=lines,
                ours=is_ours,
                y=top,
                height=height,
                wrong=bool(found.wrong & _OF[key]),
            )
        )
    for key, address, is_ours in (
        ("our-gateway", found.own_address, True),
        ("gateway", found.gateway, False),
    ):
        boxes.append(
            _Box(
                title=words(f"picture.networks.{key}"),
                lines=(shortened(address, _CELLS) if address else NOT_KNOWN,),
                ours=is_ours,
                y=gateway_y,
                height=_PAD_PX + 2 * _LINE_PX,
                wrong=bool(found.wrong & _OF.get(key, frozenset())),
            )
        )
    return tuple(boxes), gateway_y + 22, polled_y, gateway_y + _PAD_PX + 2 * _LINE_PX + 28


def _lines(networks: list[str], there: list[str], words: Labels) -> tuple[str, ...]:
    lines = [shortened(in_short(one), _CELLS) for one in networks[:_SHOWN]] or [NOT_KNOWN]
    if len(networks) > _SHOWN:
        lines.append(words.counted("picture.networks.more", len(networks) - _SHOWN))
    if there:
        lines.append(words("picture.networks.there"))
        lines += [shortened(in_short(one), _CELLS) for one in there[:_SHOWN]]
    return tuple(lines)


def _rows(found: Around, words: Labels) -> tuple[tuple[str, str], ...]:
    rows = [
        ("our-network", False, found.our_networks),
        ("our-network", True, found.our_networks_there),
        ("our-gateway", False, [found.own_address]),
        ("gateway", False, [found.gateway]),
        ("their-network", False, found.their_networks),
        ("their-network", True, found.their_networks_there),
        ("polled", False, [found.polled]),
    ]
    return tuple(
        (_row_name(key, words, there=there), ", ".join(one for one in values if one))
        for key, there, values in rows
        if any(values)
    )


def _row_name(key: str, words: Labels, *, there: bool) -> str:
    name = words(f"picture.networks.{key}")
    return words("picture.networks.there.row", network=name) if there else name
