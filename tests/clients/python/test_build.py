"""What would be published is whole: it is built, checked, installed where nothing else is, and asks a service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import alignment_assessment
from tests.faults.servers import Server

pytestmark = pytest.mark.xdist_group("python-client")
ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "clients" / "python"
LOCK = ROOT / "requirements" / "dev.lock"
NAME = "alignment-assessment-client"
ASK = """
import alignment_assessment, sys
with alignment_assessment.Client() as client:
    result = client.scores.create(rubric="alignment-quick", answers={"sla-agreement": "one-sided"})
    print(result.bounds.lower, result.rubric.id, alignment_assessment.__version__)
"""


def run(*command: str | Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASSESSMENT_", "PYTHON"))}
    done = subprocess.run(
        command, env=kept | environment, cwd=SOURCE, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both artefacts, the wheel made from the source archive."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, SOURCE)
    return folder


def test_the_artefacts_are_fit_to_be_published(built: Path) -> None:
    run(sys.executable, "-m", "twine", "check", "--strict", *sorted(built.iterdir()))
    [wheel], [archive] = built.glob("*.whl"), built.glob("*.tar.gz")
    version = alignment_assessment.__version__
    assert wheel.name == f"alignment_assessment_client-{version}-py3-none-any.whl"
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {path.relative_to(SOURCE).as_posix() for path in (SOURCE / "alignment_assessment").rglob("*.py")}
    assert sources | {"alignment_assessment/py.typed"} == {name for name in names if ".dist-info/" not in name}
    assert f"alignment_assessment_client-{version}.dist-info/licenses/LICENSE" in names
    with tarfile.open(archive) as opened:
        assert f"alignment_assessment_client-{version}/LICENSE" in opened.getnames()


def test_the_licence_is_that_of_the_repository() -> None:
    assert (SOURCE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def needed(name: str) -> Iterator[str]:
    """The names of what a distribution needs, and what that needs."""
    for text in requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)
            yield from needed(requirement.name)


def pip(python: Path, command: str, *arguments: str | Path) -> None:
    """A command of pip on another environment; an environment that uv has made has no pip of its own."""
    uv = shutil.which("uv")
    if uv is None:
        run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, command, *arguments)
    else:
        run(uv, "pip", command, "--python", python, *arguments)


def test_the_wheel_works_where_nothing_else_is(built: Path, sqlite_service: Server, tmp_path: Path) -> None:
    [wheel] = built.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=False, system_site_packages=False)
    python = tmp_path / "venv" / "bin" / "python"
    # The versions that the lock names, by its hashes.
    locked = {entry.partition("==")[0]: entry for entry in re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8"))}
    (tmp_path / "needed.txt").write_text("\n".join(locked[name] for name in sorted(set(needed(NAME)))))
    pip(python, "install", "--quiet", "--require-hashes", "--no-deps", "-r", tmp_path / "needed.txt")
    pip(python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    pip(python, "check")
    address = {"ASSESSMENT_BASE_URL": sqlite_service.url, "ASSESSMENT_API_KEY": sqlite_service.keys.secret}
    said = run(python, "-I", "-W", "error", "-c", ASK, **address)
    assert said == f"2.55 alignment-quick {alignment_assessment.__version__}\n"
    assert run(python.with_name("alignment-assessment"), "--version") == f"{alignment_assessment.__version__}\n"
