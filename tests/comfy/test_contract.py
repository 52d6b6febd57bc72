"""What saved workflows rely on: every schema as it was, apart from what is appended; and templates that the tools accept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from tests.comfy.workflow import NAMES, ROOT, read_prompt, read_workflow, to_prompt

if TYPE_CHECKING:
    from tests.comfy.client import Client

EARLIER_PORTRAITS = {"drawn woman": "rendered woman", "drawn man": "rendered man", "drawn elder": "rendered man in stripes"}
"""What workflows of version 0.1 name, and what comes out now."""
SNAPSHOT = Path(__file__).parent / "schemas.json"


def facts(info: dict[str, Any]) -> dict[str, Any]:
    """What of a node a saved workflow depends on: inputs in order with type, default and range, and outputs."""
    kept = ("default", "min", "max", "step", "options", "multiline", "control_after_generate")
    inputs = [
        [part, name, kind if isinstance(kind, str) else "COMBO", {key: value for key, value in options.items() if key in kept}]
        for part in ("required", "optional")
        for name, (kind, options) in info["input"].get(part, {}).items()
    ]
    outputs = [list(entry) for entry in zip(info["output"], info["output_name"], info["output_is_list"], strict=True)]
    return {"inputs": inputs, "outputs": outputs, "category": info["category"]}


@pytest.fixture(scope="module")
def nodes(object_info: dict[str, Any]) -> dict[str, Any]:
    return {name: info for name, info in object_info.items() if name.startswith("EADNet")}


def grown_from(old: list[Any], new: list[Any]) -> bool:
    """Whether an input is what it was, but for choices appended to it and a wider range."""
    choices, more = old[3].get("options", []), new[3].get("options", [])
    if set(EARLIER_PORTRAITS) <= set(choices) and not set(EARLIER_PORTRAITS) & set(more):
        return old[:3] == new[:3] and set(EARLIER_PORTRAITS.values()) <= set(more)  # the node still takes the earlier names
    rest = [{key: value for key, value in entry[3].items() if key not in ("options", "min", "max")} for entry in (old, new)]
    (low, high), (lower, higher) = ([entry[3].get(key, 0) for key in ("min", "max")] for entry in (old, new))
    return old[:3] == new[:3] and rest[0] == rest[1] and more[: len(choices)] == choices and lower <= low and high <= higher


def test_schemas_only_grow(nodes: dict[str, Any]) -> None:
    """To record an addition on purpose: EADNET_UPDATE_SCHEMAS=1 make test-comfy."""
    now = json.loads(json.dumps({name: facts(info) for name, info in nodes.items()}))
    before = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert set(before) <= set(now)
    for name, recorded in before.items():
        for part in ("required", "optional"):
            old, new = ([entry for entry in node["inputs"] if entry[0] == part] for node in (recorded, now[name]))
            assert len(new) >= len(old) and all(map(grown_from, old, new)), name
            assert all("default" in entry[3] or part == "optional" for entry in new[len(old) :]), name
        assert now[name]["outputs"][: len(recorded["outputs"])] == recorded["outputs"], name
        assert now[name]["category"] == recorded["category"], name
    if "EADNET_UPDATE_SCHEMAS" in os.environ:
        SNAPSHOT.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        assert now == before, "something was appended: record it with EADNET_UPDATE_SCHEMAS=1"


def test_every_node_input_and_output_is_explained(nodes: dict[str, Any]) -> None:
    for name, info in nodes.items():
        assert info["description"] and info["display_name"].startswith("EAD-Net "), name
        assert all(info["output_tooltips"]), name
        for part in ("required", "optional"):
            assert all(options.get("tooltip") for _, options in info["input"].get(part, {}).values()), name


def test_english_translation_says_what_the_nodes_say(nodes: dict[str, Any]) -> None:
    english = json.loads((ROOT / "locales" / "en" / "nodeDefs.json").read_text(encoding="utf-8"))
    for name, info in nodes.items():
        assert english[name]["display_name"] == info["display_name"] and english[name]["description"] == info["description"]
        tooltips = {
            key: options["tooltip"] for part in ("required", "optional") for key, (_, options) in info["input"].get(part, {}).items()
        }
        assert {key: entry["tooltip"] for key, entry in english[name]["inputs"].items()} == tooltips
        assert [entry["tooltip"] for entry in english[name]["outputs"].values()] == info["output_tooltips"]


@pytest.fixture(scope="module")
def prompts_version(client: Client, bring_up: ModuleType) -> None:
    """The stored prompts are of one version of ComfyUI: later ones have a Save Video of another form, which still takes them."""
    running = client.get("/system_stats")["system"]["comfyui_version"]
    if running != bring_up.COMFYUI_VERSION:
        pytest.skip(f"the stored prompts are of ComfyUI {bring_up.COMFYUI_VERSION}, not {running}")


@pytest.mark.usefixtures("prompts_version")
@pytest.mark.parametrize("name", NAMES)
def test_prompt_is_the_workflow(name: str, object_info: dict[str, Any]) -> None:
    """The stored API copy and the template say the same."""
    stored = {key: {"class_type": entry["class_type"], "inputs": entry["inputs"]} for key, entry in read_prompt(name).items()}
    assert to_prompt(read_workflow(name), object_info) == stored


@pytest.mark.parametrize("name", NAMES)
def test_comfy_cli_finds_no_fault_in_templates(name: str, object_info: dict[str, Any], tmp_path: Path) -> None:
    check_by_comfy_cli(ROOT / "workflows" / f"{name}.json", object_info, tmp_path)


@pytest.mark.usefixtures("prompts_version")
@pytest.mark.parametrize("name", NAMES)
def test_comfy_cli_finds_no_fault_in_prompts(name: str, object_info: dict[str, Any], tmp_path: Path) -> None:
    check_by_comfy_cli(ROOT / "tests" / "comfy" / "prompts" / f"{name}.json", object_info, tmp_path)


def check_by_comfy_cli(workflow: Path, object_info: dict[str, Any], tmp_path: Path) -> None:
    saved = tmp_path / "object_info.json"
    saved.write_text(json.dumps(object_info), encoding="utf-8")
    cli = Path(sys.executable).parent / "comfy"
    command = [str(cli), "--skip-prompt", "--no-enable-telemetry", "workflow", "validate"]
    command += ["--workflow", str(workflow), "--input", str(saved)]
    done = subprocess.run(command, env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["data"]["valid"]
