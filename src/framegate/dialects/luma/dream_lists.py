"""Words that the Dream Machine lists for its clients.

Sources: the page docs.lumalabs.ai/changelog/concepts, and model pages of 2025 (concepts); PyPI `luma_ai` of 2024,
`types/generations/camera_motion.py` (camera motions, of which the FAQ shows one in a prompt: "camera orbit left").
"""

from __future__ import annotations

CONCEPTS = (
    *(
        "truck_left",
        "truck_right",
        "pan_left",
        "pan_right",
        "pedestal_up",
        "pedestal_down",
        "tilt_up",
        "tilt_down",
    ),
    *("roll_left", "roll_right", "zoom_in", "zoom_out", "push_in", "pull_out", "dolly_zoom", "orbit_left"),
    *(
        "orbit_right",
        "crane_up",
        "crane_down",
        "aerial",
        "aerial_drone",
        "low_angle",
        "high_angle",
        "eye_level",
    ),
    *("ground_level", "over_the_shoulder", "pov", "selfie", "handheld", "static", "bolt_cam", "overhead"),
    *("elevator_doors", "tiny_planet"),
)
"""Keys for `concepts`."""
MOTIONS = (
    *("camera static", "camera move left", "camera move right", "camera move up", "camera move down"),
    *("camera push in", "camera pull out", "camera zoom in", "camera zoom out", "camera pan left"),
    *("camera pan right", "camera orbit left", "camera orbit right", "camera crane up", "camera crane down"),
)
"""Phrases to put into a prompt."""
