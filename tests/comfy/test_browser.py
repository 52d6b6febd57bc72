"""The pack in a browser: templates open, nothing is missing, a queued prompt shows its video; screenshots land in output/screens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.comfy.workflow import NAMES, ROOT, read_workflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.comfy.client import Client

SCREENS = ROOT / "output" / "screens"
PACK = "EAD-Net"
PATIENCE_MS = 300_000
"""The browser shares its cores with ComfyUI."""
READY = "window.app?.graph && Object.keys(window.LiteGraph?.registered_node_types ?? {}).some(name => name.startsWith('EADNet'))"
FIT = """() => {
    const boxes = app.graph._groups.map(group => group._bounding), canvas = app.canvas.canvas
    const left = Math.min(...boxes.map(b => b[0])), top = Math.min(...boxes.map(b => b[1]))
    const right = Math.max(...boxes.map(b => b[0] + b[2])), bottom = Math.max(...boxes.map(b => b[1] + b[3]))
    const width = canvas.width / devicePixelRatio, height = canvas.height / devicePixelRatio
    const scale = Math.min((width - 120) / (right - left), (height - 190) / (bottom - top))
    app.canvas.ds.scale = scale
    app.canvas.ds.offset = [(width / 2 + 30) / scale - (left + right) / 2, (height / 2 + 40) / scale - (top + bottom) / 2]
    app.canvas.setDirty(true, true)
}"""
"""The frontend's own 'fit view' animates; this does the same at once."""


@pytest.fixture
def errors() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, client: Client, errors: list[str]) -> Iterator[Page]:
    """The frontend, loaded, without the welcome dialog and without the map that would cover nodes on screenshots."""
    opened = browser.new_page(viewport={"width": 1920, "height": 1080})
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.set_default_timeout(PATIENCE_MS)
    opened.goto(client.address)
    opened.wait_for_function(READY)
    opened.wait_for_timeout(1500)
    close_dialogs(opened)
    opened.evaluate("() => app.extensionManager.setting.set('Comfy.Minimap.Visible', false)")
    yield opened
    opened.close()


def close_dialogs(page: Page) -> None:
    """The templates that the frontend greets with are closed."""
    for _ in range(3):
        if not page.locator(".p-dialog, [role=dialog]").count():
            break
        page.keyboard.press("Escape")
        page.wait_for_timeout(500)


def screenshot(page: Page, name: str) -> Path:
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}.png"
    page.evaluate(FIT)
    page.wait_for_timeout(1000)
    page.screenshot(path=str(path))
    return path


def unknown_nodes(page: Page) -> list[str]:
    return page.evaluate("() => app.graph._nodes.map(node => node.type).filter(type => !(type in LiteGraph.registered_node_types))")


@pytest.mark.parametrize("name", NAMES)
def test_template_opens_from_the_template_browser(page: Page, errors: list[str], name: str) -> None:
    page.evaluate("() => app.extensionManager.command.execute('Comfy.BrowseTemplates')")
    dialog = page.locator("[role=dialog]").last
    dialog.get_by_text(PACK, exact=True).first.click()
    dialog.get_by_text(name).first.click()
    page.wait_for_function(f"() => app.graph._nodes.length === {len(read_workflow(name)['nodes'])}")
    page.wait_for_timeout(1000)
    assert not unknown_nodes(page) and not errors
    assert screenshot(page, name).stat().st_size > 50_000
    boxes: list[list[float]] = page.evaluate("() => app.graph._nodes.map(n => [n.pos[0], n.pos[1] - 30, n.size[0], n.size[1] + 30])")
    overlapping = [
        (one, other)
        for i, one in enumerate(boxes)
        for other in boxes[:i]
        if one[0] < other[0] + other[2] and other[0] < one[0] + one[2] and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]
    ]
    assert not overlapping


def test_a_workflow_saved_before_inputs_were_appended_keeps_its_values(page: Page, errors: list[str]) -> None:
    """The sampler of version 0.1.0 had the inputs up to `action_units` and five widget values."""
    workflow = read_workflow("08_action_units")
    (sampler,) = (node for node in workflow["nodes"] if node["type"] == "EADNetSampler")
    sampler["inputs"] = sampler["inputs"][:10]
    sampler["widgets_values"] = [2, 1.5, 0.5, 7, "fixed"]
    page.evaluate("workflow => app.loadGraphData(workflow)", workflow)
    loaded: dict[str, Any] = page.evaluate("""() => {
        const node = app.graph._nodes.find(node => node.type === 'EADNetSampler')
        return {values: Object.fromEntries(node.widgets.map(widget => [widget.name, widget.value])),
                linked: node.inputs.filter(input => input.link != null).map(input => input.name)}
    }""")
    values = {"steps": 2, "audio_guidance": 1.5, "emotion_guidance": 0.5, "seed": 7, "action_unit_guidance": 1}
    assert {name: loaded["values"][name] for name in values} == values and not errors
    assert loaded["linked"] == ["model", "portrait", "speech", "emotion", "action_units"]


def test_first_template_queued_from_the_page_shows_its_video(page: Page, client: Client, errors: list[str]) -> None:
    name = NAMES[0]
    page.goto(f"{client.address}/?template={name}&source={PACK}")
    page.wait_for_function(f"() => window.app?.graph?._nodes?.length === {len(read_workflow(name)['nodes'])}")
    page.wait_for_timeout(1500)
    close_dialogs(page)
    before = set((client.comfyui.base / "output" / "video").glob(f"{name}*.mp4"))
    page.get_by_text("Run", exact=True).first.click()
    video = page.locator("video")
    video.first.wait_for(state="attached")
    end = time.monotonic() + 30
    while video.first.evaluate("element => element.readyState") < 1 and time.monotonic() < end:
        page.wait_for_timeout(250)
    shown: dict[str, Any] = video.first.evaluate("e => ({width: e.videoWidth, seconds: e.duration, error: e.error?.message ?? null})")
    assert shown["width"] == 512 and abs(shown["seconds"] - 8.76) < 0.1 and shown["error"] is None
    assert len(set((client.comfyui.base / "output" / "video").glob(f"{name}*.mp4")) - before) == 1
    assert not errors
    screenshot(page, f"{name}_done")


def test_help_page_and_translation_are_served(page: Page, client: Client) -> None:
    text = page.evaluate("async name => (await fetch(`/extensions/${name}/docs/EADNetSampler.md`)).text()", PACK)
    assert text.startswith("# EAD-Net Sampler")
    chinese = json.loads((ROOT / "locales" / "zh" / "nodeDefs.json").read_text(encoding="utf-8"))
    assert client.get("/i18n")["zh"]["nodeDefs"]["EADNetSampler"] == chinese["EADNetSampler"]
