"""The life of tasks: the pure lifecycle, the workers that drive it, and the notices that tell of it."""
