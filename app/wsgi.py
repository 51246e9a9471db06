"""What gunicorn serves: ``gunicorn -c python:app.gunicorn_conf app.wsgi:application``."""

from __future__ import annotations

from app import create_app, jobs, wiring

application = create_app()
wiring.services().watch()
jobs.start(wiring.services(), application.config["SHUDI"].var_dir)
