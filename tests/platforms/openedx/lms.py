"""A small LMS around Open edX's own LTI consumer: one course, one LTI link, a gradebook.

The LTI side (OIDC, signatures, tokens, line items, scores, roster, deep linking) is Open edX's production
code, `lti-consumer-xblock`. This file is what edx-platform would add around it. `tests/services/openedx.py`
makes an environment of its own for it and starts it there; it shares no code with Entraide.

It prints one line of JSON (its registration) when it answers, and stays until it is stopped:

    /course?user=NAME   the course page, with the activity in an iframe
    /start?user=NAME    starts the launch: sends the browser to the tool's login address
    /choose?user=NAME   starts a deep-linking launch, and signs the user in to keep what is chosen
    /content            what was chosen: the content items that Open edX keeps for the link
    /users              the people: user name -> what the tool will know them by
    /gradebook          every line item with its scores, and the grades that Open edX published
"""

import argparse
import json
import logging
import os
import sqlite3
import uuid
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from types import SimpleNamespace
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.urls import include, path

COURSE = "course-v1:Entraide+CARE+2026"
LINK = "block-v1:Entraide+CARE+2026+type@lti_consumer+block@peer-activity"
SCORE = (
    "user_id",
    "score_given",
    "score_maximum",
    "activity_progress",
    "grading_progress",
    "comment",
    "timestamp",
)
ROLES = {"instructor": "instructor", "staff": "staff"} | {f"student-{n}": "student" for n in range(1, 6)}

urlpatterns: list = []  # this module is Django's URL configuration; filled in once Django stands


def person(name: str) -> SimpleNamespace:
    """The user `name`, known outside by a stable UUID, as Open edX does (its ExternalId)."""
    number = list(ROLES).index(name) + 1
    external = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{COURSE}/{name}"))
    title = name.replace("-", " ").title()
    return SimpleNamespace(id=number, name=title, external_user_id=external, role=ROLES[name], username=name)


PEOPLE = {name: person(name) for name in ROLES}


class Block:
    """The LTI component in the course, as far as Open edX's consumer looks at it."""

    display_name = "Peer activity"
    context_id = COURSE
    lti_1p3_passport_id = None
    weight = 100
    has_score = True
    accept_grades_past_due = True

    def __init__(self, location, gradebook: "Gradebook"):
        self.scope_ids = SimpleNamespace(usage_id=location, user_id=None)
        self.gradebook = gradebook

    def is_past_due(self) -> bool:
        return False

    def max_score(self) -> int:
        return self.weight

    def set_user_module_score(self, user, score, maximum, comment="") -> None:
        self.gradebook.publish(user.username, score, maximum, comment)


class Gradebook:
    """The grades that the consumer published: one row per publication, so that a test also sees doubles."""

    def __init__(self, file: Path):
        self.file = file
        with self.connect() as rows:
            rows.execute("CREATE TABLE grade (user TEXT, score REAL, maximum REAL, comment TEXT, at TEXT)")

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=30)

    def publish(self, user: str, score: float, maximum: float, comment: str) -> None:
        row = (user, score, maximum, comment, datetime.now(UTC).isoformat())
        with self.connect() as rows:
            rows.execute("INSERT INTO grade VALUES (?, ?, ?, ?, ?)", row)

    def grades(self) -> list[dict]:
        with self.connect() as rows:
            rows.row_factory = sqlite3.Row
            return [dict(row) for row in rows.execute("SELECT * FROM grade ORDER BY rowid")]


def configure(data: Path, base: str) -> None:
    """Django with the consumer, on SQLite in `data`, at the address `base`."""
    settings.configure(
        SECRET_KEY=uuid.uuid4().hex,
        SESSION_COOKIE_SAMESITE="None",  # the tool's answer is posted from its own site, in a frame
        SESSION_COOKIE_SECURE=True,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": data / "openedx.sqlite3",
                "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
            }
        },
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "waffle",
            "rest_framework",
            "django_filters",
            "config_models",
            "lti_consumer",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "edx_django_utils.cache.middleware.RequestCacheMiddleware",
            "edx_django_utils.cache.middleware.TieredCacheMiddleware",
            "crum.CurrentRequestUserMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        USAGE_ID_PATTERN=r"(?P<usage_id>[^/]+)",
        PLATFORM_NAME="Open edX consumer",
        LMS_ROOT_URL=base,
        LTI_BASE=base,
        LTI_API_BASE=base,
        LOGGING_CONFIG=None,
    )
    django.setup()


def stand_in_for_edx_platform(gradebook: Gradebook) -> None:
    """The few functions that the consumer would import from edx-platform."""
    from lti_consumer.exceptions import LtiError
    from lti_consumer.plugin import compat

    def user_of(external_user_id: str) -> SimpleNamespace:
        for someone in PEOPLE.values():
            if someone.external_user_id == external_user_id:
                return someone
        raise LtiError("Invalid User")

    def member(someone: SimpleNamespace) -> dict:
        email = f"{someone.username}@openedx.example"
        return {"id": someone.id, "name": someone.name, "email": email, "roles": [someone.role]}

    def may_write(user, course) -> bool:
        return ROLES.get(user.username) in {"instructor", "staff"}

    by_id = {someone.id: someone for someone in PEOPLE.values()}
    compat.load_enough_xblock = compat.load_block_as_user = lambda location: Block(location, gradebook)
    compat.get_user_from_external_user_id = user_of
    compat.get_course_members = lambda course: {number: member(someone) for number, someone in by_id.items()}
    compat.merge_course_forum_roles = lambda course, members: members
    compat.batch_get_or_create_externalids = lambda users: by_id
    compat.user_has_studio_write_access = lambda user, course: (
        ROLES.get(user.username) in {"instructor", "staff"}
    )


def register_tool(options: argparse.Namespace):
    """The consumer's configuration of one tool, as a course author would enter it."""
    from lti_consumer.models import CourseAllowPIISharingInLTIFlag, Lti1p3Passport, LtiConfiguration
    from opaque_keys.edx.keys import CourseKey, UsageKey

    CourseAllowPIISharingInLTIFlag.objects.create(course_id=CourseKey.from_string(COURSE), enabled=True)
    passport = Lti1p3Passport.objects.create(name="Tool", lti_1p3_tool_keyset_url=options.jwks_url)
    return LtiConfiguration.objects.create(
        version=LtiConfiguration.LTI_1P3,
        config_store=LtiConfiguration.CONFIG_ON_DB,
        location=UsageKey.from_string(LINK),
        lti_1p3_passport=passport,
        lti_1p3_oidc_url=options.login_url,
        lti_1p3_launch_url=options.launch_url,
        lti_advantage_enable_nrps=True,
        lti_advantage_deep_linking_enabled=True,
        lti_advantage_deep_linking_launch_url=options.launch_url,
        lti_advantage_ags_mode=options.ags,
    )


def course(configuration, base: str, gradebook: Gradebook) -> list:
    """The pages of the course, for `urlpatterns`."""
    from django.contrib.auth import get_user_model, login
    from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
    from lti_consumer.api import get_lti_1p3_content_url, get_lti_1p3_launch_start_url
    from lti_consumer.data import Lti1p3LaunchData
    from lti_consumer.models import LtiAgsLineItem, LtiDlContentItem

    def launch(someone):
        return Lti1p3LaunchData(
            user_id=someone.id,
            user_role=someone.role,
            config_id=configuration.config_id,
            resource_link_id=LINK,
            external_user_id=someone.external_user_id,
            name=someone.name,
            context_id=COURSE,
            context_type=["course_offering"],
            context_title="Caring for people",
            context_label="CARE",
            launch_presentation_document_target="iframe",
            launch_presentation_return_url=f"{base}/course?{urlencode({'user': someone.username})}",
        )

    def start(request):
        return HttpResponseRedirect(get_lti_1p3_content_url(launch(PEOPLE[request.GET["user"]])))

    def choose(request):
        someone = PEOPLE[request.GET["user"]]
        user, _ = get_user_model().objects.get_or_create(id=someone.id, username=someone.username)
        login(request, user, "django.contrib.auth.backends.ModelBackend")
        return HttpResponseRedirect(get_lti_1p3_launch_start_url(launch(someone), deep_link_launch=True))

    def content(request):
        items = LtiDlContentItem.objects.order_by("id")
        return JsonResponse([{"type": item.content_type, **item.attributes} for item in items], safe=False)

    def page(request):
        source = f"/start?{urlencode({'user': PEOPLE[request.GET['user']].username})}"
        return HttpResponse(
            f'<!doctype html><html lang="en"><title>Caring for people</title><h1>Caring for people</h1>'
            f'<iframe title="Peer activity" src="{source}" width="1000" height="900"></iframe>'
        )

    def users(request):
        return JsonResponse({name: someone.external_user_id for name, someone in PEOPLE.items()})

    def grades(request):
        items = [
            {
                "id": item.id,
                "label": item.label,
                "scoreMaximum": item.score_maximum,
                "resourceId": item.resource_id,
                "resourceLinkId": str(item.resource_link_id) if item.resource_link_id else None,
                "tag": item.tag,
                "scores": list(item.scores.order_by("id").values(*SCORE)),
            }
            for item in LtiAgsLineItem.objects.order_by("id")
        ]
        return JsonResponse({"line_items": items, "grades": gradebook.grades()})

    return [
        path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
        path("start", start),
        path("choose", choose),
        path("content", content),
        path("course", page),
        path("users", users),
        path("gradebook", grades),
    ]


class Server(ThreadingMixIn, WSGIServer):
    """A thread per request: while the platform waits for the tool's keys, the tool may be waiting for it."""

    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):  # noqa: A002 (the name is the base class's)
        logging.getLogger("http").info(format, *args)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for the databases")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login-url", required=True)
    parser.add_argument("--launch-url", required=True)
    parser.add_argument("--jwks-url", required=True)
    parser.add_argument("--ags", choices=["disabled", "declarative", "programmatic"], default="programmatic")
    options = parser.parse_args()
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "WARNING"))

    server = Server(("127.0.0.1", options.port), QuietHandler)  # bound first: the address is the issuer
    base = f"http://127.0.0.1:{server.server_port}"
    configure(options.data, base)

    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from lti_consumer.api import get_lti_1p3_launch_info
    from lti_consumer.data import Lti1p3LaunchData

    call_command("migrate", verbosity=0)
    gradebook = Gradebook(options.data / "gradebook.sqlite3")
    stand_in_for_edx_platform(gradebook)
    configuration = register_tool(options)
    urlpatterns.extend(course(configuration, base, gradebook))
    server.set_app(get_wsgi_application())

    anyone = Lti1p3LaunchData(1, "student", configuration.config_id, LINK)
    info = get_lti_1p3_launch_info(anyone)
    registration = {
        "issuer": base,
        "client_id": info["client_id"],
        "deployment_id": info["deployment_id"],
        "auth_url": info["oidc_callback"],
        "token_url": info["token_url"],
        "jwks_url": info["keyset_url"],
    }
    print(json.dumps(registration), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
