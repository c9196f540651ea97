"""The chat door as a user of OpenAI's Python client meets it. Usage: chat.py HOST:PORT"""

import sys

import openai

client = openai.OpenAI(base_url=f"http://{sys.argv[1]}/v1", api_key="none", max_retries=0, timeout=120)
QUESTION = [{"role": "user", "content": "In adults with type 2 diabetes, when should metformin not be started?"}]

assert [model.id for model in client.models.list()] == ["osler"]
assert client.models.retrieve("osler").owned_by == "osler"

whole = client.chat.completions.create(model="osler", messages=QUESTION, temperature=0.2)
message = whole.choices[0].message
assert whole.choices[0].finish_reason == "stop" and message.role == "assistant"
assert message.annotations, "an answer without citations"
for annotation in message.annotations:
    citation = annotation.url_citation
    marker = message.content[citation.start_index : citation.end_index]
    assert marker.startswith("[") and marker.endswith("]"), f"indices point at {marker!r}"
    assert citation.url.startswith(f"http://{sys.argv[1]}/v1/passages/") and citation.title
answer = whole.model_extra["osler"]
assert len(answer["statements"]) >= 1 and answer["status"] in ("answered", "partial", "extractive")

chunks = list(client.chat.completions.create(model="osler", messages=QUESTION, stream=True, stream_options={"include_usage": True}))
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text == message.content, f"streamed and whole differ:\n{text}\n{message.content}"
last = [chunk for chunk in chunks if chunk.choices][-1]
assert last.choices[0].finish_reason == "stop"
assert len(last.choices[0].delta.annotations) == len(message.annotations)
assert chunks[-1].usage is not None and not chunks[-1].choices

try:
    client.chat.completions.create(model="gpt-9", messages=QUESTION)
    raise SystemExit("another model was accepted")
except openai.NotFoundError as error:
    assert error.code == "model_not_found", error.code
try:
    client.chat.completions.create(model="osler", messages=[])
    raise SystemExit("a request without a question was accepted")
except openai.BadRequestError as error:
    assert "message of the user" in error.message
picture = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]
refused = client.chat.completions.create(model="osler", messages=[{"role": "user", "content": picture}])
assert refused.model_extra["osler"]["status"] == "refused_scope"
