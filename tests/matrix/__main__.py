"""`make matrix`: write the page anew."""

from __future__ import annotations

from matrix.page import PATH, page

PATH.write_text(page())
