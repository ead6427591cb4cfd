"""How a call can fail. Messages name no query string, no credential, and are fit for a customer."""


class NotSent(Exception):
    """Surely no byte of the body left: the request may be sent elsewhere."""


class Unknown(Exception):
    """The request may have arrived: it must not be sent again without knowing more."""


class Refused(Exception):
    """Our own rules forbid the call, or what came back is not what was asked for; nothing was bought by it."""


class TooLarge(Refused):
    """The answer is larger than allowed."""
