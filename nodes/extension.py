"""The pack as ComfyUI sees it: its model folders and its nodes."""

from __future__ import annotations

from comfy_api.latest import ComfyExtension, io

from .action_unit_curves import EADNetActionUnitCurves
from .action_unit_import import EADNetActionUnitImport
from .action_unit_plan import EADNetActionUnitPlan
from .action_units import EADNetActionUnits
from .bridge.language_models import FOLDER as LANGUAGE_MODELS
from .bridge.measures import register_metrics_folder
from .bridge.model_folders import register_folder
from .bridge.models import register_model_folder
from .describe_emotion import EADNetDescribeEmotion
from .directions import EADNetDirections
from .emotion import EADNetEmotion
from .emotion_answer import EADNetEmotionAnswer
from .emotion_blend import EADNetEmotionBlend
from .emotion_from_voice import EADNetEmotionFromVoice
from .emotion_prompt import EADNetEmotionPrompt
from .emotion_timeline import EADNetEmotionTimeline
from .example import EADNetExample
from .loader import EADNetLoader
from .motion_control import EADNetMotionControl
from .motion_export import EADNetMotionExport
from .motion_from_video import EADNetMotionFromVideo
from .portrait import EADNetPortrait
from .render import EADNetRender
from .sampler import EADNetSampler
from .speech import EADNetSpeech
from .sync_score import EADNetSyncScore
from .video import EADNetVideo
from .video_report import EADNetVideoReport


class EADNetExtension(ComfyExtension):
    async def get_node_list(self) -> list[type[io.ComfyNode]]:
        register_model_folder()
        register_folder(LANGUAGE_MODELS)
        register_metrics_folder()
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
            EADNetDescribeEmotion,
            EADNetEmotionPrompt,
            EADNetEmotionAnswer,
            EADNetEmotionFromVoice,
            EADNetEmotionBlend,
            EADNetActionUnits,
            EADNetActionUnitPlan,
            EADNetActionUnitCurves,
            EADNetActionUnitImport,
            EADNetSyncScore,
            EADNetVideoReport,
            EADNetMotionFromVideo,
            EADNetMotionExport,
            EADNetDirections,
        ]
