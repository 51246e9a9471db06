"""Health, readiness, metrics and one log line per request; none of them holds personal data.

Each worker process counts for itself unless PROMETHEUS_MULTIPROC_DIR is set (gunicorn_conf.py sets
it), in which case ``/metrics`` answers with the sum over all workers.
"""

from __future__ import annotations

import logging
import os
import time

from flask import Flask, Response, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

from app.wiring import services
from routing.errors import ShudiError

log = logging.getLogger("shudi.access")

# Labels are route patterns, methods and statuses: a case number never becomes a label.
_LABELS = ("method", "route", "status")
REQUESTS = Counter("shudi_http_requests", "Requests answered.", _LABELS)
SECONDS = Histogram(
    "shudi_http_request_seconds",
    "Time to answer a request.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
DECISIONS = Counter("shudi_decisions", "Decisions made, by status.", ("status",))
CASES = Counter("shudi_cases_received", "Complaints received; repeated are not new.", ("outcome",))
MOVES = Counter("shudi_case_moves", "Moves asked for, by outcome.", ("move", "outcome"))


def register(app: Flask) -> None:
    """Add the three probes, and time and count every request."""
    app.before_request(_start)
    app.after_request(_finish)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", metrics)


def healthz() -> Response:
    """The process lives; says nothing of the database, so that a restart cures what it can."""
    return jsonify(status="ok")


def readyz() -> tuple[Response, int]:
    """Whether complaints can be routed and stored now: database there, boundaries loaded."""
    try:
        checks = services().readiness()
    except ShudiError as wrong:
        return jsonify(status="unavailable", reason=str(wrong)), 503
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "unavailable", checks=checks), 200 if ready else 503


def metrics() -> Response:
    """Prometheus text format; see the module for several workers."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(answer: Response) -> Response:
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "(none)"
    REQUESTS.labels(request.method, route, str(answer.status_code)).inc()
    SECONDS.labels(request.method, route).observe(seconds)
    # The pattern, not the path or query: both may quote what a person typed.
    log.info("%s %s %s %.1f ms", request.method, route, answer.status_code, seconds * 1000)
    return answer
