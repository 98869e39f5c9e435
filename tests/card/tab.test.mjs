/** Tests of a tab as a voice's microphone and speaker. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { KEPT_MS, Tab, borrowTab } from "../../custom_components/realtime_pumpkin/www/tab.js";
import { Browser, Connection, settle } from "./house.mjs";

/** A tab in a browser in a house, and what it told the card. */
function tab() {
  const connection = new Connection();
  const scope = new Browser();
  const levels = [];
  const made = new Tab({
    connection,
    entityId: "assist_satellite.pumpkin",
    changed: () => {},
    heard: (level, delay) => levels.push([level, delay]),
    scope,
  });
  return { tab: made, connection, scope, levels };
}

async function awake() {
  const all = tab();
  await all.tab.wake();
  return all;
}

const position = (more) => ({ n: 1, played: 100, received: 9600, playing: true, done: false, ...more });

test("a tap makes the tab the voice's devices, and nothing is recorded yet", async () => {
  const { tab: one, connection, scope } = await awake();
  assert.equal(one.state, "awake");
  const [asked] = connection.asked;
  assert.equal(asked.type, "realtime_pumpkin/browser");
  assert.equal(asked.client_id, one.clientId);
  assert.equal(asked.echo_cancelled, true);
  assert.equal(scope.tracks.length, 1);
  assert.equal(scope.isRecorded, false);
});

test("before a tap nothing is asked for", () => {
  const { tab: one, connection, scope } = tab();
  assert.equal(one.state, "asleep");
  assert.deepEqual([connection.asked, scope.contexts], [[], []]);
});

test("the microphone is on only while the voice listens", async () => {
  const { connection, scope } = await awake();
  connection.tell({ type: "microphone", on: true });
  await settle();
  assert.deepEqual(connection.reports, [{ type: "microphone", on: true, rate: 24000 }]);
  const frame = new Uint8Array([0, 1, 7, 7]).buffer;
  scope.node("capture").say(frame);
  assert.deepEqual([...connection.sound[0]], [7, 1, 7, 7]);
  connection.tell({ type: "microphone", on: false });
  assert.equal(scope.isRecorded, false);
});

test("a microphone that is switched off before it opened stays off", async () => {
  const { connection, scope } = await awake();
  connection.tell({ type: "microphone", on: true });
  connection.tell({ type: "microphone", on: false });
  await settle();
  assert.equal(scope.isRecorded, false);
  assert.deepEqual(connection.reports, []);
});

test("sound goes to the audio thread in order", async () => {
  const { connection, scope } = await awake();
  connection.tell({ type: "audio", n: 1, at: 0, pcm: Buffer.from([1, 0, 2, 0]).toString("base64") });
  connection.tell({ type: "end", n: 1, at: 4 });
  connection.tell({ type: "clear", below: 2 });
  const orders = scope.node("playback").orders.filter(({ type }) => type !== "latency");
  assert.deepEqual(orders.map(({ type }) => type), ["reset", "audio", "end", "clear"]);
  assert.deepEqual([...orders[1].samples], [1, 2]);
});

test("what is played is reported with its latency, some ten times a second", async () => {
  const { connection, scope, levels } = await awake();
  const playback = scope.node("playback");
  for (let i = 0; i < 20; i += 1) playback.say({ position: position({ played: 100 + i }), level: 0.5 });
  playback.say({ position: position({ played: 200, playing: false, done: true }), level: 0 });
  const [first, last] = connection.reports;
  assert.deepEqual(first, { type: "speaker", n: 1, played: 100, latency: 30, playing: true, done: false });
  assert.equal(connection.reports.length, 2);
  assert.equal(last.done, true);
  assert.deepEqual(levels[0], [0.5, 30]);
  assert.equal(levels.length, 21);
});

test("another tab has the voice: this one is told whose, and may take over", async () => {
  const { tab: one, connection } = tab();
  connection.refusal = { code: "browser_held", translation_placeholders: { owner: "Ada" } };
  await one.wake();
  assert.deepEqual([one.state, one.owner], ["held", "Ada"]);
  connection.refusal = null;
  await one.wake({ takeOver: true });
  assert.equal(one.state, "awake");
  assert.equal(connection.asked.at(-1).take_over, true);
});

test("a tab that was taken over is silent, records nothing and does not come back by itself", async () => {
  const { tab: one, connection, scope } = await awake();
  connection.tell({ type: "microphone", on: true });
  await settle();
  const sent = connection.sent.length;
  connection.tell({ type: "taken_over", owner: "Grace" });
  scope.node("playback").say({ position: position(), level: 0 });
  assert.deepEqual([one.state, one.owner], ["held", "Grace"]);
  assert.equal(scope.isRecorded, false);
  assert.equal(connection.sent.length, sent);
  assert.equal(connection.unsubscribed, 1);
  await connection.comeBack();
  assert.equal(connection.asked.length, 1);
});

test("after a lost connection it comes back and says what it has", async () => {
  const { tab: one, connection, scope } = await awake();
  scope.node("playback").say({ position: position(), level: 0 });
  await connection.lose();
  assert.equal(one.state, "waking");
  const sent = connection.sent.length;
  scope.node("playback").say({ position: position({ played: 300, received: 19200 }), level: 0 });
  assert.equal(connection.sent.length, sent);
  await connection.comeBack();
  assert.equal(one.state, "awake");
  const again = connection.asked.at(-1);
  assert.deepEqual([again.client_id, again.utterance, again.received_bytes], [one.clientId, 1, 19200]);
  const orders = scope.node("playback").orders.filter(({ type }) => type === "reset");
  assert.equal(orders.length, 1);
});

test("a voice that is reloaded is asked for again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { tab: one, connection } = await awake();
  connection.tell({ type: "closed" });
  connection.refusal = { code: "home_assistant_error" };
  context.mock.timers.tick(3000);
  await settle();
  connection.refusal = null;
  context.mock.timers.tick(3000);
  await settle();
  assert.equal(one.state, "awake");
  assert.equal(connection.asked.length, 3);
});

test("sleeping gives the voice back and keeps nothing", async () => {
  const { tab: one, connection, scope } = await awake();
  connection.tell({ type: "microphone", on: true });
  await settle();
  one.sleep();
  assert.equal(one.state, "asleep");
  assert.equal(scope.isRecorded, false);
  assert.equal(connection.unsubscribed, 1);
});

test("when nobody has the voice any more, a tap is enough", async () => {
  const { tab: one, connection } = tab();
  connection.refusal = { code: "browser_held" };
  await one.wake();
  one.released();
  assert.equal(one.state, "asleep");
  connection.refusal = null;
  await one.wake();
  one.released();
  assert.equal(one.state, "awake");
});

test("a page that is left says so", async () => {
  const { tab: one, connection, scope } = await awake();
  scope.dispatchEvent(new Event("pagehide"));
  assert.equal(one.state, "asleep");
  assert.equal(connection.unsubscribed, 1);
});

for (const [name, problem] of [
  ["NotAllowedError", "refused"],
  ["NotFoundError", "no_microphone"],
  ["NotReadableError", "busy_microphone"],
  ["TypeError", "failed"],
]) {
  test(`${name} at the tap is told as "${problem}"`, async () => {
    const { tab: one, connection, scope } = tab();
    scope.refusal = { name };
    await one.wake();
    assert.deepEqual([one.state, one.problem, connection.asked], ["asleep", problem, []]);
  });
}

test("a microphone that is refused when somebody rings is told to the voice", async () => {
  const { tab: one, connection, scope } = await awake();
  scope.refusal = { name: "NotReadableError" };
  connection.tell({ type: "microphone", on: true });
  await settle();
  assert.deepEqual(connection.reports, [{ type: "microphone", on: false, error: "NotReadableError" }]);
  assert.equal(one.problem, "busy_microphone");
});

test("a microphone whose plug is pulled is told to the voice", async () => {
  const { connection, scope } = await awake();
  connection.tell({ type: "microphone", on: true });
  await settle();
  scope.tracks.at(-1).onended();
  assert.deepEqual(connection.reports.at(-1), { type: "microphone", on: false });
});

test("a page without https is told so", async () => {
  const { tab: one, scope } = tab();
  scope.isSecureContext = false;
  await one.wake();
  assert.equal(one.problem, "insecure");
});

test("behind a slow network frames are dropped, not gathered", async () => {
  const { connection, scope } = await awake();
  connection.tell({ type: "microphone", on: true });
  await settle();
  connection.socket.bufferedAmount = 1_000_000;
  scope.node("capture").say(new ArrayBuffer(962));
  connection.socket.bufferedAmount = 0;
  connection.socket.readyState = 3;
  scope.node("capture").say(new ArrayBuffer(962));
  assert.equal(connection.sound.length, 0);
});

test("who may only look is told so", async () => {
  const { tab: one, connection } = tab();
  connection.refusal = { code: "unauthorized" };
  await one.wake();
  assert.deepEqual([one.state, one.problem], ["asleep", "not_allowed"]);
});

test("a card that is drawn anew finds its tab awake", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const connection = new Connection();
  const scope = new Browser();
  const told = [];
  const card = (name) => ({ connection, entityId: "a.card", changed: () => told.push(name), heard: () => {}, scope });
  const first = borrowTab(card("first"));
  await first.tab.wake();
  first.giveBack();
  context.mock.timers.tick(KEPT_MS - 1);
  told.length = 0;
  const second = borrowTab(card("second"));
  context.mock.timers.tick(KEPT_MS * 2);
  assert.equal(second.tab, first.tab);
  assert.equal(second.tab.state, "awake");
  second.giveBack();
  context.mock.timers.tick(KEPT_MS);
  assert.equal(second.tab.state, "asleep");
  assert.equal(connection.unsubscribed, 1);
  assert.ok(!told.includes("first"));
  assert.notEqual(borrowTab(card("third")).tab, first.tab);
});

test("a tab that was put to sleep while it attached does not wake by itself", async () => {
  const { tab: one, connection } = await awake();
  await connection.lose();
  const tell = connection.tell;
  one.sleep();
  tell({ type: "attached", known: true });
  assert.equal(one.state, "asleep");
});
