"""What every node, help page, translation and workflow owes to those who rely on it; read from the sources, without ComfyUI."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACK = [path for folder in ("nodes", "eadnet_core") for path in sorted((ROOT / folder).rglob("*.py"))] + [ROOT / "__init__.py"]
RUNTIME = [path for path in PACK if not {"training", "synthetic"} & set(path.parts)]
"""What runs in ComfyUI; training and drawing are run by developers."""
FORBIDDEN_MODULES = {
    "subprocess", "socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "pickle", "dill", "shelve", "marshal",
    "pip", "ensurepip", "multiprocessing",
}  # fmt: skip
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "torch.load", "os.system", "os.popen", "torch.hub.load"}
COMFY_MODULES = {"comfy", "comfy_api", "comfy_execution", "folder_paths", "execution", "server"}
NODES = sorted(set(re.findall(r"class (EADNet\w+)\(io\.ComfyNode\)", "".join(p.read_text() for p in (ROOT / "nodes").glob("*.py")))))
WORKFLOWS = sorted((ROOT / "workflows").glob("*.json"))
LANGUAGES = ("en", "zh")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    """First words of what a file imports absolutely."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_all_nodes_are_there() -> None:
    assert NODES == [
        "EADNetActionUnitCurves", "EADNetActionUnitImport", "EADNetActionUnitPlan", "EADNetActionUnits", "EADNetDescribeEmotion",
        "EADNetDirections", "EADNetEmotion", "EADNetEmotionAnswer", "EADNetEmotionBlend", "EADNetEmotionFromVoice", "EADNetEmotionPrompt",
        "EADNetEmotionTimeline", "EADNetExample", "EADNetLoader", "EADNetMotionControl", "EADNetMotionExport", "EADNetMotionFromVideo",
        "EADNetPortrait", "EADNetRender", "EADNetSampler", "EADNetSpeech", "EADNetSyncScore", "EADNetVideo", "EADNetVideoReport",
    ]  # fmt: skip
    extension = (ROOT / "nodes" / "extension.py").read_text()
    assert all(re.search(rf"^            {name},$", extension, re.M) for name in NODES)


@pytest.mark.parametrize("path", PACK, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_forbidden_code(path: Path) -> None:
    allowed = {"multiprocessing"} if path not in RUNTIME else set()
    assert not imports(path) & (FORBIDDEN_MODULES - allowed)
    called = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    assert not called & FORBIDDEN_CALLS


@pytest.mark.parametrize("path", PACK, ids=lambda path: str(path.relative_to(ROOT)))
def test_comfyui_is_imported_in_nodes_only_and_the_pack_relatively(path: Path) -> None:
    if "nodes" not in path.relative_to(ROOT).parts:
        checked = {node.test.id for node in ast.walk(tree(path)) if isinstance(node, ast.If) and isinstance(node.test, ast.Name)}
        assert not imports(path) & COMFY_MODULES or (path.name == "__init__.py" and "TYPE_CHECKING" in checked)
    assert not imports(path) & {"eadnet_core", "nodes"}, "the folder in custom_nodes may have any name"


def test_comfyuis_insides_are_known_to_the_bridge_only() -> None:
    for path in (ROOT / "nodes").glob("*.py"):
        known = imports(path) & COMFY_MODULES - {"comfy_api", "folder_paths"}
        guarded = "if TYPE_CHECKING:" in path.read_text() and known == {"comfy"}
        assert not known or guarded, path


def test_root_exports_entrypoint_and_web_directory_only() -> None:
    public = [node for node in tree(ROOT / "__init__.py").body if not isinstance(node, (ast.Expr, ast.ImportFrom, ast.If))]
    names = [node.name if isinstance(node, ast.AsyncFunctionDef) else ast.unparse(node.targets[0]) for node in public]
    assert names == ["WEB_DIRECTORY", "comfy_entrypoint"]


@pytest.mark.parametrize("name", NODES)
def test_node_id_is_a_literal_in_a_direct_subclass(name: str) -> None:
    """ComfyUI Manager reads ids from the source text."""
    sources = [path for path in (ROOT / "nodes").glob("*.py") if f"class {name}(io.ComfyNode)" in path.read_text()]
    (source,) = sources
    assert source.stem == re.sub(r"(?<!^)(?=[A-Z])", "_", name.removeprefix("EADNet")).lower()
    schemas = [node for node in ast.walk(tree(source)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "io.Schema"]
    (schema,) = schemas
    given = {keyword.arg: keyword.value for keyword in schema.keywords}
    assert isinstance(given["node_id"], ast.Constant) and given["node_id"].value == name
    assert isinstance(given["description"], ast.Constant) and given["description"].value


@pytest.mark.parametrize("name", NODES)
def test_node_is_thin(name: str) -> None:
    """At most 25 lines of unpacking, one call, wrapping."""
    for path in (ROOT / "nodes").glob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name == "execute":
                assert node.end_lineno is not None and node.end_lineno - node.body[0].lineno < 25, path


@pytest.mark.parametrize("name", NODES)
def test_help_page_has_title_sketch_and_every_input(name: str) -> None:
    page = (ROOT / "web" / "docs" / f"{name}.md").read_text(encoding="utf-8")
    english = json.loads((ROOT / "locales" / "en" / "nodeDefs.json").read_text(encoding="utf-8"))[name]
    assert page.startswith(f"# {english['display_name']}\n")
    assert "```" in page or "![" in page
    sockets = page.split("```")[1]
    assert not [entry for entry in english["inputs"] if entry not in page and entry not in sockets]


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_hold_the_same_entries(language: str) -> None:
    english, other = (json.loads((ROOT / "locales" / code / "nodeDefs.json").read_text(encoding="utf-8")) for code in ("en", language))
    assert sorted(other) == NODES
    for name in NODES:
        assert list(other[name]["inputs"]) == list(english[name]["inputs"])
        assert list(other[name]["outputs"]) == list(english[name]["outputs"])
        texts = [other[name]["display_name"], other[name]["description"]]
        texts += [
            text for part in ("inputs", "outputs") for entry in other[name][part].values() for text in (entry["name"], entry["tooltip"])
        ]
        assert all(texts)


def test_workflows_are_there() -> None:
    assert [path.stem for path in WORKFLOWS] == [
        "01_portrait_speaks", "02_emotion_from_text", "03_emotion_timeline", "04_long_video", "05_compare_emotions",
        "06_llm_directs_the_scene", "07_emotion_from_voice", "08_action_units", "09_blend_two_feelings", "10_perform_a_portrait",
        "13_directed_by_lines",
    ]  # fmt: skip


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_is_whole(path: Path) -> None:
    """A thumbnail, a note, groups that hold all nodes, no overlap, links that meet, left to right."""
    workflow = json.loads(path.read_text(encoding="utf-8"))
    nodes = {node["id"]: node for node in workflow["nodes"]}
    assert path.with_suffix(".jpg").is_file()
    assert "\\" not in path.read_text(encoding="utf-8").replace("\\n", "").replace('\\"', "")
    assert any(node["type"] == "MarkdownNote" and node["widgets_values"][0].startswith("## ") for node in nodes.values())
    assert any(node["type"] in ("SaveVideo", "SaveImage") for node in nodes.values())
    boxes = {key: (*node["pos"], node["pos"][0] + node["size"][0], node["pos"][1] + node["size"][1]) for key, node in nodes.items()}
    title = 40
    for one, (left, top, right, bottom) in boxes.items():
        for other, (left2, top2, right2, bottom2) in boxes.items():
            apart = right <= left2 or right2 <= left or bottom <= top2 - title or bottom2 <= top - title
            assert one == other or apart, f"{nodes[one]['type']} lies on {nodes[other]['type']}"
        inside = [
            g for x, y, w, h, g in ((*group["bounding"], group) for group in workflow["groups"])
            if x <= left and right <= x + w and y <= top - title and bottom <= y + h
        ]  # fmt: skip
        assert len(inside) == 1, f"{nodes[one]['type']} is in {len(inside)} groups"
    for number, origin, slot, target, entry, kind in workflow["links"]:
        assert number in nodes[origin]["outputs"][slot]["links"] and nodes[target]["inputs"][entry]["link"] == number
        assert nodes[origin]["outputs"][slot]["type"] == kind and nodes[target]["inputs"][entry]["type"] in (kind, "*")
        assert boxes[origin][0] <= boxes[target][0], "a link runs from right to left"
