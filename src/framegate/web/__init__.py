"""The doors: every dialect's routes, the files, the reference, the operator's API."""
