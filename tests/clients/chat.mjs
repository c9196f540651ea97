// The chat door as a user of OpenAI's JavaScript client meets it. Usage: chat.mjs HOST:PORT
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `http://${process.argv[2]}/v1`, apiKey: "none", maxRetries: 0, timeout: 120_000 });
const messages = [{ role: "user", content: "In adults with type 2 diabetes, when should metformin not be started?" }];

const models = await client.models.list();
assert.deepEqual(models.data.map((model) => model.id), ["osler"]);

const whole = await client.chat.completions.create({ model: "osler", messages });
const { content, annotations } = whole.choices[0].message;
assert.ok(annotations.length > 0, "an answer without citations");
for (const { url_citation: citation } of annotations) {
  const marker = Array.from(content).slice(citation.start_index, citation.end_index).join("");
  assert.match(marker, /^\[\d+\]$/);
}
assert.ok(whole.osler.statements.length > 0);

let text = "";
let last;
for await (const chunk of await client.chat.completions.create({ model: "osler", messages, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
  last = chunk;
}
assert.equal(text, content, "streamed and whole differ");
assert.equal(last.choices[0].finish_reason, "stop");

await assert.rejects(client.chat.completions.create({ model: "gpt-9", messages }), (error) => error.status === 404 && error.code === "model_not_found");
