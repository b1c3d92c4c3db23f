"""A tool of a hundred lines, written by hand from the specifications: it judges the demo LMS from outside.

Its pages follow the markup that the demo's visitors expect of the real tool.
"""

import secrets
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, redirect, request
from jwt.algorithms import RSAAlgorithm
from markupsafe import escape

from lti_tool.demo.platform import LmsSettings

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
PROMPTS = {
    "practice": ("situation", "what_i_do", "why_it_works", "where_it_does_not"),
    "gesture": ("what_it_is_for", "materials"),
    "experience": ("what_happened", "what_i_learnt", "what_i_would_do_again"),
}
STEP = """<input type="hidden" name="step-order" value="N"><textarea name="step-N-text"></textarea>
    <input name="step-N-watch_out"><input type="file" name="file-N">"""


@dataclass
class MiniTool:
    settings: LmsSettings
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    states: dict[str, str] = field(default_factory=dict)
    launches: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    steps: dict[tuple[str, str], int] = field(default_factory=dict)
    works: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    open_reviews: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    self_posting_login: bool = False

    def assertion(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.settings.client_id,
            "sub": self.settings.client_id,
            "aud": self.settings.token_url,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "mini"})

    def ask_token(self, scope: str, **changes: Any) -> httpx.Response:
        return httpx.post(
            self.settings.token_url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self.assertion(),
                "scope": scope,
            }
            | changes,
        )

    def client(self, scope: str) -> httpx.Client:
        token = self.ask_token(scope).raise_for_status().json()["access_token"]
        return httpx.Client(headers={"Authorization": f"Bearer {token}"})

    def last_launch(self) -> dict[str, Any]:
        return list(self.launches.values())[-1]

    def app(self) -> Flask:
        app = Flask("minitool")
        app.add_url_rule("/lti/jwks", view_func=self.jwks)
        app.add_url_rule("/lti/login", view_func=self.login, methods=["POST"])
        app.add_url_rule("/lti/launch", view_func=self.launch, methods=["POST"])
        app.add_url_rule("/l/<key>/", view_func=self.home)
        app.add_url_rule("/l/<key>/create", view_func=self.create, methods=["POST"])
        app.add_url_rule("/l/<key>/share", view_func=self.share, methods=["GET", "POST"])
        app.add_url_rule("/l/<key>/send", view_func=self.send, methods=["POST"])
        app.add_url_rule("/l/<key>/review", view_func=self.review, methods=["GET", "POST"])
        return app

    def jwks(self) -> dict[str, Any]:
        key = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": "mini", "alg": "RS256", "use": "sig"}]}

    def login(self) -> Any:
        state, nonce = secrets.token_hex(8), secrets.token_hex(8)
        self.states[state] = nonce
        query = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": request.form["client_id"],
            "redirect_uri": self.settings.launch_url,
            "login_hint": request.form["login_hint"],
            "lti_message_hint": request.form["lti_message_hint"],
            "state": state,
            "nonce": nonce,
        }
        if self.self_posting_login:
            inputs = "".join(f'<input type=hidden name={k} value="{escape(v)}">' for k, v in query.items())
            return (
                f"<form id=go method=post action='{self.settings.auth_url}'>{inputs}</form>"
                "<script>document.forms[0].submit()</script>"
            )
        return redirect(f"{self.settings.auth_url}?{urlencode(query)}")

    def launch(self) -> Any:
        if "error" in request.form:
            self.errors.append(request.form.to_dict())
            return "<h1>refused</h1>", 400
        keys = jwt.PyJWKSet.from_dict(httpx.get(self.settings.jwks_url).json())
        token = request.form["id_token"]
        claims = jwt.decode(
            token,
            keys[jwt.get_unverified_header(token)["kid"]],
            algorithms=["RS256"],
            audience=self.settings.client_id,
            issuer=self.settings.url,
        )
        assert claims["nonce"] == self.states.pop(request.form["state"])
        key = secrets.token_hex(8)
        self.launches[key] = claims
        answer = redirect(f"/l/{key}/", 303)
        answer.set_cookie(
            f"s-{key}", "1", path=f"/l/{key}/", secure=True, httponly=True, samesite="None", partitioned=True
        )
        return answer

    def _inside(self, key: str) -> tuple[str, str]:
        assert request.cookies.get(f"s-{key}") == "1"
        claims = self.launches[key]
        return claims["sub"], claims[LTI + "resource_link"]["id"]

    def home(self, key: str) -> str:
        _, link = self._inside(key)
        if link not in self.kinds:
            return """<h1>New</h1><form id="create-activity" method="post" action="create">
                <input type="hidden" name="csrf" value="c"><input name="title">
                <input type="radio" name="kind" value="practice" checked>
                <input type="radio" name="kind" value="gesture">
                <input type="radio" name="kind" value="experience">
                <button name="open" value="now">Open</button>
                <button name="open" value="later">Later</button></form>"""
        return """<h1>Home</h1><a id="share-link" href="share">Share</a>
            <form id="review-next" method="post" action="review"><input type="hidden" name="csrf" value="c">
            <button>Next</button></form>"""

    def create(self, key: str) -> Any:
        _, link = self._inside(key)
        assert (request.form["csrf"], request.form["open"]) == ("c", "now")
        self.kinds[link] = request.form["kind"]
        self.titles[link] = request.form["title"]
        return redirect("./", 303)

    def share(self, key: str) -> Any:
        who, link = self._inside(key)
        if request.method == "POST":
            sent = {
                "who": who,
                "link": link,
                "title": request.form["title"],
                "answers": {n: v for n, v in request.form.items() if n.startswith("answer-")},
                "files": [f.filename for _, f in request.files.items(multi=True) if f.filename],
                "steps": [
                    (request.form[f"step-{n}-text"], request.form[f"step-{n}-watch_out"])
                    for n in request.form.getlist("step-order")
                ],
            }
            if request.form["do"] == "step-add":
                self.steps[who, link] = self.steps.get((who, link), 1) + 1
                return redirect("./share", 303)
            self.drafts.append(sent)
            if request.form["do"] == "preview":
                return '<h1>P</h1><form id="send-form" method="post" action="send"><button>Go</button></form>'
            return redirect("./", 303)
        areas = "".join(f'<textarea name="answer-{p}">\n</textarea>' for p in PROMPTS[self.kinds[link]])
        if self.kinds[link] == "gesture":
            numbers = range(self.steps.get((who, link), 1))
            areas += "".join(STEP.replace("N", str(n)) for n in numbers) + f"<template>{STEP}</template>"
            areas += '<button name="do" value="step-add">+</button>'
        return f"""<h1>Share</h1><form id="share-form" method="post" enctype="multipart/form-data">
            <input name="title">{areas}<input type="file" name="file" multiple>
            <button name="do" value="save">S</button><button name="do" value="preview">P</button>
            <button name="do" value="submit">Send</button></form>"""

    def send(self, key: str) -> Any:
        self._inside(key)
        self.works.append(self.drafts.pop())
        return redirect("./", 303)

    def review(self, key: str) -> Any:
        who, link = self._inside(key)
        if "do" in request.form:
            work = self.open_reviews.pop((who, link))
            self.reviews.append({"who": who, "work": work, **request.form.to_dict()})
            return redirect("./", 303)
        served = Counter(review["work"]["title"] for review in self.reviews)
        done = {review["work"]["title"] for review in self.reviews if review["who"] == who}
        free = [w for w in self.works if w["link"] == link and w["who"] != who and w["title"] not in done]
        if not free:
            return redirect("./", 303)
        work = min(free, key=lambda one: served[one["title"]])
        self.open_reviews[who, link] = work
        radios = "".join(
            f'<input type="radio" name="mark-{c}" value="{v}">' for c in ("a", "b", "c") for v in range(1, 5)
        )
        areas = "".join(f'<textarea name="comment-{c}"></textarea>' for c in ("a", "b", "c"))
        return f"""<h1>Review</h1><h2 id="work-title">{escape(work["title"])}</h2>
            <form id="review-form" method="post">{radios}{areas}<textarea name="overall"></textarea>
            <button name="do" value="send">Send</button></form>"""
