"""The tool's own keys: published whole enough for every platform, and sealed at rest."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from door import TOOL, Door
from jwt import PyJWK

from lti_tool.kernel.secrets import Sealer
from lti_tool.lti.keys import ensure_key, rotate, signing_key
from lti_tool.lti.models import ToolKey

pytestmark = pytest.mark.every_database


def test_the_key_set_is_whole_and_public(door: Door) -> None:
    sealer = door.app.extensions["entraide.sealer"]
    with door.database.write() as rows:
        ensure_key(rows, sealer)
        ensure_key(rows, sealer)
    answer = door.browser().get("/lti/jwks", base_url=TOOL)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    (published,) = json.loads(answer.data)["keys"]
    assert set(published) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (published["kty"], published["alg"], published["use"]) == ("RSA", "RS256", "sig")

    with door.database.read() as rows:
        kid, private = signing_key(rows, sealer)
        stored = rows.get_one(ToolKey, kid)
        assert signing_key(rows, sealer)[1] is private, "parsed once"
    assert kid == published["kid"]
    assert private.key_size >= 2048
    PyJWK(published).key.verify(private.sign(b"x", PKCS1v15(), SHA256()), b"x", PKCS1v15(), SHA256())
    assert "PRIVATE" not in stored.private_pem
    assert "PRIVATE KEY" in Sealer("a secret of the tests").open(stored.private_pem)
    assert "PRIVATE" not in answer.text


def test_a_new_key_is_published_before_it_signs(door: Door) -> None:
    sealer = door.app.extensions["entraide.sealer"]
    with door.database.write() as rows:
        ensure_key(rows, sealer)
        present, _ = signing_key(rows, sealer)
        newest = rotate(rows, sealer, "test").kid
    with door.database.read() as rows:
        assert signing_key(rows, sealer)[0] == present
    published = json.loads(door.browser().get("/lti/jwks", base_url=TOOL).data)["keys"]
    assert [key["kid"] for key in published][:2] == [newest, present]
