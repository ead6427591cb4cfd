"""Framegate: one door to generative video, images and sound, in the format that clients already speak."""
