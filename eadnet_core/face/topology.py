"""Which of the 478 points lie where on a face; right and left are the person's own. Source: MediaPipe's canonical face mesh."""

from __future__ import annotations

NUM_POINTS = 478
NUM_SKIN_POINTS = 468
"""Points on skin and lips; the ten after them are the irises."""

RIGHT_IRIS, LEFT_IRIS = 468, 473
"""Middles of the irises; the four points after each lie on its rim."""

UPPER_INNER_LIP = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
"""Lower edge of the upper lip, from the person's right corner to the left."""
LOWER_INNER_LIP = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
"""Upper edge of the lower lip, from the person's right corner to the left; opposite UPPER_INNER_LIP, corners shared."""
INNER_LIPS = (*UPPER_INNER_LIP, *reversed(LOWER_INNER_LIP[1:-1]))
"""The ring around the mouth's opening."""
UPPER_OUTER_LIP = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291)
LOWER_OUTER_LIP = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
LIP_CORNERS = (61, 291, 78, 308, 62, 292, 76, 306)
UPPER_LIP = frozenset(
    (
        *UPPER_OUTER_LIP,
        *UPPER_INNER_LIP,
        184,
        74,
        73,
        72,
        11,
        302,
        303,
        304,
        408,
        183,
        42,
        41,
        38,
        12,
        268,
        271,
        272,
        407,
        *LIP_CORNERS,
    )
)
"""All points of the upper lip, corners included."""
LOWER_LIP = frozenset(
    (
        *LOWER_OUTER_LIP,
        *LOWER_INNER_LIP,
        77,
        90,
        180,
        85,
        16,
        315,
        404,
        320,
        307,
        96,
        89,
        179,
        86,
        15,
        316,
        403,
        319,
        325,
        *LIP_CORNERS,
    )
)
"""All points of the lower lip, corners included."""

RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
"""Ring of the right eye's opening: outer corner, lower lid, inner corner, upper lid."""
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS = (33, 133), (263, 362)
"""Outer and inner."""
RIGHT_LIDS, LEFT_LIDS = (159, 145), (386, 374)
"""Middle of the upper and of the lower lid."""
EYE_SURROUND = frozenset((
    *RIGHT_EYE, *LEFT_EYE, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25, 130,
    467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255, 359,
))  # fmt: skip
"""Lids and the first ring of skin around them."""

RIGHT_BROW = (46, 53, 52, 65, 55, 70, 63, 105, 66, 107)
LEFT_BROW = (276, 283, 282, 295, 285, 300, 293, 334, 296, 336)

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The face's outline, clockwise as seen in the picture from the forehead's middle."""
FOREHEAD, CHIN, NOSE_TIP, NOSE_BRIDGE = 10, 152, 1, 168

STABLE = (
    10, 109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 127, 356, 234, 454, 93, 323,
    168, 6, 197, 195, 5, 4, 1, 9, 8, 151, 33, 263, 133, 362,
)  # fmt: skip
"""Points that move with the skull whatever the face does: forehead, temples, nose and eye corners."""
