"""The HTTP service, made by an application factory."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from sealgate import engines
from sealgate.context import sources
from sealgate.context.sources import Knowledge
from sealgate.metrics import Metrics
from sealgate.settings import Settings, find
from sealgate.views import access, admit, authorize, clients, errors, opa, ops, plan, questions, rules, validate
from sealgate.views.deciding import Decider

if TYPE_CHECKING:
    from sealgate.context.sources import Source
    from sealgate.engines import Engine
    from sealgate.serving.certificates import Certificates


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    source: Source | None = None,
    certificates: Certificates | None = None,
    stopping: threading.Event | None = None,
) -> Flask:
    """Build the service. Tests pass settings and a fake engine; another WSGI server than our own passes nothing.

    Without settings they come from the nearest sealgate.yaml and the environment. Our own server passes its
    `certificates`, of which the metrics tell, and `stopping`, after which the service is not ready.

    Raises SettingsError where the settings can't be used, EngineError where the engine can't be built.
    """
    settings = settings or Settings.load(find(Path.cwd()), os.environ)
    engine = engine or engines.build(settings.engine)
    metrics = Metrics(certificates)
    decider = Decider(engine, settings, metrics)
    if source is None and settings.aws.enabled:
        source = sources.of_aws(settings.aws, observer=metrics)
    knowledge = Knowledge(defaults=settings.context, source=source)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    access.register(app, metrics)
    errors.register(app)
    if settings.tls is not None and settings.tls.client_ca is not None:
        clients.register(app)
    app.register_blueprint(validate.blueprint(decider, settings, knowledge))
    app.register_blueprint(admit.blueprint(decider, settings, knowledge))
    app.register_blueprint(authorize.blueprint(decider, settings, metrics, knowledge))
    app.register_blueprint(opa.blueprint(decider, settings, metrics, knowledge))
    app.register_blueprint(plan.blueprint(decider, settings, knowledge))
    app.register_blueprint(questions.blueprint(engine, settings, knowledge))
    app.register_blueprint(rules.blueprint())
    app.register_blueprint(ops.blueprint(engine, metrics, stopping or threading.Event()))
    return app
