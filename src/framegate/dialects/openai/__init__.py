"""The formats of OpenAI's API: videos, and chat for whatever is made by tasks."""
