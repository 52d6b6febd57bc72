"""How well the lips of a video go with its sound."""

from __future__ import annotations

from comfy_api.latest import Input, io

from .bridge.measures import OWN_SYNC, network_names, score_video
from .bridge.types import CATEGORY


class EADNetSyncScore(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="EADNetSyncScore",
            display_name="EAD-Net Sync Score",
            category=CATEGORY,
            description="Measures lip-sync as papers do: confidence (Sync-C), distance (Sync-D), and by how many frames lips come late.",
            inputs=[
                io.Video.Input("video", tooltip="Any video of a person who speaks, with its sound: from EADNetVideo or Load Video."),
                io.Combo.Input(
                    "sync_network",
                    options=network_names(OWN_SYNC),
                    default=OWN_SYNC,
                    tooltip="The built-in SyncNet, or the public one, syncnet_v2.safetensors, from the folder models/eadnet_metrics. "
                    "Numbers of different networks cannot be compared.",
                ),
            ],
            outputs=[
                io.Float.Output(
                    display_name="confidence", tooltip="Sync-C: higher is better; near 0 lips have nothing to do with the sound."
                ),
                io.Float.Output(display_name="distance", tooltip="Sync-D: lower is better."),
                io.Int.Output(display_name="offset", tooltip="Frames (40 ms each) by which lips come late; below 0: early."),
                io.Image.Output(display_name="plot", tooltip="Distance for each shift of the sound, for Preview Image."),
            ],
        )

    @classmethod
    def execute(cls, video: Input.Video, sync_network: str) -> io.NodeOutput:
        score, plot = score_video(video, sync_network)
        return io.NodeOutput(score.confidence, score.distance, score.offset, plot)
