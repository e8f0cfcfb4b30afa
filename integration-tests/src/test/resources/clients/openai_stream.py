"""Streams a chat answer through the official openai package; only the base URL is Ebb's.

usage: openai_stream.py BASE_URL      prints one JSON object; any failed expectation ends with an error
"""
import json
import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="none", timeout=120, max_retries=0)
models = [model.id for model in client.models.list().data]
messages = [{"role": "user", "content": "What is the capital of France?"}]
request = dict(model=models[0], messages=messages, max_tokens=32, temperature=0)

text, reasons, roles, usage, deltas = "", [], [], None, 0
for chunk in client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **request):
    usage = chunk.usage or usage
    for choice in chunk.choices:
        roles += [choice.delta.role] if choice.delta.role else []
        deltas += bool(choice.delta.content)
        text += choice.delta.content or ""
        reasons += [choice.finish_reason] if choice.finish_reason else []

whole = client.chat.completions.create(**request)
completion = client.completions.create(
    model=models[0], prompt="The days of the week are Monday, Tuesday,", max_tokens=24, temperature=0, stop=["."])
listed = client.completions.create(model=models[0], prompt=[[504, 3575], [28, 338]], max_tokens=3, temperature=0, n=2)

try:
    client.chat.completions.create(model="no-such-model", messages=messages)
    unknown_model = None
except openai.NotFoundError as error:
    unknown_model = {"code": error.code, "type": error.type, "param": error.param}
try:
    client.chat.completions.create(model=models[0], messages=messages, temperature=-1)
    bad_parameter = None
except openai.BadRequestError as error:
    bad_parameter = {"type": error.type, "param": error.param}

print(json.dumps({
    "models": models, "text": text, "deltas": deltas, "reasons": reasons, "roles": roles,
    "prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens,
    "whole_text": whole.choices[0].message.content, "whole_completion_tokens": whole.usage.completion_tokens,
    "completion_text": completion.choices[0].text, "completion_reason": completion.choices[0].finish_reason,
    "listed_indexes": [choice.index for choice in listed.choices],
    "unknown_model": unknown_model, "bad_parameter": bad_parameter}))
