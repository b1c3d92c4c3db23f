"""The web application: what wires the rooms together, and knows nothing else."""

import logging
from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from xapi.store import create_store

from . import health, pages, profile
from .activities import rubric_views as rubric
from .activities import views as activities
from .admin import guard
from .admin import views as administrators
from .contributions import coauthor_views as coauthors
from .contributions import file_views as files
from .contributions import together_views as together
from .contributions import upload_views as uploads
from .contributions import views as contributions
from .exchanges import gallery_views as gallery
from .exchanges import live_views as live
from .exchanges import news_views as news
from .exchanges import version_views as versions
from .exchanges import views as exchanges
from .gradebook import override_views as overrides
from .gradebook import release_views as releases
from .gradebook import views as gradebook
from .home import views as home
from .kernel import bodies
from .kernel.database import Database
from .kernel.secrets import Sealer
from .lti import notice_views as notices
from .lti import registration_views as registration
from .lti import views as door
from .lti import windows
from .lti.fetching import key_set_fetcher
from .lti.keysets import KeySets
from .lti.sessions import LaunchSessions
from .lti.visits import welcome
from .people import views as people
from .privacy import views as privacy
from .reviews import flag_views as flags
from .reviews import matrix_views as matrix
from .reviews import views as reviews
from .settings import Settings
from .store import authenticator

PACKAGE = Path(__file__).parent
# In the wheel the templates are inside the package; in a checkout they stand beside it.
TEMPLATES = next(
    folder for folder in (PACKAGE / "templates", PACKAGE.parent / "templates") if folder.is_dir()
)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application from its settings (read from the environment when none are given).

    Raises:
        pydantic.ValidationError: a setting does not hold.

    """
    settings = settings or Settings()
    app = Flask("lti_tool", root_path=str(PACKAGE), template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="entraide",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_PARTITIONED=settings.partitioned_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        ENTRAIDE=settings,
    )
    database = Database(settings.database_url)
    app.extensions["entraide.database"] = database
    app.extensions["entraide.storage"] = settings.storage()
    app.extensions["entraide.sealer"] = Sealer(settings.secret_key)
    app.extensions["entraide.keysets"] = KeySets(
        key_set_fetcher(settings.base_url, private=settings.allow_private_networks)
    )
    app.session_interface = LaunchSessions()

    bodies.init_app(app, settings.largest_file)
    pages.init_app(app)
    welcome(app)
    guard.welcome(app)
    protection = CSRFProtect(app)  # after the welcome, so that its refusals know who is here
    for outside in (door, notices, registration):
        protection.exempt(outside.blueprint)
    protection.exempt(news.mail)  # a mail program stops mail by the key alone
    door.on_launch(app, activities.record_launch)
    for room in (
        door,
        windows,
        notices,
        registration,
        people,
        home,
        activities,
        rubric,
        contributions,
        files,
        together,
        coauthors,
        uploads,
        gallery,
        exchanges,
        versions,
        live,
        news,
        reviews,
        flags,
        matrix,
        gradebook,
        overrides,
        releases,
        privacy,
        administrators,
        health,
        profile,
    ):
        app.register_blueprint(room.blueprint)
    app.register_blueprint(news.mail)

    store = create_store(database.engine, authenticator(settings))
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/xapi": store})  # type: ignore[method-assign]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logging.getLogger("lti_tool").setLevel(settings.log_level)
    return app
