"""The zip that the registry hands out holds all that runs, and nothing that only developers need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

NEEDED = ("nodes", "eadnet_core", "web", "locales", "workflows", "assets")


def test_node_pack_is_whole(bring_up: ModuleType, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(bring_up.base_folder("zip") / "custom_nodes" / "EAD-Net", pack, ignore=shutil.ignore_patterns("__pycache__"))
    for command in (["git", "init", "--quiet"], ["git", "add", "--all"]):
        subprocess.run(command, cwd=pack, check=True)
    cli = Path(sys.executable).parent / "comfy"
    command = [str(cli), "--skip-prompt", "--no-enable-telemetry", "node", "pack"]
    environment = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=pack, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(pack / "node.zip") as archive:
        names = set(archive.namelist())
    wanted = {str(path.relative_to(pack)) for folder in NEEDED for path in (pack / folder).rglob("*") if path.is_file()}
    assert wanted | {"__init__.py", "pyproject.toml", "requirements.txt", "LICENSE", "README.md"} <= names
    assert not [name for name in names if name.startswith(("tests/", "scripts/", "benchmarks/", ".ci/", "docs/"))]
