"""What a frontend does, without one: queues prompts, listens to events, fetches results."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websocket

PREVIEW_WITH_METADATA = 4
"""The kind of binary event that carries a preview image and its node."""


@dataclass
class Run:
    """What happened to one prompt.

    Attributes:
        status: "success", "error" or "interrupted".
        outputs: What each output node showed, by node id.
        cached: Ids of nodes that did not run again.
        progress: Node ids of progress events with a value.
        previews: Node ids of preview images.
        error: The execution_error event's content, if any.
        seconds: How long it took.
    """

    status: str = ""
    outputs: dict[str, Any] = field(default_factory=dict)
    cached: list[str] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)
    previews: list[str] = field(default_factory=list)
    error: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


class Client:
    """A connection to a running ComfyUI (a Running of scripts/comfy.py)."""

    def __init__(self, comfyui: Any) -> None:  # noqa: ANN401
        self.comfyui = comfyui
        self.address = comfyui.address
        self._id = uuid.uuid4().hex

    def __enter__(self) -> Client:
        self._socket = websocket.create_connection(f"{self.address.replace('http', 'ws')}/ws?clientId={self._id}", timeout=300)
        self._socket.send(json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}}))
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str) -> Any:  # noqa: ANN401
        """The JSON at a path."""
        with urllib.request.urlopen(f"{self.address}{path}", timeout=60) as answer:
            return json.load(answer)

    def post(self, path: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and JSON of the answer to a POST."""
        request = urllib.request.Request(f"{self.address}{path}", json.dumps(content).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                body = answer.read()
                return answer.status, json.loads(body) if body else {}
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def queue(self, prompt: dict[str, Any]) -> str:
        """Queues a prompt that must be valid; its id."""
        status, answer = self.post("/prompt", {"prompt": prompt, "client_id": self._id})
        assert status == 200, answer
        return answer["prompt_id"]

    def run(self, prompt: dict[str, Any], interrupt_after: int | None = None) -> Run:
        """Queues a prompt and waits for its end; after so many progress events, it is interrupted."""
        return self.follow(self.queue(prompt), interrupt_after)

    def follow(self, prompt_id: str, interrupt_after: int | None = None) -> Run:
        """Waits for a queued prompt's end."""
        run, start, moves = Run(), time.monotonic(), 0
        while not run.status:
            message = self._socket.recv()
            if isinstance(message, bytes):
                if int.from_bytes(message[:4], "big") == PREVIEW_WITH_METADATA:
                    run.previews.append(json.loads(message[8 : 8 + int.from_bytes(message[4:8], "big")])["node_id"])
                continue
            event = json.loads(message)
            kind, data = event["type"], event.get("data", {})
            if data.get("prompt_id", prompt_id) != prompt_id:
                continue
            if kind == "executed":
                run.outputs[data["node"]] = data["output"]
            elif kind == "execution_cached":
                run.cached = data["nodes"]
            elif kind == "progress":
                run.progress.append(data["node"])
                moves += 1
                if moves == interrupt_after:
                    self.post("/interrupt", {})
            elif kind in ("execution_success", "execution_error", "execution_interrupted"):
                run.status = kind.removeprefix("execution_")
                run.error = data
        run.seconds = time.monotonic() - start
        return run

    def file(self, shown: dict[str, Any]) -> Path:
        """The file that an output names."""
        return self.comfyui.base / shown["type"] / shown["subfolder"] / shown["filename"]
