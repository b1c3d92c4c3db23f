"""The live check: asked for by a page, done by the worker against an LMS, told in words with advice."""

import threading
from dataclasses import dataclass
from uuid import UUID

import pytest
from platforms.lms import HANG, MOODLE, Answer, running

from lti_tool.admin.queries import answers
from lti_tool.kernel import clock, outgoing
from lti_tool.kernel.secrets import Sealer
from lti_tool.lti import checks
from lti_tool.lti.checks import Outcome, Part
from lti_tool.lti.fetching import key_set_fetcher
from lti_tool.lti.keys import ensure_key, public_keys, signing_key
from lti_tool.lti.models import PlatformCheck, ResourceLink
from lti_tool.lti.services import ServiceConnector
from lti_tool.people.models import Course, Deployment, Platform, Roster

TOOL = "https://tool.example"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
WORKS = dict.fromkeys(Part, Outcome.OK)


@dataclass
class Check:
    """A platform of the tool, and the worker's part."""

    database: object
    lms: object
    platform: UUID
    sealer: Sealer

    def connect(self):
        def key():
            with self.database.read() as rows:
                return signing_key(rows, self.sealer)

        return ServiceConnector(self.http, key)

    def ask(self):
        with self.database.write() as rows:
            checks.ask(rows, rows.get_one(Platform, self.platform))

    def due(self):
        with self.database.read() as rows:
            return checks.due_checks(rows)

    def work(self):
        with outgoing.client(TOOL, private=True, read=0.5) as self.http:
            fetch = key_set_fetcher(TOOL, private=True)
            assert checks.run_check(self.database, self.connect, fetch, self.platform) is False

    @property
    def row(self):
        with self.database.read() as rows:
            return rows.get_one(PlatformCheck, self.platform)

    @property
    def outcomes(self):
        return {Part(each["part"]): Outcome(each["outcome"]) for each in self.row.results}

    def told(self):
        self.ask()
        self.work()
        return {
            each["part"]: answer for each, answer in zip(self.row.results, answers(self.row), strict=True)
        }

    def offer(self):
        """What a launch leaves behind: where the gradebook and the roster are."""
        course = self.lms.course("c1", "Course One")
        teacher = self.lms.add_person("3", "Tina Teacher", "Instructor", courses=[course])
        claims = self.lms.claims(teacher, course, self.lms.link(course, "Activity", score_maximum=100))
        with self.database.write() as rows:
            tenant = Deployment(platform_id=self.platform, deployment_id=self.lms.deployment_id)
            rows.add(tenant)
            rows.flush()
            known = Course(tenant_id=tenant.id, context_id="c1")
            rows.add(known)
            rows.flush()
            rows.add(
                ResourceLink(
                    course_id=known.id, resource_link_id="1", lineitems_url=claims[AGS]["lineitems"],
                    ags_scopes=claims[AGS]["scope"],
                )
            )  # fmt: skip
            address = claims[NRPS]["context_memberships_url"]
            rows.add(
                Roster(course_id=known.id, memberships_url=address, next_try_at=clock.now(), synced_at=None,
                       claimed_until=None)
            )  # fmt: skip


@pytest.fixture(scope="module")
def sealer():
    return Sealer("a secret of the tests")


@pytest.fixture
def check(database, sealer):
    def tool_keys():
        with database.read() as rows:
            return public_keys(rows)

    with running(MOODLE, tool=TOOL, tool_keys=tool_keys) as lms:
        with database.write() as rows:
            ensure_key(rows, sealer)
            platform = Platform(name="Moodle", **lms.registration, created_at=clock.now())
            rows.add(platform)
        yield Check(database, lms, platform.id, sealer)


@pytest.mark.every_database
def test_all_is_well(check) -> None:
    check.offer()
    check.ask()
    assert check.due() == [check.platform]
    check.work()
    assert check.outcomes == WORKS
    assert check.row.done_at
    assert check.due() == []
    assert all(answer.advice == "" for answer in answers(check.row))
    assert {asked.method for asked in check.lms.requests} == {"GET", "POST"}
    assert len(check.lms.asked("POST", "/token")) == len(check.lms.asked("POST", "")), "it only reads"


def test_each_check_asks_for_a_token_anew(check) -> None:
    check.offer()
    for times in (1, 2):
        check.told()
        assert len(check.lms.tokens_issued) == 2 * times  # one for the grades, one for the roster


def test_before_any_launch_only_the_keys_can_be_asked(check) -> None:
    told = check.told()
    assert check.outcomes == dict.fromkeys(Part, Outcome.UNKNOWN) | {Part.KEYS: Outcome.OK}
    assert "Open an activity" in told[Part.TOKEN].advice


@pytest.mark.parametrize(
    ("address", "answer", "part", "says", "advice"),
    [
        ("/jwks$", Answer(404), Part.KEYS, "404", "Compare the public keyset URL"),
        ("/jwks$", Answer(200), Part.KEYS, "", "is no key set"),
        ("/token$", Answer(400), Part.TOKEN, "400", "compare the client ID"),
        ("/lineitems", Answer(403), Part.GRADEBOOK, "403", "make columns"),
        ("/memberships", Answer(404), Part.ROSTER, "404", "another course"),
        ("/memberships", HANG, Part.ROSTER, "ReadTimeout", "the firewall"),
    ],
)
def test_what_fails_is_named_with_what_to_do(check, address, answer, part, says, advice) -> None:
    check.offer()
    check.lms.fail(address, lambda _: answer)
    told = check.told()[part]
    assert told.outcome is Outcome.FAILED
    assert says in told.words
    assert advice in told.advice
    unknown = {Part.GRADEBOOK, Part.ROSTER} if part is Part.TOKEN else set()
    others = {each: Outcome.UNKNOWN if each in unknown else Outcome.OK for each in Part if each is not part}
    assert check.outcomes == others | {part: Outcome.FAILED}


def test_a_service_that_refuses_has_seen_a_token(check) -> None:
    check.offer()
    check.lms.fail("/(lineitems|memberships)", lambda _: Answer(404))
    check.told()
    failed = dict.fromkeys((Part.GRADEBOOK, Part.ROSTER), Outcome.FAILED)
    assert check.outcomes == WORKS | failed


@pytest.mark.every_database
def test_two_workers_ask_once(check) -> None:
    check.ask()
    begun, free = threading.Event(), threading.Event()

    def slow(_: object) -> None:
        begun.set()
        free.wait(5)

    check.lms.fail("/jwks$", slow)
    first = threading.Thread(target=check.work)
    first.start()
    assert begun.wait(5)
    assert check.due() == []
    check.work()
    free.set()
    first.join()
    assert len(check.lms.asked("GET", "/jwks$")) == 1
    assert check.outcomes[Part.KEYS] is Outcome.OK


@pytest.mark.every_database
def test_asking_again_waits_for_the_first_answer_and_then_asks_anew(check) -> None:
    check.ask()
    asked_at = check.row.asked_at
    check.ask()
    assert check.row.asked_at == asked_at
    check.work()
    check.ask()
    assert check.row.asked_at > asked_at
    assert check.row.results == []
    assert check.due() == [check.platform]


@pytest.mark.every_database
def test_a_worker_that_died_leaves_the_question_to_another(check, monkeypatch) -> None:
    check.ask()
    with check.database.write() as rows:
        rows.get_one(PlatformCheck, check.platform).claimed_until = clock.now() + checks.LEASE
    assert check.due() == []
    later = clock.now() + checks.LEASE
    monkeypatch.setattr(clock, "now", lambda: later)
    assert check.due() == [check.platform]
