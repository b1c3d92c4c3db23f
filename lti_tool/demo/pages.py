"""Web pages as a person without a mouse sees them: headings, links, frames, and forms to fill in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class PageError(Exception):
    """A page is not what a visitor expected; the message says which page and what was missing."""


@dataclass
class Field:
    """One control of a form; `checked` and `value` are as the page was served."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False


@dataclass
class Form:
    """A form of a page: fill it in with `filled`, with the names and values of its own controls."""

    id: str
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def names(self, kind: str) -> list[str]:
        """The names of the controls of one kind (`radio`, `textarea`...), each once, in the page's order."""
        return list(dict.fromkeys(control.name for control in self.fields if control.kind == kind))

    def values(self, name: str) -> list[str]:
        """The values of the controls of this name, as the page was served."""
        return [control.value for control in self.fields if control.name == name]

    def choices(self, name: str) -> list[str]:
        """The values one may choose for a radio or a select."""
        return [c.value for c in self.fields if c.name == name and c.kind in ("radio", "option")]

    def filled(self, answers: dict[str, str], press: tuple[str, str] | None = None) -> dict[str, list[str]]:
        """What a browser would send: the page's values, changed by `answers`, and the button pressed.

        Raises PageError for a control or a choice that is not on the page.
        """
        here = {control.name for control in self.fields}
        if unknown := answers.keys() - here:
            raise PageError(f"The form {self.id} has no {', '.join(sorted(unknown))}")
        sent: dict[str, list[str]] = {}
        for control in self.fields:
            asked = answers.get(control.name)
            if control.kind in ("button", "file"):
                continue
            if control.kind in ("radio", "checkbox", "option"):
                chosen = control.checked if asked is None else control.value == asked
                if chosen:
                    sent.setdefault(control.name, []).append(control.value)
            else:
                sent.setdefault(control.name, []).append(control.value if asked is None else asked)
        for name, asked in answers.items():
            if name not in sent:
                raise PageError(f"The form {self.id} does not offer {asked!r} for {name}")
        if press:
            if not any((c.kind, c.name, c.value) == ("button", *press) for c in self.fields):
                raise PageError(f"The form {self.id} has no button {press[0]}={press[1]}")
            sent[press[0]] = [press[1]]
        return sent


class Page(HTMLParser):
    """A page that was fetched from `url`."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = url
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        """Addresses of the links that have an id."""
        self.frames: list[str] = []
        self.texts: dict[str, str] = {}
        """The text of every element with an id; of the first h1 under `h1`, of the title under `title`."""
        self.leads_on = ""
        """The address that the page opens at once, by itself (`<meta http-equiv="refresh">`)."""
        self.scripted_submit = False
        """A script of the page sends its form by itself."""
        self._open: list[tuple[str, str]] = []
        self._area: Field | None = None
        self._select = ""
        self._strays: list[tuple[str, Field]] = []
        self.feed(html)
        self.close()
        for form_id, control in self._strays:
            self.form(form_id).fields.append(control)

    def form(self, form_id: str) -> Form:
        """The form with this id. Raises PageError."""
        for form in self.forms:
            if form.id == form_id:
                return form
        raise PageError(f"{self.described()} has no form {form_id}")

    def has_form(self, form_id: str) -> bool:
        """Is there a form with this id?"""
        return any(form.id == form_id for form in self.forms)

    def described(self) -> str:
        """The page's address and heading, and what it says in an alert, for messages."""
        told = self.texts.get("h1") or self.texts.get("title", "")
        alert = self.texts.get("alert", "")
        return f"{self.url} ({' '.join(told.split())}{': ' if alert else ''}{' '.join(alert.split())})"

    def posts_itself(self) -> Form | None:
        """The page's only form, when nothing on it is to be filled in and a script sends it."""
        if not self.scripted_submit or len(self.forms) != 1:
            return None
        only = self.forms[0]
        return only if all(control.kind in ("hidden", "button") for control in only.fields) else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of an element that begins."""
        got = {name: value or "" for name, value in attrs}
        if ".submit(" in got.get("onload", ""):
            self.scripted_submit = True
        if tag == "form":
            action = urljoin(self.url, got.get("action") or self.url)
            self.forms.append(Form(got.get("id", ""), action, got.get("method", "get").lower()))
        elif tag == "meta" and got.get("http-equiv", "").lower() == "refresh":
            _, _, address = got.get("content", "").partition("url=")
            self.leads_on = urljoin(self.url, address)
        elif tag == "iframe":
            self.frames.append(urljoin(self.url, got.get("src", "")))
        elif tag == "a" and "id" in got:
            self.links[got["id"]] = urljoin(self.url, got.get("href", ""))
        elif tag in ("input", "textarea", "select", "option", "button"):
            self._control(tag, got)
        if tag not in VOID:
            self._open.append((tag, _key(tag, got)))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those that were left open in it."""
        names = [name for name, _ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        """Text belongs to every element with an id around it."""
        if self._open and self._open[-1][0] == "script" and ".submit(" in data:
            self.scripted_submit = True
        if self._area is not None:
            # HTML drops the line feed that follows <textarea> at once.
            self._area.value += data if self._area.value else data.removeprefix("\n")
        for _, key in self._open:
            if key:
                self.texts[key] = self.texts.get(key, "") + data

    def _control(self, tag: str, got: dict[str, str]) -> None:
        name = got.get("name", "")
        kind = got.get("type", "text").lower() if tag == "input" else tag
        value = got.get("value", "on" if kind in ("checkbox", "radio") else "")
        if tag == "select":
            self._select = name
            return
        if tag == "option":
            name = self._select
        elif kind in ("submit", "image") or (tag == "button" and got.get("type") != "button"):
            kind = "button"
        elif kind in ("button", "reset"):
            return
        in_template = any(open_tag == "template" for open_tag, _ in self._open)
        if "disabled" in got or not name or in_template:
            return
        control = Field(name, kind, value, "checked" in got or "selected" in got)
        if tag == "textarea":
            self._area = control
        if "form" in got:
            self._strays.append((got["form"], control))
        elif any(open_tag == "form" for open_tag, _ in self._open):
            self.forms[-1].fields.append(control)


def _key(tag: str, got: dict[str, str]) -> str:
    if got.get("role") == "alert":
        return "alert"
    return got.get("id") or (tag if tag in ("h1", "title") else "")


def nearest(choices: Iterable[str], wanted: float) -> str:
    """The numeric choice nearest to `wanted`. Raises PageError when none is a number."""
    numbers = [choice for choice in choices if choice.replace(".", "", 1).replace("-", "", 1).isdigit()]
    if not numbers:
        raise PageError("There is no number to choose")
    return min(numbers, key=lambda choice: abs(float(choice) - wanted))
