"""Workflows can be read at a glance: no link runs behind a node, and groups lie beside each other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / "workflows").glob("*.json"))
TITLE, ROW, INSET, MARGIN = 30, 20, 10, 4
"""Pixels: height of a node's title and of a row of sockets, how far sockets lie inside, and what a link keeps clear of a node.
Source: LiteGraph."""

Point = tuple[float, float]


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def spline(start: Point, end: Point) -> Iterator[Point]:
    """A link as LiteGraph draws it: a cubic that leaves and arrives level, its handles a quarter of the distance long."""
    reach = math.dist(start, end) / 4
    for step in range(101):
        t, s = step / 100, 1 - step / 100
        handles = 3 * s * s * t * (start[0] + reach) + 3 * s * t * t * (end[0] - reach)
        yield s**3 * start[0] + handles + t**3 * end[0], (s**3 + 3 * s * s * t) * start[1] + (3 * s * t * t + t**3) * end[1]


def line(start: Point, end: Point) -> Iterator[Point]:
    for step in range(101):
        yield start[0] + (end[0] - start[0]) * step / 100, start[1] + (end[1] - start[1]) * step / 100


def course(workflow: dict[str, Any], link: list[Any]) -> list[Point]:
    """Points along a link, from socket to socket, past its reroutes."""
    number, origin, slot, target, entry, _ = link
    nodes = {node["id"]: node for node in workflow["nodes"]}
    sockets = [i for i, one in enumerate(nodes[target]["inputs"]) if "widget" not in one]
    (left, top), (x, y), width = nodes[target]["pos"], nodes[origin]["pos"], nodes[origin]["size"][0]
    start, end = (x + width - INSET, y + (slot + 0.7) * ROW), (left + INSET, top + (sockets.index(entry) + 0.7) * ROW)
    reroutes = {one["id"]: one for one in workflow["extra"].get("reroutes", [])}
    last = {one["id"]: one["parentId"] for one in workflow["extra"].get("linkExtensions", [])}.get(number)
    stops = [end]
    while last is not None:
        assert number in reroutes[last]["linkIds"]
        stops.insert(0, tuple(reroutes[last]["pos"]))
        last = reroutes[last].get("parentId")
    stops.insert(0, start)
    if len(stops) == 2:
        return list(spline(start, end))
    return [point for one, other in zip(stops, stops[1:], strict=False) for point in line(one, other)]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_link_runs_behind_a_node(path: Path) -> None:
    workflow = read(path)
    for link in workflow["links"]:
        points = course(workflow, link)
        for node in workflow["nodes"]:
            (x, y), (width, height) = node["pos"], node["size"]
            side = -INSET if node["id"] in (link[1], link[3]) else MARGIN  # at its own nodes a link ends under the edge
            behind = [p for p in points if x - side < p[0] < x + width + side and y - TITLE - side < p[1] < y + height + side]
            assert not behind, f"link {link[0]} ({link[5]}) runs behind {node['type']} at {behind[0]}"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_groups_lie_beside_each_other(path: Path) -> None:
    groups = read(path)["groups"]
    for i, group in enumerate(groups):
        x, y, width, height = group["bounding"]
        for other in groups[:i]:
            left, top, across, down = other["bounding"]
            apart = x + width <= left or left + across <= x or y + height <= top or top + down <= y
            assert apart, f"'{group['title']}' lies on '{other['title']}'"
        assert group["title"].startswith(f"{i + 1} "), "groups are numbered in the order in which they are read"


@pytest.mark.parametrize("path", [path for path in WORKFLOWS if "06" <= path.stem < "10"], ids=lambda path: path.stem)
def test_notes_of_feelings_say_where_a_language_model_goes(path: Path) -> None:
    assert any("ComfyUI/models/LLM" in node["widgets_values"][0] for node in read(path)["nodes"] if node["type"] == "MarkdownNote")
