"""Pictures of a diagnosis as inline SVG, each with the same said in a small table."""

from reports.pictures.ladder import ladder
from reports.pictures.networks import networks
from reports.pictures.picture import Picture
from reports.pictures.proposals import proposals
from reports.pictures.rules import rules
from reports.pictures.timeline import timeline
from reports.pictures.versus import versus
from reports.pictures.why import why

__all__ = [
    "Picture",
    "ladder",
    "networks",
    "proposals",
    "rules",
    "timeline",
    "versus",
    "why",
]
