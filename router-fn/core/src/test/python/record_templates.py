#!/usr/bin/env python3
"""Records what Python's jinja2, set up as transformers sets it up for chat templates, makes of the templates and
expressions of the tests, as src/test/resources/dev/ebb/router/template/recorded.json.

needs: jinja2        usage: record_templates.py [SMOLLM2_TEMPLATE_FILE]
The file holds the chat template of SmolLM2-135M-Instruct (`ebb model inspect` prints it); without it the results that
were recorded for it stay as they are.
"""
import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

FOLDER = pathlib.Path(__file__).parent.parent / "resources/dev/ebb/router/template"
RECORDED = FOLDER / "recorded.json"


class Generation(jinja2.ext.Extension):
    """The block that marks what the assistant says; it changes nothing of the text."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("said"), [], [], body).set_lineno(line)

    def said(self, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda f: datetime.datetime(2025, 7, 4, 9, 5, 7).strftime(f)
    return env


def user(content):
    return {"role": "user", "content": content}


def assistant(content, **more):
    return {"role": "assistant", "content": content, **more}


def tool(content, call):
    return {"role": "tool", "content": content, "name": "get_weather", "tool_call_id": call}


def call(identity, arguments):
    return {"type": "function", "id": identity, "function": {"name": "get_weather", "arguments": arguments}}


TOOLS = [
    {"type": "function", "function": {
        "name": "get_weather", "description": "Weather \"now\" for <city> & more",
        "parameters": {"type": "object", "required": ["city"], "properties": {
            "city": {"type": "string", "description": "Où?"},
            "days": {"type": "integer", "default": 1, "minimum": 0.5}}}}},
    {"type": "function", "function": {
        "name": "noop", "description": "Nothing", "parameters": {"type": "object", "properties": {}}}},
]
RULES = {"role": "system", "content": "You are terse."}
CONVERSATIONS = {
    "user": [user("Hello, who are you?")],
    "system": [RULES, user("Hi"), assistant("Hello."), user("  spaces around \n")],
    "turns": [user("a"), assistant("b"), user("c"), assistant("d"), user("e"), assistant("f")],
    "think": [user("q"), assistant("<think>\nstep 1\n\nstep 2\n</think>\n\nanswer"), user("more")],
    "thinkslast": [user("q"), assistant("<think>\nstep 1\n</think>\n\nanswer")],
    "reasoning": [user("q"), assistant("answer", reasoning_content="because"), user("more"),
                  assistant("fin", reasoning_content="so\n")],
    "tools": [RULES, user("weather?"), assistant("", tool_calls=[call("call00001", {"city": "Paris", "days": 2})]),
              tool("{\"t\": 21}", "call00001"), assistant("21 degrees"), user("thanks")],
    "manytools": [user("weather?"), assistant("Let me see", tool_calls=[call("call00001", {}), call("call00003", {})]),
                  tool("one", "call00001"), tool("two", "call00003")],
    "nocontent": [user("weather?"), assistant(None, tool_calls=[call("call00002", "{\"city\": \"Paris\"}")]),
                  tool("x", "call00002")],
    "parts": [user([{"type": "text", "text": "part one "}, {"type": "text", "text": "part two"}])],
    "badorder": [assistant("first"), assistant("second")],
    "unicode": [user("日本 {{ not.a.template }} {% raw %} 👩‍👧 \\n 'q' \"d\" <|im_end|>")],
    "empty": [],
}
EXTRAS = {
    "plain": {},
    "prompt": {"add_generation_prompt": True},
    "tools": {"tools": TOOLS, "add_generation_prompt": True},
    "nothink": {"enable_thinking": False, "add_generation_prompt": True},
    "dated": {"date_string": "26 Jul 2024"},
}
ALWAYS = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": False, "tools": None}
VARIABLES = {
    "s": "  Hello, World  ", "w": "a-b-c", "n": 7, "x": 2.5, "t": True, "no": None, "l": [3, 1, 2], "e": [],
    "d": {"b": 1, "a": [1.0, None, "q'\"\n"], "items": "own"}, "r": [{"k": "B", "v": {"z": 1}}, {"k": "a"}],
    "u": "日本👩‍👧é", "big": 12345678901234567, "f": [1e16, 1e-5, 0.1, 100.0, 1.5e300, 123456789012345680.0],
}


def attempt(source, variables):
    try:
        return {"text": environment().from_string(source).render(**json.loads(json.dumps({**ALWAYS, **variables})))}
    except jinja2.exceptions.TemplateError as e:
        # A message is compared only where the template itself raised it.
        return {"raised": str(e)} if type(e) is jinja2.exceptions.TemplateError else {"error": str(e)}
    except Exception as e:
        return {"error": type(e).__name__ + ": " + str(e)}


def grid(source):
    return {c + "/" + x: attempt(source, {"messages": messages, **extra})
            for c, messages in CONVERSATIONS.items() for x, extra in EXTRAS.items()}


def main():
    old = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {"templates": {}}
    templates = {p.name: grid(p.read_text("utf-8")) for p in sorted(FOLDER.glob("*.jinja"))}
    if len(sys.argv) > 1:
        templates["smollm2"] = grid(pathlib.Path(sys.argv[1]).read_text("utf-8"))
    elif "smollm2" in old["templates"]:
        templates["smollm2"] = old["templates"]["smollm2"]
    snippets = [s for s in (FOLDER / "snippets.txt").read_text("utf-8").split("\n----\n") if s]
    RECORDED.write_text(json.dumps({
        "about": "Written by record_templates.py with jinja2 " + jinja2.__version__,
        "conversations": CONVERSATIONS, "extras": EXTRAS, "variables": VARIABLES, "templates": templates,
        "snippets": [attempt(s, VARIABLES) for s in snippets],
    }, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for name, results in templates.items():
        print(name, sum("text" in r for r in results.values()), "of", len(results), "render")
    print(len(snippets), "snippets")


if __name__ == "__main__":
    main()
