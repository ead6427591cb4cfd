"""The only outgoing HTTP of the program: sign, send, deadlines, host rules, and the guarded fetch of strangers' URLs.

What a failed send means is decided by what was done, not by the name of an exception: a body is a stream, and only a
stream that was never pulled, or a connection that was never made, counts as not sent.
"""

from framegate.transport.client import Transport
from framegate.transport.outcome import NotSent, Refused, TooLarge, Unknown

__all__ = ["NotSent", "Refused", "TooLarge", "Transport", "Unknown"]
