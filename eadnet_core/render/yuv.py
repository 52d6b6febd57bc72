"""RGB to the planes of 8-bit video: BT.709, limited range, chroma at half size."""

from __future__ import annotations

import cv2
import numpy as np

_RED, _GREEN, _BLUE = 0.2126, 0.7152, 0.0722
"""Source: ITU-R BT.709."""
LUMA_BIAS, CHROMA_BIAS = 0.6, 0.15
"""Added before rounding. FFmpeg's fast way back to RGB cuts fractions off, so that a picture that comes back through it is darker by 1.2
grey levels; one that comes back exactly would be lighter by 0.8. This lies between them, 0.6 either way. Source: measured."""

_TO_YUV = np.array([
    [_RED, _GREEN, _BLUE, 0.0],
    [-_RED / 1.8556, -_GREEN / 1.8556, (1 - _BLUE) / 1.8556, 0.0],
    [(1 - _RED) / 1.5748, -_GREEN / 1.5748, -_BLUE / 1.5748, 0.0],
])  # fmt: skip
_SCALE, _OFFSET = np.array([219 / 255, 224 / 255, 224 / 255]), np.array([16 + LUMA_BIAS, 128 + CHROMA_BIAS, 128 + CHROMA_BIAS])
_MATRIX = (_TO_YUV * _SCALE[:, None] + np.column_stack([np.zeros((3, 3)), _OFFSET])).astype(np.float32)


def to_yuv420(frame: np.ndarray) -> np.ndarray:
    """Planes uint8 [H * 3 / 2, W], as PyAV takes them, of a frame uint8 [H, W, 3], RGB, with even sides."""
    height, width = frame.shape[:2]
    planes = cv2.transform(frame.astype(np.float32), _MATRIX)  # [H, W, 3]
    packed = np.empty((height * 3 // 2, width), np.uint8)
    packed[:height] = cv2.convertScaleAbs(np.ascontiguousarray(planes[..., 0]))
    chroma = cv2.convertScaleAbs(cv2.resize(np.ascontiguousarray(planes[..., 1:]), (width // 2, height // 2), interpolation=cv2.INTER_AREA))
    packed[height:] = np.concatenate([chroma[..., 0].ravel(), chroma[..., 1].ravel()]).reshape(height // 2, width)
    return packed
