"""VIDEO as footage, the networks that measure it, and what comes out of a measuring node."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import comfy.model_management
import folder_paths
from comfy_api.latest import Input
from torch import Tensor, nn

from ...eadnet_core.errors import InputError
from ...eadnet_core.timebase import FRAME_RATE
from .models import Patcher, loaded
from .pictures import to_image
from .progress import node_report

if TYPE_CHECKING:
    from ...eadnet_core.metrics.heard_lips import HeardLips
    from ...eadnet_core.metrics.identity import ArcFace, UpperFace
    from ...eadnet_core.metrics.report import Report
    from ...eadnet_core.metrics.sync import SyncScore
    from ...eadnet_core.metrics.sync_networks import PublicSync
    from ...eadnet_core.render.footage import Footage

FOLDER = "eadnet_metrics"
"""Name of the folder under ComfyUI's models, and of the entry in extra_model_paths.yaml."""
OWN_SYNC = "EAD-Net SyncNet (built-in)"
"""The name under which saved workflows know the built-in measure; it has been lips' distance against the opening heard since 0.2."""
UPPER_FACE = "upper face (built-in)"
NOT_GIVEN = "not given"


def register_metrics_folder() -> None:
    """Makes models/eadnet_metrics known to ComfyUI, beside whatever extra_model_paths.yaml names under `eadnet_metrics`."""
    folder_paths.add_model_folder_path(FOLDER, str(Path(folder_paths.models_dir) / FOLDER))
    folder_paths.folder_names_and_paths[FOLDER][1].add(".safetensors")


def network_names(built_in: str) -> list[str]:
    """What a measuring node offers: the built-in way, then the files in models/eadnet_metrics."""
    register_metrics_folder()
    return [built_in, *folder_paths.get_filename_list(FOLDER)]


def emotion_names() -> list[str]:
    """The eight classes, after `not given`."""
    from ...eadnet_core.emotion.vocabulary import EMOTIONS

    return [NOT_GIVEN, *EMOTIONS]


def score_video(video: Input.Video, network: str) -> tuple[SyncScore, Tensor]:
    """Sync of a VIDEO by the SyncNet of that name, and its curve as a picture.

    Raises:
        InputError: The video shows no face, has no sound, or is too short; or there is no such network.
    """
    from ...eadnet_core.charts.canvas import ACCENT
    from ...eadnet_core.charts.sync import draw_sync
    from ...eadnet_core.face.finder import FaceFinder
    from ...eadnet_core.metrics.measurement import measure_sync

    sync = _load_sync(network)
    with _on_device(getattr(sync, "net", None)), video_footage(video, "video") as footage:
        score = measure_sync(footage, sync, FaceFinder(), _counter(2 * footage.expected_frames))
    return score, to_image([draw_sync([(score.distances, ACCENT)])], 1)


def report_video(
    video: Input.Video, real: Input.Video | None, emotion: str, sync_network: str, recogniser: str, seam_every: int
) -> tuple[Report, Tensor]:
    """The report of a VIDEO, beside a real one where it is connected, and the report as a picture.

    Raises:
        InputError: The video shows no face, or there is no such network.
    """
    from ...eadnet_core.charts.report import draw_report
    from ...eadnet_core.face.finder import FaceFinder
    from ...eadnet_core.metrics.emotion import PointReader
    from ...eadnet_core.metrics.evaluation import Comparison, evaluate
    from ...eadnet_core.metrics.measurement import Networks, Subject

    sync, identity = _load_sync(sync_network), _load_identity(recogniser)
    prefix = "sync" if sync_network == OWN_SYNC else "sync_v2"
    networks = Networks(FaceFinder(), PointReader(), identity, {prefix: sync})
    with ExitStack() as stack:
        for network in (sync, identity):
            stack.enter_context(_on_device(getattr(network, "net", None)))
        made = Subject(stack.enter_context(video_footage(video, "video")), None if emotion == NOT_GIVEN else emotion)
        filmed = [] if real is None else [Subject(stack.enter_context(video_footage(real, "real_video")))]
        report = evaluate([made], filmed, networks, Comparison(), seam_every or None, node_report())
    return report, to_image([draw_report(report)], 1)


def _load_sync(name: str) -> HeardLips | PublicSync:
    from ...eadnet_core.metrics.heard_lips import HeardLips
    from ...eadnet_core.metrics.sync_networks import PublicSync

    return HeardLips.from_pretrained() if name == OWN_SYNC else PublicSync.from_file(_path(name, "sync_network"))


def _load_identity(name: str) -> ArcFace | UpperFace:
    from ...eadnet_core.metrics.identity import ArcFace, UpperFace

    return UpperFace() if name == UPPER_FACE else ArcFace.from_file(_path(name, "recogniser"))


def _path(name: str, entry: str) -> Path:
    path = folder_paths.get_full_path(FOLDER, name)
    if path is None:
        raise InputError(f"{entry} is '{name}', which is not in models/{FOLDER}; put the file there or choose another.")
    return Path(path)


@contextmanager
def _on_device(net: nn.Module | None) -> Iterator[None]:
    """A network, if there is one, where ComfyUI computes, in the care of its memory management."""
    if net is None:
        yield
        return
    waiting = comfy.model_management.unet_offload_device()
    with loaded(Patcher(net.to(waiting), load_device=comfy.model_management.get_torch_device(), offload_device=waiting)):
        yield


@contextmanager
def video_footage(video: Input.Video, name: str) -> Iterator[Footage]:
    """A VIDEO to be read frame by frame: its file, or, where it has none of its own or is a part of it, one that is written for this.

    Raises:
        InputError: It cannot be read.
    """
    from ...eadnet_core.render.footage import open_footage

    source = video.get_stream_source() if type(video).__name__ == "VideoFromFile" else None
    if isinstance(source, str):
        footage = open_footage(source, name)
        if abs(footage.expected_frames - float(FRAME_RATE) * video.get_duration()) <= 1:
            yield footage
            return
    with tempfile.TemporaryDirectory(prefix="eadnet_", dir=folder_paths.get_temp_directory()) as folder:
        written = Path(folder) / "video.mp4"
        video.save_to(str(written))
        yield open_footage(written, name)


def _counter(total: int) -> Callable[[], None]:
    """Moves the running node's bar by one at each call, and raises on cancel."""
    report, done = node_report(), 0

    def advance() -> None:
        nonlocal done
        done += 1
        report(done, max(done, total), None)

    return advance
