"""What OpenAI-format servers speak: each module is one of their APIs."""
