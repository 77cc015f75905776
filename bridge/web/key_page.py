"""How the page for a new key looks: plain HTML that fits a phone, without a script and without anything from elsewhere.
Whatever stands in it is escaped by markupsafe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bridge.connect_plans import REDIRECT
from bridge.consent import Consent
from bridge.errors import Hint
from bridge.renewing import Field, Outcome
from bridge.sheet.texts import say

_PAGE = Markup(
    """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #8886; --good: #18794e; --bad: #c62a2f; }}
* {{ box-sizing: border-box; }} [hidden] {{ display: none !important; }}
body {{ margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 40rem; line-height: 1.7;
  font-family: system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", sans-serif; }}
h1 {{ font-size: 1.4rem; line-height: 1.4; margin: 0 0 1rem; }}
label {{ display: block; margin: 1.1rem 0 0; }}
input {{ display: block; width: 100%; margin-top: .3rem; padding: .7rem; font: inherit; font-size: 1rem;
  border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; }}
button, .button {{ display: inline-block; margin-top: 1.2rem; padding: .7rem 1.2rem; font: inherit;
  border-radius: .4rem; border: 1px solid var(--line); background: transparent; color: inherit; text-decoration: none;
  cursor: pointer; }}
button.main {{ width: 100%; background: #1a5fb4; border-color: #1a5fb4; color: #fff; }}
fieldset {{ margin: 1.8rem 0 0; padding: .3rem 1rem 1rem; border: 1px solid var(--line); border-radius: .4rem; }}
ul {{ list-style: none; padding: 0; }}
li {{ padding: .35rem 0; overflow-wrap: anywhere; }}
.good {{ color: var(--good); }} .bad {{ color: var(--bad); }}
@media (prefers-color-scheme: dark) {{ :root {{ --good: #4cc38a; --bad: #ff6369; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
)
_P = Markup("<p>{}</p>")
_SAID = Markup('<p class="{}">{}</p>')
_LINE = Markup('<li class="{}">{} {}</li>')
_INPUT = Markup('<label>{label}<input name="{name}" type="{type}" value="{value}" autocomplete="off"></label>')
_FORM = Markup('<form method="post">{}</form>')
_BUTTON = Markup('<button class="{}" name="{}" value="1">{}</button>')
_GO = Markup('<a class="button" href="{}" target="_blank" rel="noreferrer noopener">{}</a>')


@dataclass(frozen=True)
class Page:
    """`name`: what people call the channel, "" where it isn't known."""

    language: str
    name: str

    def landing(self, until: str) -> str:
        """Before the browser is known."""
        return self._page(
            _P.format(self._say("once", until=until)), _FORM.format(_button("main", "open", self._say("open")))
        )

    def refused(self, text: str) -> str:
        return self._page(_SAID.format("bad", text), title="bridge")

    def kept(self, outcome: Outcome) -> str:
        return self._page(_SAID.format("good", self._say("kept", name=self.name)), self._lines(outcome))

    def form(
        self,
        fields: Sequence[Field],
        form: str,
        typed: Mapping[str, str],
        *,
        consents: bool,
        consent: Consent | None,
        outcome: Outcome | None,
    ) -> str:
        """`form`: by which the page is known as ours · `consents`: the mall has a page where a person agrees ·
        `consent`: that page, made ready."""
        said = [] if outcome is None else [_SAID.format("bad", self._say("not kept")), self._lines(outcome)]
        parts = [Markup('<input type="hidden" name="form" value="{}">').format(form)]
        # Enter in any field presses the first button: that it be the one which tries the key, not the one before it.
        parts.append(Markup('<button hidden name="try" value="1"></button>'))
        parts += [self._input(field, typed) for field in fields if not field.passing]
        if consents:
            passing = [field for field in fields if field.passing]
            parts.append(Markup("<fieldset>{}</fieldset>").format(_joined(self._agreeing(passing, typed, consent))))
        parts.append(_button("main", "try", self._say("try")))
        return self._page(
            *said, _P.format(self._say("how")), _P.format(self._say("leave")), _FORM.format(_joined(parts))
        )

    def _agreeing(
        self, passing: Sequence[Field], typed: Mapping[str, str], consent: Consent | None
    ) -> Iterator[Markup]:
        yield _P.format(self._say("agree"))
        for field in passing:
            yield self._input(field, typed)
        redirect = typed.get("redirect") or REDIRECT
        yield _INPUT.format(label=self._say("redirect"), name="redirect", type="url", value=redirect)
        yield _button("", "prepare", self._say("prepare"))
        if consent is not None:
            yield _P.format(_GO.format(consent.address, self._say("go")))
        yield _INPUT.format(label=self._say("pasted"), name="pasted", type="password", value="")

    def _input(self, field: Field, typed: Mapping[str, str]) -> Markup:
        value = "" if field.secret else typed.get(field.name, "")
        kind = "password" if field.secret else "text"
        return _INPUT.format(label=self._of(field.label), name=field.name, type=kind, value=value)

    def _lines(self, outcome: Outcome) -> Markup:
        lines = [
            _LINE.format("good" if each.good else "bad", "✓" if each.good else "✗", self._of(each.text))
            for each in outcome.said
        ]
        return Markup("<ul>{}</ul>").format(_joined(lines))

    def _of(self, text: Hint) -> str:
        return text.ja if self.language == "ja" else text.en

    def _say(self, code: str, **values: object) -> str:
        return say("key_page", code, self.language, **values)

    def _page(self, *content: Markup, title: str = "") -> str:
        title = title or self._say("title", name=self.name)
        return str(_PAGE.format(language=self.language, title=title, content=_joined(content)))


def _button(style: str, name: str, text: str) -> Markup:
    return _BUTTON.format(style, name, text)


def _joined(parts: Iterator[Markup] | Sequence[Markup]) -> Markup:
    return Markup("\n").join(parts)
