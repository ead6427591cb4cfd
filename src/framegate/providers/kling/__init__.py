"""Kling's own developer API, in both its generations.

| module | provider | told by |
|---|---|---|
| `legacy` | `kling` | `/v1/...`, `model_name` in the body, one path a task kind, the word `succeed` |
| `current` | `kling-next` | the model in the path, `contents` and `settings`, `GET /tasks`, the word `succeeded` |

Both share the envelope, the error table and the ways to sign: `envelope`.
"""
