"""Every module with handlers of request kinds, imported so that `run` knows them all."""

from . import cell_edits, decoration, filters, find_replace, metadata, named_places, rearrange, shape, sorting, tabs
from .batch import run

__all__ = [
    "cell_edits",
    "decoration",
    "filters",
    "find_replace",
    "metadata",
    "named_places",
    "rearrange",
    "run",
    "shape",
    "sorting",
    "tabs",
]
