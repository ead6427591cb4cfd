"""Who is calling and what they may do. Pure: keys come in as text, rows as values, the clock as an argument."""

from framegate.access.caller import Caller, Plan, Scopes, admit, allow
from framegate.access.keys import digest, hint

__all__ = ["Caller", "Plan", "Scopes", "admit", "allow", "digest", "hint"]
