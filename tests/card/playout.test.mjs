/** Tests of the jitter buffer and of where it says it is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { PATIENCE_MS, Playout } from "../../custom_components/realtime_pumpkin/www/playout.js";
import { samples } from "./signals.mjs";

const RATE = 24000;
const ms = (count) => (count * RATE) / 1000;
const bytes = (count) => ms(count) * 2;

/** What is heard in so many ms. */
function listen(playout, count, rate = RATE) {
  const heard = [];
  while (heard.length < (count * rate) / 1000) {
    const block = new Float32Array(128);
    playout.render(block);
    heard.push(...block);
  }
  return heard;
}

const isSilent = (floats) => floats.every((float) => float === 0);
const close = (value, wanted, by = 6) => assert.ok(Math.abs(value - wanted) <= by, `${value} is not ${wanted}`);

test("what is played is what was sent, to the sample", () => {
  const playout = new Playout(RATE);
  const tone = samples(440, RATE, ms(300));
  playout.add(1, 0, tone.subarray(0, ms(100)));
  playout.add(1, bytes(100), tone.subarray(ms(100)));
  playout.end(1, bytes(300));
  const heard = listen(playout, 320).slice(0, tone.length);
  assert.deepEqual(heard.map((float) => Math.round(float * 32768)), [...tone]);
});

test("a position is told while it plays and after its end", () => {
  const playout = new Playout(RATE);
  playout.add(5, 0, samples(440, RATE, ms(500)));
  listen(playout, 200);
  const { n, played, received, playing, done } = playout.position;
  assert.deepEqual([n, received, playing, done], [5, bytes(500), true, false]);
  close(played, 200);
  playout.end(5, bytes(500));
  listen(playout, 320);
  assert.equal(playout.position, null);
  assert.deepEqual(playout.finished, [{ n: 5, played: 500, received: bytes(500), playing: false, done: true }]);
});

for (const rate of [48000, 44100]) {
  test(`at ${rate} Hz positions are in the voice's own time`, () => {
    const playout = new Playout(rate);
    playout.add(1, 0, samples(440, RATE, ms(500)));
    playout.end(1, bytes(500));
    listen(playout, 250, rate);
    close(playout.position.played, 250);
    listen(playout, 300, rate);
    assert.equal(playout.finished[0].played, 500);
  });
}

test("an utterance waits until there is enough of it", () => {
  const playout = new Playout(RATE);
  playout.add(1, 0, samples(440, RATE, ms(20)));
  assert.ok(isSilent(listen(playout, 50)));
  assert.equal(playout.position.playing, false);
  playout.add(1, bytes(20), samples(440, RATE, ms(60)));
  assert.ok(!isSilent(listen(playout, 20)));
});

test("a short one that gets no more does not wait for ever", () => {
  const playout = new Playout(RATE);
  playout.add(1, 0, samples(440, RATE, ms(20)));
  assert.ok(!isSilent(listen(playout, PATIENCE_MS + 30)));
});

test("one that has ended begins at once, however short", () => {
  const playout = new Playout(RATE);
  playout.add(1, 0, samples(440, RATE, ms(10)));
  playout.end(1, bytes(10));
  assert.ok(!isSilent(listen(playout, 6)));
});

test("when it runs dry it is silent, and gathers again", () => {
  const playout = new Playout(RATE);
  playout.add(1, 0, samples(440, RATE, ms(100)));
  listen(playout, 130);
  assert.equal(playout.position.playing, false);
  close(playout.position.played, 100);
  playout.add(1, bytes(100), samples(440, RATE, ms(60)));
  assert.ok(isSilent(listen(playout, 40)));
  playout.add(1, bytes(160), samples(440, RATE, ms(100)));
  assert.ok(!isSilent(listen(playout, 20)));
});

test("a cut falls silent within 5 ms, without a click", () => {
  const playout = new Playout(RATE);
  playout.add(1, 0, samples(440, RATE, ms(500)));
  listen(playout, 100);
  playout.clear(2);
  const heard = listen(playout, 50);
  assert.ok(isSilent(heard.slice(ms(5))));
  assert.ok(!isSilent(heard.slice(0, ms(4))));
  assert.equal(playout.position, null);
});

test("what was cut stays silent when it comes late", () => {
  const playout = new Playout(RATE);
  playout.add(1, 0, samples(440, RATE, ms(500)));
  playout.clear(2);
  playout.add(1, bytes(500), samples(440, RATE, ms(500)));
  playout.end(1, bytes(1000));
  assert.ok(isSilent(listen(playout, 300)));
  playout.add(2, 0, samples(440, RATE, ms(100)));
  assert.ok(!isSilent(listen(playout, 20)));
});

test("what comes twice after a lost connection is played once", () => {
  const playout = new Playout(RATE);
  const tone = samples(440, RATE, ms(300));
  playout.add(1, 0, tone.subarray(0, ms(200)));
  playout.add(1, bytes(100), tone.subarray(ms(100)));
  playout.add(1, 0, tone);
  playout.end(1, bytes(300));
  playout.end(1, bytes(300));
  const heard = listen(playout, 320).slice(0, tone.length);
  assert.deepEqual(heard.map((float) => Math.round(float * 32768)), [...tone]);
  assert.equal(playout.finished.length, 1);
});

test("a tab that takes over counts from where the other one was", () => {
  const playout = new Playout(RATE);
  playout.add(9, bytes(400), samples(440, RATE, ms(200)));
  listen(playout, 100);
  close(playout.position.played, 500);
  playout.end(9, bytes(600));
  listen(playout, 120);
  assert.equal(playout.finished[0].played, 600);
});

test("utterances follow each other without a gap", () => {
  const playout = new Playout(RATE);
  for (const n of [1, 2]) {
    playout.add(n, 0, samples(440, RATE, ms(100)).fill(1000));
    playout.end(n, bytes(100));
  }
  const heard = listen(playout, 190).slice(0, ms(190));
  assert.ok(heard.every((float) => float !== 0));
});

test("an utterance without sound is done when it is told", () => {
  const playout = new Playout(RATE);
  playout.end(1, 0);
  listen(playout, 5);
  assert.equal(playout.finished[0].done, true);
});

test("a new house counts anew", () => {
  const playout = new Playout(RATE);
  playout.clear(57);
  playout.reset();
  playout.add(1, 0, samples(440, RATE, ms(100)));
  assert.ok(!isSilent(listen(playout, 20)));
});
