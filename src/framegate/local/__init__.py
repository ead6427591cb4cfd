"""Engines that run here, each an ASGI app that `transport` reaches at `local://<name>`."""
