/** Tests of the resampler. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Resampler } from "../../custom_components/realtime_pumpkin/www/resample.js";
import { rms, sine } from "./signals.mjs";

/** A second of a sine through the resampler, in blocks of so many floats. */
function converted(from, to, frequency, block = 128) {
  const resampler = new Resampler(from, to);
  const input = sine(frequency, from, from);
  const output = [];
  for (let at = 0; at < input.length; at += block) output.push(...resampler.push(input.subarray(at, at + block)));
  output.push(...resampler.flush());
  return Float32Array.from(output);
}

for (const [from, to] of [
  [48000, 24000],
  [44100, 24000],
  [16000, 24000],
  [24000, 48000],
  [24000, 44100],
]) {
  test(`${from} Hz to ${to} Hz keeps a tone's length, pitch, level and place`, () => {
    const output = converted(from, to, 440);
    assert.ok(Math.abs(output.length - to) <= 2, String(output.length));
    const wanted = sine(440, to, output.length);
    const wrong = output.map((float, i) => float - wanted[i]).slice(200, -200);
    assert.ok(rms(wrong) < 0.002, String(rms(wrong)));
  });

  test(`${from} Hz to ${to} Hz does not depend on how the stream is cut`, () => {
    const whole = converted(from, to, 440, from);
    for (const block of [1, 7, 128, 1000]) assert.deepEqual(converted(from, to, 440, block), whole);
  });
}

test("what a lower rate cannot hold is gone instead of folded back", () => {
  const output = converted(48000, 24000, 15000);
  assert.ok(rms(output.slice(200, -200)) < 0.002);
});

test("equal rates pass through untouched", () => {
  const input = sine(440, 24000, 500);
  assert.equal(new Resampler(24000, 24000).push(input), input);
});
