"""gunicorn's settings; the numbers come from the environment (docs/configuration.md)."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

from app.config import Config

_config = Config.from_env()

bind = _config.bind
workers = _config.workers
# Threads, because a request mostly waits for PostgreSQL; measured gthread 2x4 and sync 2 serve
# about the same number of requests, but sync stops for one slow query.
worker_class = "gthread"
threads = _config.threads
# The application is made in each worker: engines, connections and R-trees do not survive a fork.
preload_app = False
timeout = 60
graceful_timeout = 30  # on SIGTERM, requests under way may finish within this many seconds
keepalive = 5
limit_request_line = 8190
# It would be made in the home folder of whoever starts the program, and nobody here uses it.
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1" if _config.proxies == 0 else "*"

loglevel = _config.log_level.lower()
errorlog = "-"
accesslog = "-"
# No query string, no referrer, no user agent: a query may quote what a person searched for.
access_log_format = '%(t)s %(h)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'

logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": _config.log_level, "handlers": ["stderr"]},
    "loggers": {
        "alembic": {"level": "WARNING"},  # it announces its plugins at every start
        "shudi.access": {"level": "WARNING"},  # gunicorn's own access log already has the line
        "gunicorn.error": {"level": _config.log_level, "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
    },
}

# Counters of all workers are summed through files in this directory.
_own_metrics_dir = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _own_metrics_dir:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="shudi-metrics-")


def post_fork(server: Any, worker: Any) -> None:
    """Drop whatever the parent had opened; the worker makes its own engine and index."""
    from app import wiring

    wiring.forget()


def child_exit(server: Any, worker: Any) -> None:
    """Close the metrics files of a worker that ended."""
    # Not above: the client decides at import, by the variable, whether it writes to files.
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """Remove the metrics files, if they are ours."""
    if _own_metrics_dir:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
