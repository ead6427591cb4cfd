"""Luma's two products, which share a company and nothing else.

| module | provider | models | host |
|---|---|---|---|
| `dream_machine` | `luma` | ray-2, ray-flash-2, photon-1, photon-flash-1 | api.lumalabs.ai |
| `agents` | `luma-agents` | ray-3.2, uni-1, uni-1-max | agents.lumalabs.ai |
"""
