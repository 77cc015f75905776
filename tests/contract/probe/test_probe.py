"""`bridge check --probe` tells one Google from another: every switch of the sandbox, every word Google might break."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import Any

import pytest

from bridge.errors import TryAgain
from bridge.sandbox.sheets_api import ApiError
from bridge.sandbox.sheets_api.batch import _HANDLERS, Edit
from bridge.sandbox.sheets_api.switches import Switches
from bridge.sheet.probe import Verdict, all_words
from bridge.sheet.trials import SCRATCH, TRIALS
from tests.contract.probe import lies
from tests.contract.probe.google import STRANGER, Google
from tests.contract.probe.lies import Lie

# The other readings of what nobody has documented: none of them keeps the bridge from going live.
SWITCHED: list[tuple[dict[str, Any], str, str]] = [
    ({"find_replace_reaches_filtered_rows": False}, "rows hidden by a filter", "skipped"),
    ({"find_replace_reaches_hidden_rows": False}, "rows hidden by a person", "skipped"),
    ({"find_replace_on_protected": "skip"}, "protected cells", "skipped"),
    ({"find_replace_on_protected": "write"}, "protected cells", "written"),
    ({"find_replace_matches": "entered"}, "what is searched", "entered"),
    ({"sort_leaves_filtered_rows": False}, "sorting under a filter", "moved"),
    ({"copy_paste_refuses_filtered_rows": False}, "copying filtered rows", "whole"),
    ({"copy_paste_refuses_filtered_rows": False}, "moved column", "written"),
    ({"full_width_digits": "never"}, "full-width digits", "text"),
    ({"text_cells_keep_typed_text": False}, "codes typed", "lost"),
    ({"error_literals": False}, "error typed", "text"),
]

# Words that Google might break. The bridge must not go live where the verdict is that it breaks the row updates.
BROKEN: list[tuple[Lie, str, str, Verdict]] = [
    (lies.shuffles, "order", "shuffled", Verdict.BREAKS),
    (lies.keeps_half, "all or nothing", "partly", Verdict.BREAKS),
    (lies.accepts_anything, "all or nothing", "accepted", Verdict.BEARABLE),
    (lies.searches_the_past, "earlier effects", "unseen", Verdict.BREAKS),
    (lies.miscounts, "count", "uncounted", Verdict.BEARABLE),
    (lies.matches_parts, "count", "wrong", Verdict.BREAKS),
    (lies.miscounts, "count of none", "counted", Verdict.BEARABLE),
    (lies.refuses_a_search_in_vain, "count of none", "refused", Verdict.BREAKS),
    (lies.sees_no_blank, "blank cell", "left", Verdict.BREAKS),
    (lies.fills_more_than_blanks, "blank cell", "wrong", Verdict.BREAKS),
    (lies.knows_no_regular_expressions, "blank cell", "unclear", Verdict.BREAKS),
    (lies.filters_nothing, "rows hidden by a filter", "shown", Verdict.BEARABLE),
    (lies.copies_only_shown_rows, "copying filtered rows", "gaps", Verdict.BREAKS),
    (lies.keeps_half, "copying filtered rows", "partly", Verdict.BREAKS),
    (lies.filters_nothing, "copying filtered rows", "shown", Verdict.BEARABLE),
    (lies.filters_nothing, "moved column", "written", Verdict.BEARABLE),
    (lies.forgets_filtered_batches, "moved column", "lost", Verdict.BREAKS),
    (lies.refuses_writes_to_filtered_rows, "writing filtered rows", "refused", Verdict.BEARABLE),
    (lies.skips_writes_to_filtered_rows, "writing filtered rows", "skipped", Verdict.BREAKS),
    (lies.filters_nothing, "writing filtered rows", "shown", Verdict.BEARABLE),
    (lies.copies_the_past, "copying", "stale", Verdict.BREAKS),
    (lies.copies_formulas, "copying a formula", "formula", Verdict.BEARABLE),
    (lies.copies_rounded, "copying a formula", "other", Verdict.BREAKS),
    (lies.answers_with_the_past, "answer of a write", "before", Verdict.BREAKS),
    (lies.filters_nothing, "sorting under a filter", "shown", Verdict.BEARABLE),
    (lies.tears_a_read, "one moment", "torn", Verdict.BREAKS),
    (lies.lets_others_in, "somebody else in that second", "mixed", Verdict.BREAKS),
    (lies.copies_numbers_out_of_text, "codes copied", "lost", Verdict.BREAKS),
    (lies.loses_renamed_tabs, "tab by its number", "lost", Verdict.BREAKS),
]


def test_the_sandboxs_reading_is_what_the_bridge_counts_on() -> None:
    google = Google()
    before = google.tabs()
    assert {each.words.name: each.code for each in google.probe() if each.code != each.words.expected} == {}
    assert google.tabs() == before


@pytest.mark.parametrize(("switches", "trial", "code"), SWITCHED, ids=lambda value: str(value))
def test_another_reading_of_what_is_undocumented_is_told_and_borne(
    switches: dict[str, Any], trial: str, code: str
) -> None:
    found = Google(Switches(**switches)).attempt(trial)
    assert (found.code, found.outcome.verdict) == (code, Verdict.BEARABLE)


def test_every_switch_has_its_trial() -> None:
    """All but the one that is about the machine's clock."""
    switched = {name for switches, _, _ in SWITCHED for name in switches}
    assert switched == {field.name for field in fields(Switches)} - {"check_assertion_times"}


@pytest.mark.parametrize(
    ("lie", "trial", "code", "verdict"), BROKEN, ids=lambda value: getattr(value, "__name__", value)
)
def test_a_broken_word_is_told(
    monkeypatch: pytest.MonkeyPatch, lie: Lie, trial: str, code: str, verdict: Verdict
) -> None:
    google = Google()
    lie(google, monkeypatch)
    found = google.attempt(trial)
    assert (found.code, found.outcome.verdict) == (code, verdict)


def test_every_outcome_was_brought_about() -> None:
    """No sentence stands in the table that no Google could call forth."""
    expected = {(words.name, words.expected) for words in all_words().values()}
    others = {(trial, code) for _, trial, code in SWITCHED} | {(trial, code) for _, trial, code, _ in BROKEN}
    accounts = {("protected cells", code) for code in ("open", "untried")}  # below
    sentences = {(words.name, code) for words in all_words().values() for code in words.outcomes}
    assert sentences == (expected | others | accounts) - {("blank cell", "unclear")}


def test_every_trial_has_its_words_and_no_others() -> None:
    assert list(all_words()) == list(TRIALS)
    for words in all_words().values():
        assert words.outcomes[words.expected].verdict is Verdict.FITS
        assert Counter(outcome.verdict for outcome in words.outcomes.values())[Verdict.FITS] == 1


# --- the second account ----------------------------------------------------------------------------------------------


def test_without_a_second_account_protections_are_not_tried() -> None:
    (found,) = [each for each in Google().probe(second=False) if each.words.name == "protected cells"]
    assert (found.code, found.outcome.verdict) == ("untried", Verdict.BEARABLE)


def test_a_second_account_that_may_not_look_is_as_good_as_none() -> None:
    google = Google()
    google.book.file.permissions = [p for p in google.book.file.permissions if p.get("emailAddress") != STRANGER]
    assert google.attempt("protected cells").code == "untried"


def test_a_second_account_that_owns_the_spreadsheet_shows_nothing() -> None:
    google = Google()
    google.share(STRANGER, "owner")
    assert google.attempt("protected cells").code == "open"


# --- leaving nothing behind ------------------------------------------------------------------------------------------


def test_the_tabs_go_also_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    google = Google()
    before = google.tabs()

    def breaks(_: object) -> str:
        raise TryAgain(all_words()["count"].tried)

    monkeypatch.setitem(TRIALS, "count", breaks)
    with pytest.raises(TryAgain):
        google.probe()
    assert google.tabs() == before


def test_tabs_that_a_killed_probe_left_are_deleted_by_the_next() -> None:
    google = Google()
    before = google.tabs()
    for title in (SCRATCH, f"{SCRATCH} 3"):
        google.book.apply([{"addSheet": {"properties": {"title": title}}}])
    google.attempt("order")
    assert google.tabs() == before


def test_a_deletion_that_went_wrong_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    google = Google()
    before, (plain, members) = google.tabs(), _HANDLERS["deleteSheet"]
    refused: list[object] = []

    def once(edit: Edit, body: dict[str, Any]) -> dict[str, Any]:
        if not refused:
            refused.append(body)
            raise ApiError(400, "INVALID_ARGUMENT", "not now")
        return plain(edit, body)

    monkeypatch.setitem(_HANDLERS, "deleteSheet", (once, members))
    google.attempt("order")
    assert refused
    assert google.tabs() == before
