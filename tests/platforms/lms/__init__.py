"""An LMS of our own for tests, over real HTTP on 127.0.0.1: strict about the tool, and odd as real ones are.

It shares no code with the tool. What differs between LMSs is data: a `Personality`;
`dataclasses.replace` makes one more. Facts: a recorded Moodle 5.1, and what the vendors document.

    with running(MOODLE, tool=TOOL, tool_keys=lambda: client.get("/lti/jwks").json) as lms:
        course = lms.course("c1", "Course One")
        tina = lms.add_person("3", "Tina Teacher", "Instructor", courses=[course])
        ann = lms.add_person("4", "Ann Ames", courses=[course])    # a learner; roles are keys of people.ROLES
        link = lms.link(course, "Toy activity", score_maximum=100, custom={"activity": "a1"})

        Platform(**lms.registration, ...)    # issuer, client_id, auth_url, token_url, jwks_url, audience
        lms.deployment_id
        lms.initiation(ann, link)            # the parameters of a login initiation, as a dict
        lms.authorize(location)              # {"id_token", "state"}: what the browser posts to the tool
        lms.claims(ann, course, link, nonce="n", message_type="LtiResourceLinkRequest", **changes)
        lms.token(claims)                    # signed
        lms.notify("LtiContextCopyNotice", lms.copy(course))
        lms.invite(f"{TOOL}/lti/register")   # the address with openid_configuration and registration_token

    lms.enrol(...), lms.suspend(...), lms.drop(...), lms.group_set(course, "Teams", {"Red": [ann]})

What was asked and what came of it:

    lms.requests                             # [Asked(method, path, query, headers, body, at, status, why)]
    lms.asked("POST", r"/scores$")           # those of them
    lms.refusals                             # the tool's mistakes, in words: good tests demand none
    lms.grades[link.line_item.id, ann.sub]   # Grade(score, comment, timestamp, count, ...)
    lms.attempts[link.line_item.id, ann.sub] # of submission (Canvas)
    lms.line_items, lms.tokens_issued, lms.tools, lms.handlers, lms.returned, lms.denials

What goes wrong:

    lms.fail(r"/scores$", [Answer(500), (429, {"Retry-After": "1"}), HANG, DROP])   # once each
    lms.fail(r"/scores$", [DROP], after=True)        # the score is taken, its answer is lost
    lms.fail(r"/token$", lambda asked: Answer(400) if ... else None)                # until lms.heal()
    lms.delay(r"/scores$", 0.02); lms.revoke_tokens(); lms.token_answer = {"expires_in": None}
    lms.link_loop = True; lms.link_elsewhere = "http://..."; lms.scopes = (); lms.clock = lambda: ...

The browser's side, on another site than the tool if that is on localhost (see `platforms.lms.pages`):

    lms.page(ann, link)                      # signs ann in, shows the link with the tool in a frame
    lms.page(ann, link, container="window"); lms.page(tina, link, review=ann.sub)
    lms.linking_page(tina, course); lms.privacy_page(ann, course); lms.registration_page(tina, address)
    page.evaluate("messages")                # every window message that came to the page or the storage frame
    lms.answers_messages = False             # its pages stay silent, as Canvas's apps do
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
