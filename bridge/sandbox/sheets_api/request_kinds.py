"""Every module with handlers of request kinds, imported so that `run` knows them all."""

from . import (
    book_properties,
    cell_edits,
    decoration,
    filters,
    find_replace,
    groups,
    merges,
    metadata,
    named_places,
    rearrange,
    shape,
    sorting,
    tabs,
)
from .batch import run

__all__ = [
    "book_properties",
    "cell_edits",
    "decoration",
    "filters",
    "find_replace",
    "groups",
    "merges",
    "metadata",
    "named_places",
    "rearrange",
    "run",
    "shape",
    "sorting",
    "tabs",
]
