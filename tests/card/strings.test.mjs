/** Tests of the card's words. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { configForm } from "../../custom_components/realtime_pumpkin/www/editor.js";
import { LANGUAGES, Strings, pageLanguage } from "../../custom_components/realtime_pumpkin/www/strings.js";
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

/** Every text by its key, lists and all. */
function flat(words, before = "") {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${before}${key}`, value]] : flat(value, `${before}${key}.`),
  );
}

const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();
const english = new Map(flat((await import(new URL("strings/en.js", WWW))).default));

test("each language is a file, and each file is offered", () => {
  const files = readdirSync(new URL("strings/", WWW)).map((name) => name.replace(".js", ""));
  assert.deepEqual(files.sort(), [...LANGUAGES].sort());
});

for (const language of LANGUAGES.filter((each) => each !== "en")) {
  test(`${language} says all that English says, with the same placeholders`, async () => {
    const words = new Map(flat((await import(new URL(`strings/${language}.js`, WWW))).default));
    assert.deepEqual([...words.keys()], [...english.keys()]);
    for (const [key, text] of words) {
      assert.deepEqual(placeholders(text), placeholders(english.get(key)), key);
      assert.ok(text.trim(), key);
    }
  });

  test(`${language} is translated, not copied`, async () => {
    const words = new Map(flat((await import(new URL(`strings/${language}.js`, WWW))).default));
    const same = [...words].filter(([key, text]) => text === english.get(key)).map(([key]) => key);
    const alike = ["name", "face_label", "cost", "conversation", "editor.name"];
    assert.deepEqual(same.filter((key) => !alike.includes(key)), []);
  });
}

test("the words of a country are those of its language", async () => {
  assert.equal((await Strings.of("de-CH")).get("start"), "Starten");
  assert.equal((await Strings.of("fr-CA")).get("stop"), "Arrêter");
  assert.equal((await Strings.of("es-419")).get("send"), "Enviar");
});

test("numbers are written as the language writes them", async () => {
  assert.equal((await Strings.of("en")).number(0.0231, 4), "0.0231");
  assert.equal((await Strings.of("de")).number(0.0231, 4), "0,0231");
  assert.equal((await Strings.of("xx")).number(1.25, 1), new Strings().number(1.25, 1));
});

test("the page knows its language, English where it does not", () => {
  assert.equal(pageLanguage({ documentElement: { lang: "nl" } }), "nl");
  assert.equal(pageLanguage({ documentElement: { lang: "" } }), "en");
  assert.equal(pageLanguage(undefined), "en");
});

test("the editor speaks the language of the page", async () => {
  const form = configForm(await Strings.of("nl"));
  assert.equal(form.computeLabel({ name: "face" }), "Gezicht");
  assert.equal(form.schema[1].schema[1].selector.select.options[1].label, "Spook");
});
