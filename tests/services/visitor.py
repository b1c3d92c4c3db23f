"""A person's browser without the browser: HTTP, cookies, forms, and forms that submit themselves."""

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from lxml import html

MOST_FORMS = 5  # a launch has one, or two where the tool asks for its cookie; more is a loop


class Visitor(httpx.Client):
    """One person's browser; like real ones, it sends Secure cookies over http to the loopback."""

    def __init__(self) -> None:
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        super().__init__(follow_redirects=True, timeout=30, cookies=CookieJar(policy))
        self.event_hooks["request"].append(self._send_cookies)

    def _send_cookies(self, request: httpx.Request) -> None:
        request.headers.pop(
            "Cookie", None
        )  # httpx chose them from a copy of the jar that has lost its policy
        self.cookies.set_cookie_header(request)

    def visit(self, url: str) -> httpx.Response:
        """The page where a browser would come to rest: self-posting forms are posted, redirects followed."""
        response = self.get(url)
        for _ in range(MOST_FORMS):
            form = self_posting(response)
            if form is None:
                return response
            response = self.submit(response, form)
        raise AssertionError(f"{response.url} keeps submitting forms")

    def submit(
        self,
        response: httpx.Response,
        form: html.FormElement,
        values: Mapping[str, str | list[str]] | None = None,
        files: Any = None,
    ) -> httpx.Response:
        """Submit `form` of the page in `response`, filled in with `values` and `files` (as httpx takes them).

        A button that was pressed is one of the values. Redirects are followed.
        """
        fields: dict[str, str | list[str]] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        fields |= values or {}
        if form.method.upper() == "GET":
            return self.get(form.action, params=fields)
        origin = f"{response.url.scheme}://{response.url.netloc.decode()}"
        return self.post(
            form.action, data=fields, files=files, headers={"Origin": origin, "Referer": str(response.url)}
        )


def forms(response: httpx.Response) -> list[html.FormElement]:
    """The forms of an HTML page, with absolute addresses; none for anything else."""
    if "html" not in response.headers.get("content-type", "") or not response.text.strip():
        return []
    page = html.fromstring(response.text, base_url=str(response.url))
    page.make_links_absolute()
    for form in page.forms:
        form.action = form.action or str(response.url)
    return list(page.forms)


def self_posting(response: httpx.Response) -> html.FormElement | None:
    """The page's only form, if a script of the page submits it."""
    found = forms(response)
    return found[0] if len(found) == 1 and ".submit()" in response.text else None
