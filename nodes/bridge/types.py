"""The pack's own socket types; everything else travels as ComfyUI's IMAGE, MASK, AUDIO and VIDEO."""

from __future__ import annotations

from comfy_api.latest import io

CATEGORY = "EAD-Net"

Model = io.Custom("EADNET_MODEL")
"""A patcher of an eadnet_core.motion.model.MotionModel."""
Portrait = io.Custom("EADNET_PORTRAIT")
"""An eadnet_core.face.portrait.Portrait."""
Speech = io.Custom("EADNET_SPEECH")
"""An eadnet_core.types.SpeechFeatures."""
Emotion = io.Custom("EADNET_EMOTION")
"""An eadnet_core.emotion.track.EmotionTrack."""
Control = io.Custom("EADNET_CONTROL")
"""An eadnet_core.types.MotionControl."""
Motion = io.Custom("EADNET_MOTION")
"""An eadnet_core.motion.face_motion.FaceMotion."""
Box = io.Custom("BOUNDING_BOX")
"""Where other packs say that something is: {x, y, width, height} in pixels, or a list of those."""
Directions = io.Custom("EADNET_DIRECTIONS")
"""An eadnet_core.motion.directions.Directions."""
ActionUnits = io.Custom("EADNET_AU")
"""An eadnet_core.emotion.action_units.ActionUnitTrack."""
