"""The documents tell the truth: their commands are run, and nothing is left undescribed."""

from __future__ import annotations

import ast
import configparser
import contextlib
import importlib.metadata
import io
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from tests import documents
from tests.documents import ROOT, Block, Command

DOCUMENTS = documents.documents()
PACKAGES = ("routing", "geodata", "maps", "app")

# Import name -> name of the package, where the two differ.
_PACKAGE_OF = {
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "docx": "python-docx",
    "flask_wtf": "flask-wtf",
    "prometheus_client": "prometheus-client",
    "sklearn": "scikit-learn",
}

# Declared and needed, but never imported, each with its reason.
_NOT_IMPORTED = {
    "gunicorn": "a program that app/serve.py runs",
    "tzdata": "read by zoneinfo",
}

# Names that begin with SHUDI_ in code or scripts and are no setting of a deployment.
_NO_SETTING = {
    "SHUDI_NEW_PASSWORD": "input of `shudi user add`; its help says so",
    "SHUDI_DEMO_HISTORY": "an option of `shudi demo load`; its help says so",
    "SHUDI_CHROMIUM": "where the browser of the tests is; CONTRIBUTING.md says so",
    "SHUDI_TEST_DATABASE_URL": "a server for the tests; tests/conftest.py says so",
    "SHUDI_DB_PASSWORD": "compose.yaml's own; .env.example says so",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def _requirements(text: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [_normal(re.split(r"[\s\[<>=!~;]", line)[0]) for line in lines if line]


def _declared() -> tuple[list[str], list[str]]:
    """Direct dependencies by setup.cfg: to run, to test and check."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = [
        name for text in setup["options.extras_require"].values() for name in _requirements(text)
    ]
    return _requirements(setup["options"]["install_requires"]), extras


def _source_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _imported() -> set[str]:
    """Top-level names of other people's packages that the four packages import."""
    names: set[str] = set()
    for path in _source_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(PACKAGES) - sys.stdlib_module_names


# --- commands that the documents show ---------------------------------------------------------


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration city's files in ``demo``, as the documents assume it."""
    folder = tmp_path_factory.mktemp("documents")
    command = Command(text=documents.DEMO, expected=(), status=0, line=0)
    status, printed = documents.run(command, folder)
    assert status == 0, "\n".join(printed)
    return folder


def _with_console() -> list[Path]:
    return [
        path
        for path in DOCUMENTS
        if any(block.language == "console" for block in documents.blocks(path.read_text("utf-8")))
    ]


@pytest.mark.parametrize("path", _with_console(), ids=_name)
def test_commands_in_documents_print_what_the_documents_say(
    path: Path, demo_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(demo_folder, tmp_path, dirs_exist_ok=True)
    for block in documents.blocks(path.read_text("utf-8")):
        if block.language != "console":
            continue
        for command in documents.commands(block):
            status, printed = documents.run(command, tmp_path)
            shown = "\n".join(printed)
            where = f"{_name(path)}:{command.line}: $ {command.text}"
            assert status == command.status, f"{where}\nended with {status}:\n{shown}"
            assert documents.matches(command.expected, printed), (
                f"{where}\nprinted:\n{shown}\n\nthe document says:\n" + "\n".join(command.expected)
            )


def _block(*lines: str) -> Block:
    return Block(language="console", lines=lines, line=10)


def test_a_block_is_read_as_commands_with_output_and_status() -> None:
    read = documents.commands(
        _block("$ shudi a \\", "    -b c", "one", "", "$ false  # exit status 1", "$ true")
    )
    assert read == [
        Command(text="shudi a \\\n    -b c", expected=("one",), status=0, line=10),
        Command(text="false", expected=(), status=1, line=14),
        Command(text="true", expected=(), status=0, line=15),
    ]


def test_output_that_differs_does_not_match() -> None:
    assert documents.matches(("a", "b"), ["a", "b"])
    assert not documents.matches(("a", "b"), ["a"])
    assert not documents.matches(("a",), ["a", "b"])
    assert not documents.matches((), ["a warning nobody described"])
    assert documents.matches(("a", "…", "d"), ["a", "b", "c", "d"])
    assert not documents.matches(("a", "…", "d"), ["a", "b", "c"])


def test_a_command_is_run_and_its_output_and_status_come_back(tmp_path: Path) -> None:
    command = Command(text="echo out; echo err >&2; exit 3", expected=(), status=3, line=1)
    assert documents.run(command, tmp_path) == (3, ["out", "err"])


def test_a_console_block_without_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="line 10"):
        documents.commands(_block("just output"))


def test_an_unclosed_block_is_refused() -> None:
    with pytest.raises(ValueError, match="not closed"):
        documents.blocks("text\n```console\n$ true\n")


def test_renewing_writes_what_is_printed_and_leaves_the_rest(tmp_path: Path) -> None:
    fence = "`" * 3
    old = (
        f"# A\n\n{fence}console\n$ printf 'a\\nb\\nc\\nd\\n'\na\n…\nd\n\n$ echo \\\n    new; exit 3"
        f"  # exit status 3\nold\nolder\n$ true\nwas printed\n{fence}\n\n"
        f"{fence}sh\n$ echo\n{fence}\nend\n"
    )
    new = old.replace("old\nolder\n", "new\n").replace("was printed\n", "")
    assert documents.renewed(old, tmp_path) == new
    assert documents.renewed(new, tmp_path) == new
    with pytest.raises(ValueError, match="line 9: ended with 3"):
        documents.renewed(old.replace("exit status 3", "exit status 2"), tmp_path)


def test_lines_left_out_stay_left_out_only_between_lines_that_are_printed() -> None:
    printed = ["a", "b", "c", "d"]
    assert documents.abridged(("a", "…", "d"), printed) == ["a", "…", "d"]
    assert documents.abridged(("…", "c", "x"), printed) == ["…", "c", "d"]
    assert documents.abridged(("a", "…"), printed) == ["a", "…"]
    assert documents.abridged(("a", "…", "gone"), printed) == printed
    assert documents.abridged(("gone", "…", "d"), printed) == printed
    assert documents.abridged(("a", "…", "b"), printed) == printed


# --- what the documents have to cover ---------------------------------------------------------


def test_cli_reference_is_what_help_prints() -> None:
    # In a process of its own: click keeps the help option a command was first called with, and
    # other tests call commands without the group they belong to.
    made = subprocess.run(
        [sys.executable, "-m", "app.cli.reference"], cwd=ROOT, capture_output=True, check=True
    )
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert written == made.stdout.decode(), (
        "run: .venv/bin/python -m app.cli.reference > docs/cli.md"
    )


def test_every_command_and_option_says_what_it_does() -> None:
    from app.cli.reference import commands

    silent = []
    for path, command, context in commands():
        if not (command.help or "").strip():
            silent.append(path)
        silent += [
            f"{path} {option.opts[0]}"
            for option in command.get_params(context)
            if isinstance(option, click.Option) and not (option.help or "").strip()
        ]
    assert not silent, f"without a help text: {silent}"


def test_every_variable_that_is_read_is_a_setting() -> None:
    from app.config import KEYS

    known = {key.name for key in KEYS} | set(_NO_SETTING)  # KEYS are documented: test_config.py
    files = [
        *_source_files(),
        *(path for path in (ROOT / "scripts").iterdir() if path.is_file()),
        ROOT / "compose.yaml",
        ROOT / "Dockerfile",
    ]
    used = {
        name: _name(path)
        for path in files
        for name in re.findall(r"\bSHUDI_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8"))
    }
    unknown = {name: where for name, where in used.items() if name not in known}
    assert not unknown, f"neither in app/config.py KEYS nor explained in this test: {unknown}"


def test_every_dependency_has_its_reason_on_the_page() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    told = {_normal(name) for name in re.findall(r"`([A-Za-z0-9_.-]+)`", page)}
    running, extras = _declared()
    missing = sorted({*running, *extras} - told)
    assert not missing, f"docs/dependencies.md does not say why: {missing}"


def test_the_page_names_no_dependency_that_is_gone() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    before, _, _ = page.partition("## From elsewhere")
    rows = [line.split("|")[1] for line in before.splitlines() if line.startswith("| `")]
    told = {_normal(name) for row in rows for name in re.findall(r"`([^`]+)`", row)}
    running, extras = _declared()
    assert told == {*running, *extras}


def test_what_is_imported_is_declared() -> None:
    running, _ = _declared()
    undeclared = {
        name for name in _imported() if _normal(_PACKAGE_OF.get(name, name)) not in running
    }
    assert not undeclared, f"imported but not in install_requires: {sorted(undeclared)}"


def test_what_is_declared_is_imported() -> None:
    running, _ = _declared()
    imported = {_normal(_PACKAGE_OF.get(name, name)) for name in _imported()}
    unused = set(running) - imported - set(_NOT_IMPORTED)
    assert not unused, f"in install_requires but never imported: {sorted(unused)}"
    assert not set(_NOT_IMPORTED) & imported, "now imported: take it out of the exceptions"


def test_every_dependency_is_pinned_to_what_is_installed() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    running, extras = _declared()
    installed = {name: importlib.metadata.version(name) for name in (*running, *extras)}
    assert {name: pins.get(name) for name in installed} == installed


# --- form -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    broken = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", text)
        if not target.startswith(("http:", "https:", "mailto:", "#"))
        and not (path.parent / target.partition("#")[0]).exists()
    ]
    assert not broken, f"{_name(path)} links to what is not there: {broken}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_toml_in_documents_can_be_read(path: Path) -> None:
    for block in documents.blocks(path.read_text("utf-8")):
        if block.language == "toml":
            tomllib.loads("\n".join(block.lines))


def test_decisions_are_numbered_and_complete() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        for part in (
            "\nDate: ",
            "Status: ",
            "\n## Context\n",
            "\n## Decision\n",
            "\n## Consequences",
        ):
            assert part in text, f"{path.name} lacks {part.strip()!r}"


def test_the_classes_and_their_radii_are_the_ones_in_the_code() -> None:
    from app.words import PRECISIONS
    from routing.geocoding.uncertainty import RADII_M

    page = (ROOT / "docs" / "geocoding.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\d+) m \|", page, re.MULTILINE)
    in_code = [(one.value, PRECISIONS[one], f"{radius_m:g}") for one, radius_m in RADII_M.items()]
    assert sorted(rows) == sorted(in_code)


def test_the_penalties_are_the_ones_in_the_code() -> None:
    from routing.geocoding import ground, parts, placing
    from routing.geocoding.context import CONTRADICTED
    from routing.geocoding.forms import FORM_PENALTIES
    from routing.geocoding.penalties import PENALTY_WORDS

    page = (ROOT / "docs" / "geocoding.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| ([\d.–]+) \|", page, re.MULTILINE)
    assert {name: words for name, words, _ in rows} == PENALTY_WORDS
    sizes = {name: size for name, _, size in rows}
    named = FORM_PENALTIES | {
        "not_yet": ground.NOT_YET,
        "loose": placing.LOOSE,
        "number_unknown": placing.NO_NUMBER,
        "interpolated": placing.INTERPOLATED,
        "number_gap": placing.NUMBER_GAP,
        "no_crossing": placing.NO_CROSSING,
        "passes": placing.PASSES,
        "some_junction": placing.SOME_JUNCTION,
        "stop_unnamed": placing.NO_STOP,
        "far_from_road": placing.FAR_FROM_ROAD,
        "building_unknown": parts.BUILDING_UNKNOWN,
        "gate_unknown": parts.GATE_UNKNOWN,
        "outside_stated": max(CONTRADICTED.values()),
    }
    told = {name: float(sizes[name]) for name in named if name in sizes}
    assert told == {name: size for name, size in named.items() if size}


def test_the_measurement_in_decision_2_comes_out_as_told() -> None:
    text = (ROOT / "docs" / "adr" / "0002-topology-in-degrees.md").read_text("utf-8")
    (script,) = (block for block in documents.blocks(text) if block.language == "python")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile("\n".join(script.lines), "0002", "exec"), {})
    measured = dict(
        line.removesuffix(" mm").split(" m: ") for line in printed.getvalue().splitlines()
    )
    table = dict(re.findall(r"^\| ([\d,]+) m \| ([\d.]+) mm \|$", text, re.MULTILINE))
    assert table.keys() == measured.keys()
    for length, told in table.items():
        assert float(told) == pytest.approx(float(measured[length]), rel=0.05), length


def test_scripts_say_what_they_do_and_are_executable() -> None:
    for path in [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]:
        if not path.is_file():
            continue
        lines = path.read_text("utf-8").splitlines()
        assert lines[0].startswith("#!"), f"{path.name} has no first line that says how to run it"
        assert lines[1].startswith(('"""', "# ")), f"{path.name} does not say what it does"
        assert path.stat().st_mode & 0o111, f"{path.name} is not executable"


def test_setup_refuses_a_level_it_does_not_know() -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "setup", "everything"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "'everything'" in done.stderr
