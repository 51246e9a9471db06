"""gunicorn's settings hold what the metrics and the log rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_PRINT = """
import os, sys
from app import gunicorn_conf as conf
assert "prometheus_client" not in sys.modules, "it would count in memory, not in files"
assert os.environ["PROMETHEUS_MULTIPROC_DIR"]
conf.on_exit(None)
assert not os.path.exists(os.environ["PROMETHEUS_MULTIPROC_DIR"])
print(conf.bind, conf.workers, conf.worker_class, conf.threads, conf.preload_app)
print(conf.access_log_format)
"""


def test_settings_come_from_the_environment_and_counters_go_to_files(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PROMETHEUS")}
    env |= {"SHUDI_DEMO": "1", "SHUDI_VAR": str(tmp_path), "SHUDI_BIND": "127.0.0.1:8123"}
    done = subprocess.run(
        [sys.executable, "-c", _PRINT], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    settings, log = done.stdout.splitlines()
    assert settings == "127.0.0.1:8123 2 gthread 4 False"
    # U is the path without the query; r, q, f and a would print queries, referrers and agents.
    assert "%(U)s" in log
    assert not [field for field in ("%(r)s", "%(q)s", "%(f)s", "%(a)s") if field in log]
