"""Judges one negotiation by the knowledge base: experta chains, behind one seam."""

from assistant.engine.judge import Judge, Judgement
from assistant.engine.rules import problems

__all__ = ["Judge", "Judgement", "problems"]
