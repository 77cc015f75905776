"""Where Google's behaviour is not documented: the reading the sandbox takes, each one a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Switches:
    """The defaults are the cautious reading; `bridge check --probe` finds out which one is true."""

    find_replace_reaches_filtered_rows: bool = True
    """findReplace changes cells of rows that a filter hides, as it does for a person's Edit > Find and replace."""

    find_replace_reaches_hidden_rows: bool = True
    """findReplace changes cells of rows that a person hid."""

    find_replace_on_protected: Literal["refuse", "skip", "write"] = "refuse"
    """findReplace meets a cell that the caller may not edit: the batch is refused, the cell is left, or written."""

    find_replace_matches: Literal["displayed", "entered"] = "displayed"
    """What findReplace compares: the formatted text (Google's help: "the displayed value"), or what was typed."""

    sort_leaves_filtered_rows: bool = True
    """sortRange orders only the rows that are shown; rows hidden by a filter stay where they are."""

    copy_paste_refuses_filtered_rows: bool = True
    """copyPaste and cutPaste that touch a row hidden by a filter fail with 400 (seen by many, documented nowhere)."""

    full_width_digits: Literal["never", "ja_JP", "always"] = "ja_JP"
    """Where a typed １２ becomes the number 12. Elsewhere it stays text."""

    text_cells_keep_typed_text: bool = True
    """Typing into a cell of text format ("@") stores text, never a number, a date or a formula."""

    error_literals: bool = True
    """Typing `#REF!` makes an error of the cell, not the text."""

    check_assertion_times: bool = False
    """/token compares the assertion's iat and exp with the injected clock. google-auth stamps them with the machine's
    own clock, which a test with a virtual clock does not share; the demo switches it on."""
