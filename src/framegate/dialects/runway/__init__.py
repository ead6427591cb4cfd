"""The formats of Runway's clients."""
