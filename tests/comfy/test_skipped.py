"""Says, in `make test`, where the tests in a real ComfyUI went."""

from __future__ import annotations

import os

import pytest


@pytest.mark.skipif("EADNET_COMFY" not in os.environ, reason="needs a real ComfyUI: run `make test-comfy`")
def test_comfyui_folder_is_there() -> None:
    assert os.path.isfile(os.path.join(os.environ["COMFYUI_PATH"], "main.py"))
