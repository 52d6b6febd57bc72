"""nodes/bridge inside ComfyUI's own modules, in this process: models, video, pictures and sounds."""

from __future__ import annotations

import importlib
import importlib.util
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
POINTS = "100 110\n150 110\n125 160"


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The bridge's modules and the parts of the library that they use, as one package, with ComfyUI on the path."""
    sys.path.append(os.environ["COMFYUI_PATH"])
    from comfy.cli_args import args

    args.cpu, args.base_directory = True, str(tmp_path_factory.mktemp("base"))
    spec = importlib.util.spec_from_file_location("pack_in_test", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)])
    assert spec is not None and spec.loader is not None
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = ("models", "video", "pictures", "sounds", "progress", "frames")
    parts = {name: importlib.import_module(f"{spec.name}.nodes.bridge.{name}") for name in names}
    for name in ("face.points", "face.portrait", "motion.face_motion", "render.renderer", "audio.sound", "errors"):
        parts[name.replace(".", "_")] = importlib.import_module(f"{spec.name}.eadnet_core.{name}")
    yield SimpleNamespace(**parts)
    sys.path.remove(os.environ["COMFYUI_PATH"])


def clip(bridge: SimpleNamespace, num_frames: int = 10, size: int | None = None, shape: tuple[int, int] = (255, 251)) -> object:
    """A video of a portrait that does not move, with a tone in stereo."""
    picture = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    portrait = bridge.face_portrait.portrait_of(picture, bridge.face_points.face_at_points(picture, POINTS))
    motion = bridge.motion_face_motion.FaceMotion.still(num_frames)
    samples = np.tile(0.5 * np.sin(np.arange(num_frames * 960) * 0.05), (2, 1)).astype(np.float32)
    return bridge.video.rendered_video(motion, bridge.render_renderer.Renderer(portrait, size), bridge.audio_sound.Sound(samples, 24_000))


def test_model_is_in_comfyuis_care_and_leaves_when_a_run_fails(bridge: SimpleNamespace) -> None:
    management = importlib.import_module("comfy.model_management")
    cpu = torch.device("cpu")
    patcher = bridge.models.Patcher(nn.Linear(4, 4), load_device=cpu, offload_device=cpu)

    def held() -> bool:
        return any(entry.model is patcher for entry in management.current_loaded_models)

    with bridge.models.loaded(patcher) as model:
        assert model is patcher.model and held()
    assert held(), "kept for the next run"
    management.unload_all_models()
    assert not held()
    with pytest.raises(RuntimeError, match="cancelled"), bridge.models.loaded(patcher):
        assert held()
        raise RuntimeError("cancelled")
    assert not held()


def test_own_model_is_loaded_twice_and_hears(bridge: SimpleNamespace) -> None:
    """ComfyUI sets attributes of its own on a model, such as `device`."""
    patcher = bridge.models.load_model(bridge.models.BUILT_IN, "fp32")
    for _ in range(2):
        with bridge.models.loaded(patcher) as model:
            assert model.phones(torch.zeros(40, 80)).shape == (20, 42)


def test_report_moves_the_bar_and_raises_on_cancel(bridge: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    management, utils = importlib.import_module("comfy.model_management"), importlib.import_module("comfy.utils")
    seen = []
    monkeypatch.setattr(utils, "PROGRESS_BAR_HOOK", lambda value, total, preview, node_id=None: seen.append((value, total, preview)))
    report = bridge.progress.node_report()
    report(3, 10, np.zeros((8, 8, 3), np.uint8))
    assert seen[0][:2] == (3, 10) and seen[0][2][1].size == (8, 8)
    management.interrupt_current_processing(True)
    with pytest.raises(management.InterruptProcessingException):
        report(4, 10, None)


def test_video_knows_its_size_and_length_without_rendering(bridge: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    video = clip(bridge, 10)
    monkeypatch.setattr(bridge.render_renderer.Renderer, "render", lambda *_: pytest.fail("rendered"))
    assert video.get_dimensions() == (250, 254) and video.get_frame_count() == 10
    assert video.get_frame_rate() == 25 and video.get_duration() == pytest.approx(0.4) and video.get_container_format() == "mp4"


def test_video_saves_to_a_file_and_to_memory(bridge: SimpleNamespace, tmp_path: Path) -> None:
    video = clip(bridge, 10)
    path, memory = tmp_path / "clip.mp4", io.BytesIO()
    video.save_to(str(path), metadata={"prompt": {"1": "one"}})
    video.save_to(memory, format="mp4")
    for source in (str(path), io.BytesIO(memory.getvalue())):
        with av.open(source) as container:
            assert sum(1 for _ in container.decode(video=0)) == 10
    with av.open(str(path)) as container:
        assert container.metadata["prompt"] == '{"1": "one"}'
        assert container.streams.audio[0].channels == 2 and container.streams.audio[0].rate == 24_000


def test_components_hold_the_frames_and_the_unaltered_sound(bridge: SimpleNamespace) -> None:
    video = clip(bridge, 5)
    parts = video.get_components()
    assert parts.images.shape == (5, 255, 251, 3) and parts.frame_rate == 25
    assert np.array_equal((parts.images[3] * 255).round().byte().numpy(), video.renderer.render(video.motion, 3))
    assert torch.equal(parts.audio["waveform"][0], torch.from_numpy(video.sound.samples)) and parts.audio["sample_rate"] == 24_000


def test_trimmed_video_is_the_part_that_was_asked_for(bridge: SimpleNamespace) -> None:
    video = clip(bridge, 10)
    part = video.as_trimmed(0.08, 0.2)
    assert (part.first_frame, part.num_frames) == (2, 5)
    assert torch.equal(part.get_components().audio["waveform"][0], torch.from_numpy(video.sound.samples[:, 1920:6720]))
    assert video.as_trimmed(-0.12).num_frames == 3
    assert video.as_trimmed(0.32, 0.2).num_frames == 2 and video.as_trimmed(0.32, 0.2, strict_duration=True) is None
    assert video.as_trimmed(2.0) is None


def test_a_failed_save_leaves_no_file(bridge: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = clip(bridge, 10)
    frames = iter([video.renderer.image] * 4)
    monkeypatch.setattr(bridge.render_renderer.Renderer, "render", lambda *_: next(frames))
    with pytest.raises(RuntimeError):
        video.save_to(str(tmp_path / "clip.mp4"))
    assert not list(tmp_path.iterdir())
    folder = Path(importlib.import_module("folder_paths").get_temp_directory())
    assert not list(folder.glob("eadnet_*"))


def test_frames_that_do_not_fit_are_refused(bridge: SimpleNamespace) -> None:
    with pytest.raises(bridge.errors.InputError, match=r"take 9269.7 GiB, and .* are free; .*EADNetVideo"):
        bridge.pictures.check_memory(100_000, 3840, 2160)


def test_pictures_of_every_kind(bridge: SimpleNamespace) -> None:
    grey = bridge.pictures.to_pictures(torch.full((1, 4, 5, 1), 0.2))[0]
    assert grey.shape == (4, 5, 3) and (grey == 51).all()
    clear = torch.zeros(2, 4, 5, 4)
    assert all((picture == 128).all() for picture in bridge.pictures.to_pictures(clear))
    strange = bridge.pictures.to_pictures(torch.tensor([-1.0, 2.0, float("nan")]).expand(1, 4, 5, 3))[0]
    assert strange[0, 0].tolist() == [0, 255, 0]
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
    assert np.array_equal(bridge.pictures.to_pictures(bridge.pictures.to_image([levels], 1))[0], levels)


def test_sounds_of_every_kind(bridge: SimpleNamespace) -> None:
    stereo = {"waveform": torch.tensor([[[0.1, 0.2, 3.0], [0.0, -0.2, -3.0]]]), "sample_rate": 8000}
    sound = bridge.sounds.to_sound(stereo)
    assert sound.samples.shape == (2, 3) and np.abs(sound.samples).max() == 1 and sound.rate == 8000
    assert bridge.sounds.to_audio(sound)["waveform"].shape == (1, 2, 3)
    with pytest.raises(bridge.errors.InputError, match="audio holds 2 recordings"):
        bridge.sounds.to_sound({"waveform": torch.zeros(2, 1, 100), "sample_rate": 8000})
    with pytest.raises(bridge.errors.InputError, match="audio is empty"):
        bridge.sounds.to_sound(None)
    with pytest.raises(bridge.errors.InputError, match="no samples"):
        bridge.sounds.to_sound({"waveform": torch.zeros(1, 1, 0), "sample_rate": 8000})
