"""A real ComfyUI with the pack in it, and a real browser on it; `make test-comfy` runs these, everything else skips them."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.comfy.client import Client

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Without `make test-comfy` only the file that says so is collected: the others need ComfyUI's environment."""
    inside = HERE in collection_path.parents and collection_path.suffix == ".py"
    return True if inside and "EADNET_COMFY" not in os.environ and collection_path.name != "test_skipped.py" else None


@pytest.fixture(scope="session")
def bring_up() -> ModuleType:
    """scripts/comfy.py, under a name that is not ComfyUI's."""
    spec = importlib.util.spec_from_file_location("bring_up_comfy", ROOT / "scripts" / "comfy.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def client(bring_up: ModuleType) -> Iterator[Client]:
    """A client of a ComfyUI of the module's own: what another module ran is not in its cache."""
    from tests.comfy.client import Client

    log = bring_up.HOME / "test.log"
    with bring_up.server(bring_up.base_folder("test"), bring_up.free_port(), log) as comfyui, Client(comfyui) as connected:
        yield connected


@pytest.fixture(scope="module")
def object_info(client: Client) -> dict[str, Any]:
    """What the running ComfyUI says of all its nodes."""
    return client.get("/object_info")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    path = os.environ.get("EADNET_CHROMIUM")
    if path is None:
        pytest.skip("no Chromium was found, and none could be installed")
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ]  # fmt: skip
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()
