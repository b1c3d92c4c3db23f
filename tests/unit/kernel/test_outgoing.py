"""The rules for calls to addresses that others gave us."""

import socket
from datetime import timedelta

import httpx
import pytest
from misbehaving import Outside

from lti_tool.kernel import outgoing
from lti_tool.kernel.outgoing import AnswerTooLargeError, ForbiddenAddressError


class Page(Outside):
    """Answers what it is told to."""

    reply = (200, {}, b"hello")

    def answer(self, *_):
        return self.reply


@pytest.fixture
def page():
    with Page().running() as page:
        yield page


@pytest.fixture
def strict():
    with outgoing.client("https://tool.example", private=False) as client:
        yield client


@pytest.fixture
def lenient():
    with outgoing.client("https://tool.example", private=True, read=0.5) as client:
        yield client


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_private_addresses(address):
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses(address):
    assert outgoing.is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
def test_nothing_private_is_connected_to_however_it_is_written(strict, host):
    with pytest.raises(ForbiddenAddressError):
        strict.get(f"https://{host}:9/")


def test_only_https(strict):
    with pytest.raises(ForbiddenAddressError, match="not https"):
        strict.get("http://8.8.8.8/secret?token=x")


def test_a_name_with_one_private_address_is_refused_whole(strict, monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1"):
        strict.get("https://rebinding.example/")


def test_the_address_that_was_judged_is_the_one_connected_to(strict, monkeypatch):
    """A name that resolves to a private address the second time gains nothing: it is resolved once."""
    asked = []

    def resolve(host, *_args, **_more):
        asked.append(host)
        ip = "192.0.0.9" if len(asked) == 1 else "127.0.0.1"  # global by its registry entry, and never there
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443))]

    tried = []

    def connect(address, *_args, **_more):
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(httpx.ConnectError):
        strict.get("https://rebinding.example/")
    assert tried == ["192.0.0.9"]


def test_we_say_who_we_are_and_take_no_compression(page, lenient):
    assert lenient.get(page.url).text == "hello"
    [(_, _, headers, _)] = page.requests
    assert headers["User-Agent"].startswith("Entraide/")
    assert headers["User-Agent"].endswith("(+https://tool.example)")
    assert headers["Accept-Encoding"] == "identity"


def test_redirects_are_not_followed(page, lenient):
    page.reply = (302, {"Location": "http://169.254.169.254/"}, b"")
    assert lenient.get(page.url).status_code == 302
    assert len(page.requests) == 1


def test_an_answer_has_a_largest_size(page, lenient):
    page.reply = (200, {}, b"x" * (outgoing.LARGEST + 1))
    with pytest.raises(AnswerTooLargeError):
        lenient.get(page.url)


def test_a_bomb_is_not_unpacked(page, lenient):
    page.reply = (200, {"Content-Encoding": "gzip"}, b"x")
    with pytest.raises(AnswerTooLargeError):
        lenient.get(page.url)


def test_who_never_answers_is_left(page, lenient):
    page.hanging.set()
    with pytest.raises(httpx.ReadTimeout):
        lenient.get(page.url)


def test_back_off_doubles_within_its_jitter_up_to_a_cap():
    for failures, longest in ((1, 2), (2, 4), (5, 32), (40, 3600)):
        pauses = {outgoing.back_off(failures) for _ in range(50)}
        assert all(timedelta(seconds=longest / 2) <= pause <= timedelta(seconds=longest) for pause in pauses)
        assert len(pauses) > 1
