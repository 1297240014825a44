"""The HTTP service, made by an application factory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from sealgate import engines
from sealgate.metrics import Metrics
from sealgate.settings import Settings, find
from sealgate.views import access, admit, authorize, errors, opa, ops, plan, questions, rules, validate
from sealgate.views.deciding import Decider

if TYPE_CHECKING:
    from sealgate.engines import Engine


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> Flask:
    """Build the service. Tests pass settings and a fake engine; production passes neither.

    Without settings they come from the nearest sealgate.yaml and the environment.

    Raises SettingsError where the settings can't be used, EngineError where the engine can't be built.
    """
    settings = settings or Settings.load(find(Path.cwd()), os.environ)
    engine = engine or engines.build(settings.engine)
    metrics = Metrics()
    decider = Decider(engine, settings, metrics)

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    access.register(app, metrics)
    errors.register(app)
    app.register_blueprint(validate.blueprint(decider, settings))
    app.register_blueprint(admit.blueprint(decider, settings))
    app.register_blueprint(authorize.blueprint(decider, settings, metrics))
    app.register_blueprint(opa.blueprint(decider, settings, metrics))
    app.register_blueprint(plan.blueprint(decider, settings))
    app.register_blueprint(questions.blueprint(engine, settings))
    app.register_blueprint(rules.blueprint())
    app.register_blueprint(ops.blueprint(engine, metrics))
    return app
