"""Zhipu's formats. The key and the error table: `cogvideox_encode.py`, `cogvideox.py`."""
