"""Posts one event in binary and one in structured mode by the official cloudevents package.

usage: cloudevents_post.py URL MODEL      prints one JSON object: the reply events by mode
"""
import json
import sys
import urllib.request

from cloudevents.core.bindings import http as binding
from cloudevents.core.v1.event import CloudEvent



def event():
    """Another event each time: the same one again would get no second answer."""
    return CloudEvent(
        attributes={"type": "dev.ebb.generate.requested", "source": "/tests/python", "subject": "s1",
                    "datacontenttype": "application/json"},
        data={"model": sys.argv[2], "prompt": "The capital of France is", "max_tokens": 4, "temperature": 0})


replies = {}
for mode, write in (("binary", binding.to_binary_event), ("structured", binding.to_structured_event)):
    message = write(event())
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    request = urllib.request.Request(sys.argv[1], body, dict(message.headers))
    with urllib.request.urlopen(request, timeout=120) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = binding.from_http_event(binding.HTTPMessage(headers, response.read()))
    data = reply.get_data()
    replies[mode] = {"attributes": {name: str(value) for name, value in reply.get_attributes().items()},
                     "data": json.loads(data) if isinstance(data, (str, bytes)) else data}
print(json.dumps(replies))
