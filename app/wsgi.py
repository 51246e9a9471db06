"""What gunicorn serves: ``gunicorn -c python:app.gunicorn_conf app.wsgi:application``."""

from __future__ import annotations

from app import create_app

application = create_app()
