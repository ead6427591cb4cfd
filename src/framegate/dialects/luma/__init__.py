"""The formats of Luma's clients.

| module | dialect | paths |
|---|---|---|
| `web` | `luma` | /luma/v1/generations and its other names: the web page's format, as resellers document it |
| `dream_machine` | `luma-dream-machine` | /luma/dream-machine/v1: Luma's own API, as its SDK calls it |
"""
