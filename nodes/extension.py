"""The pack as ComfyUI sees it: its model folder and its nodes."""

from __future__ import annotations

from comfy_api.latest import ComfyExtension, io

from .bridge.models import register_model_folder
from .emotion import EADNetEmotion
from .emotion_timeline import EADNetEmotionTimeline
from .example import EADNetExample
from .loader import EADNetLoader
from .motion_control import EADNetMotionControl
from .portrait import EADNetPortrait
from .render import EADNetRender
from .sampler import EADNetSampler
from .speech import EADNetSpeech
from .video import EADNetVideo


class EADNetExtension(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        register_model_folder()
        return [
            EADNetExample,
            EADNetLoader,
            EADNetPortrait,
            EADNetSpeech,
            EADNetEmotion,
            EADNetEmotionTimeline,
            EADNetMotionControl,
            EADNetSampler,
            EADNetRender,
            EADNetVideo,
        ]
