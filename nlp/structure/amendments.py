"""What a text does to other instruments. Text, outline and head in, `TextEffect` values out."""

from __future__ import annotations

from nlp.structure.provisions import Outline
from rules_db.model import HeadFacts, TextEffect


def find_effects(text: str, outline: Outline, head: HeadFacts) -> list[TextEffect]:
    """Effects in order of their place in the text."""
    return []
