"""Framegate: one door to every generative model, in the format that clients already speak."""
