"""Which fields and values each video model takes, at each of the three paths.

Source: PyPI `runwayml` 5.24.0, `types/*_create_params.py`. How a line is read: `developer_rows.py`.
"""

from __future__ import annotations

from framegate.dialects.runway.developer_rows import table, words

SETS = {
    "GEN4": words("1280:720 720:1280 1104:832 960:960 832:1104 1584:672"),
    "FORMATS": words(
        "mp4 prores png_sequence hdr10 hlg sdr_rec709_10bit hdr_pq_12bit_master hdr_prores",
        "hdr_png_sequence hdr_exr_sequence hdr_exr_acescg_sequence_1_3 hdr_exr_acescg_sequence_2_0",
    ),
    "PRORES": ("422", "4444", "422 Proxy", "422 LT", "422 HQ", "4444 XQ"),
    "VEO": words("1280:720 720:1280 1080:1920 1920:1080"),
    "LENGTHS": words("4 6 8"),
    "K4K": words("3840:2160 2160:3840 2880:2880"),
    "ADAPTIVE": words("adaptive 21:9 16:9 4:3 1:1 3:4 9:16"),
    "R2K": words("768p 2k 768P 2K"),
    "R1080": words("720p 1080p 720P 1080P"),
    "K1080": words("1920:1080 1080:1920 1440:1440"),
    "K720": words("1280:720 720:1280 960:960"),
    "SEED4K": words(
        "992:432 864:496 752:560 640:640 560:752 496:864 1470:630 1280:720 1112:834 960:960 834:1112",
        "720:1280 2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920 3840:1646 3840:2160",
        "3840:2880 3840:3840 2880:3840 2160:3840",
    ),
    "SEED720": words(
        "992:432 864:496 752:560 640:640 560:752 496:864 1470:630 1280:720 1112:834 960:960 834:1112",
        "720:1280",
    ),
    "WIDE": words("1280:720 720:1280"),
    "R480": words("480p 720p 1080p"),
    "WAN": words(
        "832:480 720:544 624:624 544:720 480:832 1280:720 1104:832 960:960 832:1104 720:1280 1920:1080",
        "1648:1248 1440:1440 1248:1648 1080:1920 auto_480p auto_720p auto_1080p",
    ),
    "OMNI": words("640:360 360:640 1280:720 720:1280 1920:1080 1080:1920 3840:2160 2160:3840"),
    "EFFORTS": words("disabled balanced quality"),
    "R768": words("480p 768p"),
    "MOVIES": words("mp4 mov"),
    "SEED25": words(
        "992:432 854:480 752:560 640:640 560:752 480:854 1470:630 1280:720 1112:834 960:960 834:1112",
        "720:1280 2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920",
    ),
    "AUTO3": words("auto_480p auto_720p auto_1080p"),
    "AUTO": words("auto_720p auto_1080p"),
    "HORSE": words(
        "1280:720 720:1280 960:960 1108:832 832:1108 1920:1080 1080:1920 1440:1440 1662:1248 1248:1662"
    ),
    "K25": words("1920:1080 1440:1440 1080:1920 1280:720 720:720 720:1280"),
    "GROK": words("1:1 16:9 9:16 4:3 3:4 3:2 2:3"),
    "LITE": words(
        "848:480 480:848 480:480 640:480 480:640 720:480 480:720 1280:720 720:1280 720:720 960:720",
        "720:960 1088:720 720:1088 1904:1072 1072:1904 1424:1424 1648:1232 1232:1648 1744:1152 1152:1744",
    ),
    "K4": words(
        "1280:720 720:1280 940:940 1460:624 1920:1080 1080:1920 1440:1440 2200:940 auto_720p auto_1080p"
    ),
    "EDIT_FORMATS": words("mp4 prores png_sequence sdr_rec709_10bit"),
    "SHAPES": words("16:9 4:3 3:2 1:1 2:3 3:4 9:16 21:9"),
    "MODES": words("reference extend edit"),
}
IMAGE_TO_VIDEO = table(
    """
gen4.5: duration! promptImage! promptText! ratio!=GEN4 contentModeration outputFormat=FORMATS
    proresProfile=PRORES seed
gen4_turbo: promptImage! ratio!=GEN4 contentModeration duration promptText seed
veo3.1 veo3.1_fast: promptImage! ratio!=VEO audio duration=LENGTHS negativePrompt promptText seed
klingO3_4k: promptImage! audio duration promptText providerSettings ratio=K4K references
hailuo3: promptImage! promptText! duration ratio=ADAPTIVE referenceAudio resolution=R2K
kling3.0_4k: promptImage! audio cfgScale duration promptText providerSettings ratio=K4K
happyhorse_1_0: promptImage! duration promptText resolution=R1080
kling2.5_turbo_pro: promptImage! promptText! cfgScale duration=5/10
kling3.0_pro: promptImage! audio cfgScale duration promptText providerSettings ratio=K1080
kling3.0_standard: promptImage! audio cfgScale duration promptText providerSettings ratio=K720
klingO3_pro: promptImage! audio duration promptText providerSettings ratio=K1080 references
klingO3_standard: promptImage! audio duration promptText providerSettings ratio=K720 references
seedance2: promptImage! audio duration~auto promptText ratio=SEED4K referenceAudio seed
seedance2_fast seedance2_mini: promptImage! audio duration~auto promptText ratio=SEED720 referenceAudio seed
gemini_omni_flash: promptImage! duration promptText ratio=WIDE
grok_imagine_1_5: promptImage! duration promptText resolution=R480
wan3 wan3_prime: promptImage! promptText! audio duration ratio=WAN referenceAudio referenceVideos
gemini_omni_flash_1.1: promptImage! promptText! duration~auto ratio=OMNI
h3_max: promptImage! promptText! duration promptExpansionMode=EFFORTS resolution=R768 seed
seedance2_5: promptImage! audio draft duration~auto outputFormat=MOVIES promptText ratio=SEED25
    referenceAudio seed
grok_imagine_1_5_lite: promptImage! duration promptText ratio=AUTO3
kling_4: promptImage! duration promptText ratio=AUTO references referenceVideos
""",
    SETS,
)
TEXT_TO_VIDEO = table(
    """
gen4.5: duration! promptText! ratio!=WIDE contentModeration outputFormat=FORMATS proresProfile=PRORES seed
veo3.1 veo3.1_fast: promptText! ratio!=VEO audio duration=LENGTHS negativePrompt seed
klingO3_4k: ratio!=K4K audio duration promptText providerSettings
hailuo3: promptText! duration ratio=ADAPTIVE referenceAudio references referenceVideos resolution=R2K
kling3.0_4k: ratio!=K4K audio cfgScale duration promptText providerSettings
happyhorse_1_0: promptText! duration ratio=HORSE
kling2.5_turbo_pro: promptText! cfgScale duration=5/10 ratio=K25
kling3.0_pro: ratio!=K1080 audio cfgScale duration promptText providerSettings
kling3.0_standard: ratio!=K720 audio cfgScale duration promptText providerSettings
klingO3_pro: ratio!=K1080 audio duration promptText providerSettings
klingO3_standard: ratio!=K720 audio duration promptText providerSettings
seedance2: promptText! audio duration~auto ratio=SEED4K referenceAudio references referenceVideos seed
seedance2_fast seedance2_mini: promptText! audio duration~auto ratio=SEED720 referenceAudio references
    referenceVideos seed
gemini_omni_flash: promptText! duration ratio=WIDE
grok_imagine_1_5: promptText! duration ratio=GROK referenceAudio references resolution=R480
wan3 wan3_prime: promptText! audio duration ratio=WAN referenceAudio references referenceVideos
gemini_omni_flash_1.1: promptText! duration~auto ratio=OMNI references referenceVideos
h3_max: promptText! duration promptExpansionMode=EFFORTS resolution=R768 seed
seedance2_5: audio draft draftTaskId duration~auto outputFormat=MOVIES promptText ratio=SEED25
    referenceAudio references referenceVideos seed
grok_imagine_1_5_lite: promptText! duration ratio=LITE
kling_4: promptText! duration ratio=K4 references referenceVideos
""",
    SETS,
)
VIDEO_TO_VIDEO = table(
    """
aleph2: videoUri! contentModeration keyframes outputFormat=EDIT_FORMATS promptText proresProfile=PRORES
    ratio seed targetAspectRatio=SHAPES
klingO3_4k klingO3_pro klingO3_standard: promptText! promptVideo! providerSettings references
hailuo3: promptText! promptVideo! duration ratio=ADAPTIVE referenceAudio references referenceVideos
    resolution=R2K
seedance2: promptVideo! audio duration~auto promptText ratio=SEED4K referenceAudio references
    referenceVideos seed
seedance2_fast seedance2_mini: promptVideo! audio duration~auto promptText ratio=SEED720 referenceAudio
    references referenceVideos seed
gemini_omni_flash: promptText! videoUri! references
gemini_omni_flash_1.1: promptText! videoUri! duration~auto mode=MODES ratio=OMNI references
seedance2_5: promptVideo! audio draft duration~auto mode=MODES outputFormat=MOVIES promptText ratio=SEED25
    referenceAudio references referenceVideos seed
kling_4: promptText! videoUri! ratio=AUTO references
""",
    SETS,
)
