/** Tests of samples, and of the messages of a microphone. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { FRAME_SAMPLES, Framer, HEADER, KIND_SOUND, reportMessage } from "../../custom_components/realtime_pumpkin/www/framing.js";
import { decode, loudness, loudnessOf, toFloats, toSample } from "../../custom_components/realtime_pumpkin/www/pcm.js";
import { sine } from "./signals.mjs";

test("samples come out of base64 as they went in, and a torn one is dropped", () => {
  const bytes = Buffer.from(new Int16Array([0, 1, -1, 32767, -32768]).buffer);
  assert.deepEqual([...decode(bytes.toString("base64"))], [0, 1, -1, 32767, -32768]);
  assert.equal(decode(bytes.subarray(0, 5).toString("base64")).length, 2);
  assert.equal(decode("").length, 0);
});

test("floats that are too loud are clipped, not turned over", () => {
  assert.deepEqual([0, 1, -1, 1.5, -1.5].map(toSample), [0, 32767, -32767, 32767, -32768]);
  assert.deepEqual([...toFloats(new Int16Array([0, 16384, -32768]))], [0, 0.5, -1]);
});

test("loudness goes from silence to a shout", () => {
  assert.equal(loudness(-96), 0);
  assert.equal(loudness(0), 1);
  assert.equal(loudness(-30), 0.5);
  assert.equal(loudnessOf(0, 0), 0);
  assert.ok(Math.abs(loudnessOf(480 * 0.001, 480) - 0.5) < 1e-9);
});

for (const rate of [24000, 48000, 44100, 16000]) {
  test(`a microphone of ${rate} Hz gives fifty messages of 20 ms a second`, () => {
    const framer = new Framer(rate);
    const second = sine(440, rate, rate);
    const messages = [];
    for (let at = 0; at < second.length; at += 128) messages.push(...framer.push(second.subarray(at, at + 128)));
    assert.ok(messages.length === 50 || messages.length === 49, String(messages.length));
    for (const message of messages) {
      assert.equal(message.byteLength, HEADER + FRAME_SAMPLES * 2);
      assert.equal(new Uint8Array(message)[1], KIND_SOUND);
    }
    const loudest = Math.max(...new Int16Array(messages[10], HEADER));
    assert.ok(Math.abs(loudest / 32767 - 0.5) < 0.01, String(loudest));
  });
}

test("a report is JSON behind two bytes", () => {
  const message = reportMessage(7, { type: "speaker", n: 1 });
  assert.deepEqual([...message.slice(0, 2)], [7, 2]);
  assert.deepEqual(JSON.parse(new TextDecoder().decode(message.slice(2))), { type: "speaker", n: 1 });
});
