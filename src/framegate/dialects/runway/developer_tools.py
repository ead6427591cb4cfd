"""Which fields and values each tool takes: a performance, an enlargement, another frame rate, HDR.

Source: PyPI `runwayml` 5.24.0, `types/*_create_params.py`. How a line is read: `developer_rows.py`.
"""

from __future__ import annotations

from framegate.dialects.runway.developer_rows import table, words

SETS = {
    "UPTO4K": words("720p 1k 2k 4k"),
    "RATES": words("24 25 30 48 50 60 120 23_98 29_97 59_94"),
    "HDR": words(
        "hdr10 hlg hdr_prores hdr_exr_sequence hdr_exr_acescg_sequence_1_3 hdr_exr_acescg_sequence_2_0"
    ),
    "HDR_PRORES": ("422", "4444", "422 HQ"),
}
CHARACTER_PERFORMANCE = table(
    """
act_two: character! reference! bodyControl contentModeration expressionIntensity
    ratio=1280:720/720:1280/960:960/1104:832/832:1104/1584:672 seed
""",
    SETS,
)
VIDEO_UPSCALE = table(
    """
magnific_video_upscaler_creative: videoUri! creativity flavor=vivid/natural fpsBoost resolution=UPTO4K
    sharpen smartGrain
enhance_frame_rate: targetFramerate!=RATES videoUri!
""",
    SETS,
)
VIDEO_TO_HDR = table(
    """
ruby: videoUri! outputFormat=HDR proresProfile=HDR_PRORES
""",
    SETS,
)
IMAGE_UPSCALE = table(
    """
magnific_precision_upscaler_v2: imageUri! flavor=sublime/photo/photo_denoiser scaleFactor=2/4/8/16 sharpen
    smartGrain ultraDetail
""",
    SETS,
)
