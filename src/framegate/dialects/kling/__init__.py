"""Kling's developer API as its clients speak it, in both its generations.

| module | dialect | told by |
|---|---|---|
| `legacy` | `kling` | `/kling/v1/...`, `model_name` in the body, the word `succeed` |
| `next` | `kling-next` | the model in the path, `contents` and `settings`, `/kling/tasks`, the word `succeeded` |

Both share `envelope`: who is calling, the envelope of answers, the error table.
"""
