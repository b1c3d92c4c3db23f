"""An LMS of our own for tests, over real HTTP on 127.0.0.1: strict about the tool, and odd as real ones are.

It shares no code with the tool. What differs between LMSs is data: a `Personality`. Facts: a recorded Moodle
5.1, and what the vendors document.

    with running(MOODLE, tool=TOOL, tool_keys=lambda: client.get("/lti/jwks").json) as lms:
        course = lms.course("c1", "Course One")
        tina = lms.add_person("3", "Tina Teacher", "Instructor", courses=[course])
        ann = lms.add_person("4", "Ann Ames", courses=[course])              # a learner
        link = lms.link(course, "Toy activity", score_maximum=100)           # with its line item

        Platform(**lms.registration, ...)           # issuer, client_id, auth_url, token_url, jwks_url, audience
        lms.deployment_id
        lms.initiation(ann, link)                   # the parameters of a login initiation, as a dict
        lms.authorize(location)                     # -> {"id_token": ..., "state": ...}: what the browser posts
        lms.claims(ann, course, link, nonce="n", message_type="LtiResourceLinkRequest", **changes)
        lms.token(claims)                           # signed

What was asked and what came of it:

    lms.requests                                    # [Asked(method, path, query, headers, body, at, status)]
    lms.asked("POST", r"/scores$")                  # those of them
    lms.grades[link.line_item.id, ann.sub]          # Grade(score, maximum, comment, timestamp, score_of_10 ...)
    lms.attempts[link.line_item.id, ann.sub]        # how many submission attempts (Canvas)
    lms.line_items, lms.tokens_issued, lms.tools, lms.handlers, lms.returned, lms.refusals

What goes wrong:

    lms.fail(r"/scores$", [Answer(500), Answer(429, {"Retry-After": "1"}), HANG, DROP])   # once each, in order
    lms.fail(r"/scores$", [DROP], after=True)       # the score is taken, its answer is lost
    lms.fail(r"/token$", lambda asked: Answer(400) if ... else None)                     # until lms.heal()
    lms.delay(r"/scores$", 0.02); lms.revoke_tokens(); lms.link_loop = True; lms.link_elsewhere = "http://..."

The browser's side: `lms.page(person, link)` is an address that signs the person in and shows the link with the
tool in a frame; `lms.linking_page(person, course)` is the deep-linking dialog. See `platforms.lms.pages`.
"""

from platforms.lms.faults import DROP, HANG, Answer, Asked
from platforms.lms.lms import Lms, running
from platforms.lms.people import Course, Grade, Group, GroupSet, LineItem, Link, Member, Person
from platforms.lms.personalities import (
    BLACKBOARD,
    CANVAS,
    D2L,
    MOODLE,
    OPENEDX,
    PERSONALITIES,
    SAKAI,
    Personality,
)

__all__ = [
    "BLACKBOARD",
    "CANVAS",
    "D2L",
    "DROP",
    "HANG",
    "MOODLE",
    "OPENEDX",
    "PERSONALITIES",
    "SAKAI",
    "Answer",
    "Asked",
    "Course",
    "Grade",
    "Group",
    "GroupSet",
    "LineItem",
    "Link",
    "Lms",
    "Member",
    "Person",
    "Personality",
    "running",
]
