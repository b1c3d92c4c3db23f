"""Tenants stay apart: the tenant is (issuer, client, deployment), whatever else two of them share."""

import pytest
from door import Door, assert_let_in
from platforms.strict import LTI, key
from sqlalchemy import select, update

from lti_tool.people.models import Course, Deployment, Person

pytestmark = pytest.mark.every_database


def test_two_schools_with_one_issuer_and_client_share_nothing(door: Door) -> None:
    """As Blackboard: only the deployment tells its schools apart."""
    platform = door.register(deployments=("school-a", "school-b"))
    before = door.rows()
    for school in ("school-a", "school-b", "school-a"):
        assert_let_in(door.launch(platform, **{LTI + "deployment_id": school, "sub": "same"}))
    made = {name: count - before[name] for name, count in door.rows().items()}
    assert made == {"Launch": 3, "Person": 2, "Course": 2, "Enrolment": 2, "ResourceLink": 2}
    with door.database.read() as rows:
        query = select(Person.tenant_id).where(Person.sub == "same")
        assert len(set(rows.scalars(query))) == 2
        courses = rows.scalars(
            select(Course.tenant_id).join(Deployment).where(Deployment.deployment_id.like("school-%"))
        )
        assert len(set(courses)) == 2


def test_two_clients_of_one_issuer_share_nothing(door: Door) -> None:
    """As Canvas in the cloud: each school has its own client."""
    issuer = "https://canvas.example"
    first, second = door.register(issuer=issuer), door.register(issuer=issuer)
    before = door.rows(Person, Course)
    for platform in (first, second):
        assert_let_in(door.launch(platform))
    assert door.rows(Person, Course) == {name: count + 2 for name, count in before.items()}


def test_where_schools_share_an_issuer_the_first_launch_says_where_people_are_at_home(door: Door) -> None:
    platform = door.register(issuer="https://canvas.instructure.com", deployments=("ours",))
    said = {LTI + "deployment_id": "ours", LTI + "lis": {"person_sourcedid": "S-7"}, "sub": "seven"}
    for url in ("https://school.example/", "https://renamed.example/"):
        assert_let_in(door.launch(platform, **said, **{LTI + "tool_platform": {"guid": "g", "url": url}}))
    with door.database.read() as rows:
        home = rows.scalar(select(Deployment.home_page).where(Deployment.deployment_id == "ours"))
        assert home == "https://school.example"
        assert rows.scalar(select(Person.sourcedid).where(Person.sub == "seven")) == "S-7"


def test_a_token_for_another_client_of_the_same_issuer_and_keys_is_refused(door: Door) -> None:
    issuer = "https://canvas2.example"
    first, second = door.register(issuer=issuer), door.register(issuer=issuer)
    attempt = door.attempt(first)
    token = second.token(second.claims(attempt.nonce))
    door.refuses(lambda: attempt.post(token), "token-claims")


def test_a_deployment_of_another_client_is_refused(door: Door) -> None:
    first, second = door.register(deployments=("here",)), door.register(deployments=("there",))
    door.refuses(lambda: door.launch(first, **{LTI + "deployment_id": "there"}), "deployment-unknown", 403)
    assert_let_in(door.launch(second))


def test_a_deployment_that_is_not_approved_is_refused(door: Door) -> None:
    platform = door.register(deployments=("pending",))
    with door.database.write() as rows:
        rows.execute(update(Deployment).where(Deployment.deployment_id == "pending").values(approved=False))
    door.refuses(lambda: door.launch(platform), "deployment-unknown", 403)


def test_another_tenants_key_signs_nothing_here(door: Door) -> None:
    """Even under the same key id: keys belong to the platform's own address."""
    mine = door.register(key=key("mine").named("shared"))
    other = door.register(key=key("other").named("shared"))
    assert_let_in(door.launch(mine))
    assert_let_in(door.launch(other))
    attempt = door.attempt(mine)
    forged = mine.token(attempt.claims(), key=other.key)
    door.refuses(lambda: attempt.post(forged), "token-signature")


def test_an_email_is_no_key(door: Door) -> None:
    platform = door.register()
    before = door.rows(Person)["Person"]
    for sub in ("one", "two"):
        assert_let_in(door.launch(platform, sub=sub, email="ada@school.example"))
    assert door.rows(Person)["Person"] == before + 2
