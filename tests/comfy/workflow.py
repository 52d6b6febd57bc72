"""Workflows as they are shared (UI format) and as the server runs them (API format)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NAMES = tuple(sorted(path.stem for path in (ROOT / "workflows").glob("*.json")))
WIDGET_TYPES = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}


def read_workflow(name: str) -> dict[str, Any]:
    """A template in UI format."""
    return json.loads((ROOT / "workflows" / f"{name}.json").read_text(encoding="utf-8"))


def read_prompt(name: str) -> dict[str, Any]:
    """The stored copy in API format."""
    return json.loads((ROOT / "tests" / "comfy" / "prompts" / f"{name}.json").read_text(encoding="utf-8"))


def to_prompt(workflow: dict[str, Any], object_info: dict[str, Any]) -> dict[str, Any]:
    """The API format of a workflow, by the order of widgets in object_info, as the frontend does it."""
    origins = {link[0]: [str(link[1]), link[2]] for link in workflow["links"]}
    prompt = {}
    for node in workflow["nodes"]:
        info = object_info.get(node["type"])
        if info is None:
            continue
        linked = {entry["name"]: origins[entry["link"]] for entry in node["inputs"] if entry.get("link") is not None}
        values = iter(node["widgets_values"])
        inputs: dict[str, Any] = {}
        for part in ("required", "optional"):
            for name, (kind, *options) in info["input"].get(part, {}).items():
                if isinstance(kind, list) or kind in WIDGET_TYPES:
                    inputs[name] = next(values)
                    if options and options[0].get("control_after_generate"):
                        next(values)
                if name in linked:
                    inputs[name] = linked[name]
        assert not list(values), f"{node['type']} has more widget values than widgets"
        prompt[str(node["id"])] = {"class_type": node["type"], "inputs": inputs}
    return prompt
