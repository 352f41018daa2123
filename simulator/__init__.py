"""A stand-in for api.telegram.org, reached only over HTTP, that any bot's author can test against."""
