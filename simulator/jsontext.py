"""JSON as text: one encoder, made once, because making it costs more than using it."""

import json

encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
