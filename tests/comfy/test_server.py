"""The pack in a real ComfyUI, through its web interface: what an artist relies on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import psutil
import pytest

from tests.comfy.graphs import Prompt, node, talking_head, with_frames
from tests.comfy.workflow import NAMES, read_prompt

if TYPE_CHECKING:
    from tests.comfy.client import Client

MEBIBYTE = 2**20


def decoded(path: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Frames [N, H, W, 3], samples [C, M] and their rate of a video file."""
    with av.open(str(path)) as container:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
    with av.open(str(path)) as container:
        samples = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], 1)
        return frames, samples, container.streams.audio[0].rate


def picture(path: Path) -> np.ndarray:
    """uint8 [H, W, 3], RGB."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def left_behind(client: Client) -> set[Path]:
    """Files that a run may leave: in temp and output."""
    return {path for folder in ("temp", "output") for path in (client.comfyui.base / folder).rglob("*") if path.is_file()}


def test_pack_loads_without_an_error_line(client: Client) -> None:
    """The log names the pack once: where it says that it was imported."""
    log = client.comfyui.log.read_text(encoding="utf-8")
    (line,) = [line for line in log.splitlines() if "EAD-Net" in line]
    assert re.search(r" [\d.]+ seconds: .*EAD-Net$", line)


def test_model_folder_is_known_and_offered(client: Client) -> None:
    assert client.get("/models/eadnet") == []
    options = client.get("/object_info/EADNetLoader")["EADNetLoader"]["input"]["required"]["weights"][1]["options"]
    assert options == ["eadnet-base (built-in)"]


@pytest.mark.parametrize("name", NAMES)
def test_workflow_runs_to_a_video(client: Client, name: str) -> None:
    """With progress; sound and picture end together."""
    prompt = read_prompt(name)
    run = client.run(prompt)
    assert run.status == "success", run.error
    (shown,) = (output["images"][0] for output in run.outputs.values() if (output or {}).get("animated"))
    assert len(run.progress) > 10
    saving = {key for key, entry in prompt.items() if entry["class_type"] == "SaveVideo"}
    assert not saving & set(run.previews), "the frontend would take the preview for the video and show neither"
    with av.open(str(client.file(shown))) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == 25 and "prompt" in container.metadata
        assert video.duration is not None and audio.duration is not None
        video_s, audio_s = float(video.duration * video.time_base), float(audio.duration * audio.time_base)
    assert abs(video_s - audio_s) < 0.05 and video_s >= 5


def test_video_is_the_portrait_with_the_sound_unaltered(client: Client) -> None:
    prompt = talking_head(size=0, seconds=1.0)
    prompt["example"]["inputs"]["portrait"] = "astronaut (photograph)"
    prompt["region"] = node("MaskToImage", mask=["portrait", 2])
    prompt["shown"] = node("SaveImage", images=["region", 0], filename_prefix="region/test")
    run = client.run(prompt)
    frames, samples, rate = decoded(client.file(run.outputs["save"]["images"][0]))
    assert frames.shape == (25, 512, 512, 3) and rate == 16_000
    with av.open(str(client.comfyui.base / "custom_nodes" / "EAD-Net" / "assets" / "demo_speech.wav")) as container:
        spoken = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], 1)[:, :rate] / 32768
    heard = samples.mean(0)[: spoken.shape[1]]
    assert np.corrcoef(heard, spoken[0])[0, 1] > 0.98 and abs(np.abs(heard).max() / np.abs(spoken).max() - 1) < 0.1
    still = picture(client.file(run.outputs["shown"]["images"][0]))[..., 0] == 0
    assert 0.5 < still.mean() < 0.9
    assert np.abs(frames.astype(int) - frames[0])[:, still].max() < 24, "outside the region nothing moves, but for compression"
    assert np.abs(frames.astype(int) - frames[0])[:, ~still].max() > 100


def test_renderers_inputs_do_not_sample_again(client: Client) -> None:
    client.run(talking_head(size=256, seconds=1.0))
    again = client.run(talking_head(size=320, seconds=1.0))
    assert {"model", "portrait", "speech", "motion"} <= set(again.cached) and not {"video", "save"} & set(again.cached)
    assert "motion" not in again.progress


def test_frames_are_those_of_the_command_line(client: Client) -> None:
    from eadnet_core.audio.sound import Sound, read_sound
    from eadnet_core.pipeline import EADNetPipeline
    from eadnet_core.types import MotionOptions

    run = client.run(with_frames(talking_head(seed=7, seconds=1.0), size=0, frame_count=20))
    pack = client.comfyui.base / "custom_nodes" / "EAD-Net" / "assets"
    spoken = read_sound(pack / "demo_speech.wav")
    sound = Sound(spoken.samples[:, : spoken.rate], spoken.rate)
    clip = EADNetPipeline.from_pretrained()(pack / "portraits" / "head_409.jpg", sound, options=MotionOptions(seed=7, steps=2))
    wanted = [frame for frame, _ in zip(clip.frames(), range(20), strict=False)]
    for frame, shown in zip(wanted, run.outputs["save"]["images"], strict=True):
        assert np.abs(frame.astype(int) - picture(client.file(shown))).max() <= 1


def test_interrupt_stops_a_long_run_and_leaves_nothing(client: Client) -> None:
    before = left_behind(client)
    saving = client.run(talking_head(seed=11, seconds=None, size=720), interrupt_after=40)
    assert saving.status == "interrupted" and len(saving.progress) < 40 + 40 and "save" in saving.progress  # within a few frames
    assert left_behind(client) == before


def test_a_batch_of_portraits_makes_one_video_each(client: Client) -> None:
    prompt = talking_head(seconds=0.5)
    prompt["other"] = node("EADNetExample", portrait="rendered man in stripes", recording="demo speech")
    prompt["batch"] = node("ImageBatch", image1=["example", 0], image2=["other", 0])
    prompt["portrait"]["inputs"]["image"] = ["batch", 0]
    run = client.run(prompt)
    assert run.status == "success", run.error
    one, other = (decoded(client.file(shown))[0] for shown in run.outputs["save"]["images"])
    assert one.shape == other.shape and np.abs(one[0].astype(int) - other[0]).mean() > 10


def test_stereo_and_silence_speak(client: Client) -> None:
    prompt = talking_head()
    prompt["sound"] = node("EmptyAudio", duration=1.0, sample_rate=44100, channels=2)
    run = client.run(prompt)
    assert run.status == "success", run.error
    frames, samples, rate = decoded(client.file(run.outputs["save"]["images"][0]))
    assert len(frames) == 25 and samples.shape[0] == 2 and rate == 44100


def silent_video(client: Client) -> str:
    path = client.comfyui.base / "input" / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    return path.name


def broken(client: Client, kind: str) -> tuple[Prompt, str, str]:
    """A prompt with something wrong, the node that must say so, and what it must say."""
    prompt = talking_head()
    if kind == "no face":
        prompt["portrait"]["inputs"]["image"] = ["empty", 0]
        prompt["empty"] = node("EmptyImage", width=320, height=200, batch_size=1, color=0x4477AA)
        return prompt, "portrait", "no face found in image (320x200)"
    if kind == "no such face":
        prompt["portrait"]["inputs"]["face"] = 5
        return prompt, "portrait", "face is 5"
    if kind == "a video for a batch":
        prompt["portrait"]["inputs"]["image"] = ["empty", 0]
        prompt["empty"] = node("EmptyImage", width=64, height=64, batch_size=40, color=0)
        return prompt, "portrait", "image holds 40 pictures"
    if kind == "points":
        prompt["portrait"]["inputs"]["points"] = "10 20\n30 40"
        return prompt, "portrait", "points holds 2 points"
    if kind == "no sound":
        prompt["silent"] = node("LoadVideo", file=silent_video(client))
        prompt["parts"] = node("GetVideoComponents", video=["silent", 0])
        prompt["speech"]["inputs"]["audio"] = ["parts", 1]
        return prompt, "speech", "audio is empty"
    if kind == "other sound":
        prompt["video"]["inputs"]["audio"] = ["example", 1]
        return prompt, "video", "audio lasts"
    if kind == "timeline":
        prompt["feelings"] = node("EADNetEmotionTimeline", timeline="0.0 happy\nsoon sad", speech=["speech", 0])
        prompt["motion"]["inputs"]["emotion"] = ["feelings", 0]
        return prompt, "feelings", "timeline line 2"
    if kind == "unknown feeling":
        prompt["feelings"] = node("EADNetEmotion", text="xyzzyqwv", label="read from text", intensity=1.0)
        prompt["motion"]["inputs"]["emotion"] = ["feelings", 0]
        return prompt, "feelings", "xyzzyqwv"
    assert kind == "too many frames"
    return with_frames(prompt, frame_count=400), "frames", "frame_count 400"


@pytest.mark.parametrize(
    "kind",
    [
        "no face",
        "no such face",
        "a video for a batch",
        "points",
        "no sound",
        "other sound",
        "timeline",
        "unknown feeling",
        "too many frames",
    ],
)
def test_broken_input_is_said_in_one_sentence_on_its_node(client: Client, kind: str) -> None:
    prompt, where, words = broken(client, kind)
    run = client.run(prompt)
    assert run.status == "error" and run.error["node_id"] == where, run
    message = run.error["exception_message"].strip()
    assert words in message and "\n" not in message and message.endswith(".")
    assert run.error["exception_type"].endswith("InputError")


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [(("motion", "portrait"), ["speech", 0]), (("video", "motion"), ["portrait", 0]), (("motion", "steps"), 21), (("motion", "seed"), -1)],
)
def test_wrong_wiring_is_refused_before_anything_runs(client: Client, entry: tuple[str, str], wrong: object) -> None:
    prompt = talking_head()
    prompt[entry[0]]["inputs"][entry[1]] = wrong
    status, answer = client.post("/prompt", {"prompt": prompt})
    assert status == 400 and entry[0] in answer["node_errors"]


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_every_precision_speaks(client: Client, precision: str) -> None:
    run = client.run(talking_head(seconds=0.5, precision=precision))
    assert run.status == "success", run.error
    frames = decoded(client.file(run.outputs["save"]["images"][0]))[0]
    assert frames.std() > 20


def test_memory_is_flat_after_ten_runs(client: Client) -> None:
    process = psutil.Process(client.comfyui.process_id)
    levels = []
    for seed in range(12):
        assert client.run(talking_head(seed=100 + seed, seconds=1.0)).status == "success"
        levels.append(process.memory_info().rss / MEBIBYTE)
    assert levels[-1] - levels[1] < 100, levels
