"""Draws what the sandbox is asked for: videos, pictures. Heavy libraries are imported here and nowhere else, so only
the sandbox's worker processes may import this package's renderers; `brief` is light and safe everywhere.
"""
