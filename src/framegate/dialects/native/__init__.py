"""Framegate's own format."""
