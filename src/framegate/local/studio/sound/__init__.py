"""Music, a voice, and sounds, all computed: nothing here was recorded, and no model was trained."""
