"""Every module with handlers of request kinds, imported so that `run` knows them all."""

from . import cell_edits, find_replace, rearrange, shape, tabs
from .batch import run

__all__ = ["cell_edits", "find_replace", "rearrange", "run", "shape", "tabs"]
