/** Tests of the card's words. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { configForm } from "../../custom_components/realtime_pumpkin/www/editor.js";
import { Strings } from "../../custom_components/realtime_pumpkin/www/strings.js";
import { obstacle, refusal } from "../../custom_components/realtime_pumpkin/www/tab.js";

const WWW = new URL("../../custom_components/realtime_pumpkin/www/", import.meta.url);
const strings = new Strings();
const exists = (key) => assert.notEqual(strings.get(key), key, key);

test("every word that the card asks for is there", () => {
  for (const name of readdirSync(WWW).filter((each) => each.endsWith(".js"))) {
    const code = readFileSync(new URL(name, WWW), "utf8");
    for (const [, key] of code.matchAll(/\b(?:t|strings\.get|_strings\.get)\(\s*"([\w.]+)"/g)) exists(key);
  }
});

test("every state, problem and face has its words", () => {
  for (const state of ["idle", "listening", "thinking", "speaking", "laughing", "error", "unavailable", "off"]) exists(`state.${state}`);
  for (const name of ["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", "AbortError", "Other"]) exists(`problem.${refusal({ name })}`);
  for (const scope of [{}, { isSecureContext: true }, { isSecureContext: true, navigator: { mediaDevices: { getUserMedia() {} } } }]) exists(`problem.${obstacle(scope)}`);
  for (const { selector } of configForm().schema[1].schema) for (const { label } of selector.select?.options ?? []) assert.ok(label);
});

test("every field of the editor has a label", () => {
  const form = configForm();
  const names = form.schema.flatMap((field) => (field.schema ? field.schema.map((each) => each.name) : [field.name]));
  for (const name of names) assert.notEqual(form.computeLabel({ name }), `editor.${name}`);
  assert.match(form.computeHelper({ name: "porch" }), /awake/);
  assert.equal(form.computeHelper({ name: "name" }), undefined);
});

test("placeholders are filled, and missing ones stay", () => {
  assert.equal(strings.get("tool", { tool: "fog" }), "Uses fog");
  assert.equal(strings.get("tool"), "Uses {tool}");
});

test("another language falls back to English, word by word", async () => {
  assert.equal((await Strings.of("xx-YY")).get("start"), "Start");
  const some = new Strings({ start: "Los" });
  assert.equal(some.get("start"), "Los");
  assert.equal(some.get("stop"), "Stop");
});
