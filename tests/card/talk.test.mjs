/** Tests of a conversation as the card shows it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Talk, isLaugh } from "../../custom_components/realtime_pumpkin/www/talk.js";

/** A talk in which these things happened: pairs of a name and its data. */
function after(...events) {
  const talk = new Talk();
  for (const [event, data = {}] of events) talk.take({ type: "event", event, data });
  return talk;
}

const shown = (talk) => talk.entries.map(({ who, text }) => `${who}: ${text}`);

test("both sides are shown in the order in which they were said", () => {
  const talk = after(
    ["conversation_started"],
    ["assistant_transcript_delta", { item_id: "a", delta: "Who " }],
    ["assistant_transcript_delta", { item_id: "a", delta: "is there?" }],
    ["speech_started", { item_id: "b" }],
    ["assistant_transcript_delta", { item_id: "c", delta: "Ah!" }],
    ["user_transcript", { item_id: "b", text: " Me. " }],
  );
  assert.deepEqual(shown(talk), ["assistant: Who is there?", "user: Me.", "assistant: Ah!"]);
});

test("the whole transcript stands where its words were", () => {
  const talk = after(
    ["assistant_transcript_delta", { item_id: "a", delta: "Who is" }],
    ["assistant_transcript", { item_id: "a", text: "Who is there?" }],
  );
  assert.deepEqual(shown(talk), ["assistant: Who is there?"]);
  assert.equal(talk.entries[0].isPending, false);
});

test("an interruption marks the answer that it cut, until it goes on", () => {
  const talk = after(
    ["assistant_transcript", { item_id: "a", text: "A long tale." }],
    ["interrupted", { response_id: "r", heard_ms: 1234 }],
  );
  assert.equal(talk.entries[0].interruptedMs, 1234);
  talk.take({ type: "event", event: "resumed", data: { rest_ms: 500 } });
  assert.equal(talk.entries[0].interruptedMs, undefined);
});

test("a sound without words leaves no entry behind", () => {
  const talk = after(["speech_started", { item_id: "b" }], ["user_transcript", { item_id: "b", text: " " }]);
  assert.deepEqual(talk.entries, []);
  const ended = after(["speech_started", { item_id: "b" }], ["conversation_ended", { reason: "stopped" }]);
  assert.deepEqual(ended.entries, []);
  assert.equal(ended.reason, "stopped");
});

test("tools, errors and the cost are shown", () => {
  const talk = after(
    ["tool_called", { call_id: "t", name: "fog", arguments: { on: true } }],
    ["error", { kind: "browser_lost", message: "gone", fatal: true }],
  );
  assert.deepEqual(shown(talk), ["tool: fog", "error: browser_lost"]);
  assert.deepEqual(talk.error, { kind: "browser_lost", message: "gone" });
  talk.take({ type: "cost", usd: 0.02 });
  assert.equal(talk.cost, 0.02);
  talk.take({ type: "event", event: "conversation_ended", data: { reason: "finished", cost_usd: 0.03 } });
  assert.equal(talk.cost, 0.03);
});

test("a new conversation begins with an empty list", () => {
  const talk = after(["assistant_transcript", { item_id: "a", text: "Bye." }], ["conversation_started"]);
  assert.deepEqual(talk.entries, []);
  assert.equal(talk.cost, null);
});

test("who comes later gets what was said before", () => {
  const talk = new Talk();
  talk.take({ type: "history", transcript: [{ role: "user", text: "Boo" }] });
  talk.take({ type: "event", event: "assistant_transcript", data: { item_id: "x", text: "Eek" } });
  assert.deepEqual(shown(talk), ["user: Boo", "assistant: Eek"]);
});

test("an endless conversation keeps its last 200 entries", () => {
  const talk = new Talk();
  for (let i = 0; i < 300; i += 1) talk.take({ type: "event", event: "user_transcript", data: { item_id: `${i}`, text: `${i}` } });
  assert.equal(talk.entries.length, 200);
  assert.equal(talk.entries[0].text, "100");
});

test("what nobody knows changes nothing", () => {
  const talk = after(["toString", {}], ["session_started", {}], ["speech_stopped", {}]);
  talk.take({ type: "unheard_of" });
  assert.deepEqual(talk.entries, []);
});

for (const words of ["Ha ha ha!", "Mwahaha, come closer.", "Muahahaha", "He he he.", "Bwahaha!", "Ho ho ho!", "(evil laugh)", "He cackles."]) {
  test(`“${words}” is a laugh`, () => assert.ok(isLaugh(words)));
}
for (const words of ["He has a hat.", "Have they held it?", "Who is there?", "The house here hears."]) {
  test(`“${words}” is none`, () => assert.ok(!isLaugh(words)));
}
