/** Tests of how a face holds itself, and of the lines that it is drawn with. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { grin, round } from "../../custom_components/realtime_pumpkin/www/faces/mouth.js";
import * as ghost from "../../custom_components/realtime_pumpkin/www/faces/ghost.js";
import * as pumpkin from "../../custom_components/realtime_pumpkin/www/faces/pumpkin.js";
import * as skull from "../../custom_components/realtime_pumpkin/www/faces/skull.js";
import { Pose, blink, flicker, look } from "../../custom_components/realtime_pumpkin/www/pose.js";

const STATES = ["idle", "listening", "thinking", "speaking", "laughing", "error", "unavailable", "off"];

/** The pose of a state after so many seconds of it. */
function held(state, { level = 0, seconds = 3, calm = false } = {}) {
  const pose = new Pose({ calm });
  pose.state = state;
  pose.level = level;
  let shown;
  for (let at = 0; at < seconds; at += 1 / 60) shown = pose.step(100 + at, 1 / 60);
  return shown;
}

/** An element that keeps what it is told. */
class Element {
  style = {};
  attributes = {};
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
}

/** The parts that a face's drawing names. */
function partsOf(markup) {
  return Object.fromEntries([...markup.matchAll(/data-part="(\w+)"/g)].map(([, name]) => [name, new Element()]));
}

for (const [name, face] of Object.entries({ pumpkin, ghost, skull })) {
  test(`a ${name} can be drawn in every state`, () => {
    const parts = partsOf(face.markup);
    for (const state of STATES) {
      face.move(parts, held(state, { level: 0.8 }));
      for (const { attributes } of Object.values(parts)) {
        for (const value of Object.values(attributes)) assert.doesNotMatch(String(value), /NaN|undefined|Infinity/);
      }
    }
  });

  test(`a ${name} has eyes for joy, for trouble and for all else`, () => {
    const parts = partsOf(face.markup);
    for (const kind of ["open", "happy", "cross"]) for (const side of [0, 1]) assert.ok(parts[`${kind}${side}`], `${kind}${side}`);
  });

  test(`a ${name} draws nothing from elsewhere`, () => assert.doesNotMatch(face.markup, /https?:|href|<image/));
}

test("the mouth opens with the voice and closes with it", () => {
  const loud = held("speaking", { level: 0.9 });
  assert.ok(loud.open > 0.9);
  assert.ok(held("speaking", { level: 0.2 }).open < 0.3);
  assert.equal(held("speaking").open, 0);
  assert.equal(held("listening", { level: 0.9 }).open, 0);
});

test("the mouth follows a syllable within a tenth of a second", () => {
  const pose = new Pose();
  pose.state = "speaking";
  pose.level = 0.9;
  let shown;
  for (let at = 0; at < 0.1; at += 1 / 60) shown = pose.step(at, 1 / 60);
  assert.ok(shown.open > 0.8, String(shown.open));
});

test("each state looks different from all others", () => {
  const poses = STATES.filter((state) => state !== "off").map((state) => {
    const { smile, width, wide, flame } = held(state, { calm: true });
    return [smile, width, wide, flame].map((number) => number.toFixed(2)).join();
  });
  assert.equal(new Set(poses).size, poses.length);
});

test("who wants calm sees nothing move by itself", () => {
  const before = held("idle", { calm: true, seconds: 2 });
  const later = held("idle", { calm: true, seconds: 9 });
  for (const key of Object.keys(before)) assert.ok(Math.abs(before[key] - later[key]) < 1e-6, key);
});

test("lids are open but for a blink now and then", () => {
  const times = Array.from({ length: 6000 }, (_, i) => blink(i / 100));
  const closed = times.filter((lid) => lid < 0.3).length;
  assert.ok(closed > 20 && closed < 200, String(closed));
  assert.ok(times.every((lid) => lid >= 0 && lid <= 1));
});

test("candles and glances stay within their bounds", () => {
  for (let time = 0; time < 100; time += 0.05) {
    assert.ok(Math.abs(flicker(time)) <= 1);
    for (const state of STATES) assert.ok(look(state, time).every((value) => Math.abs(value) <= 1));
  }
});

test("a grin has four corners for each tooth, and grows when it opens", () => {
  const shape = { x: 0, y: 0, width: 200, rise: 30, gap: 20, drop: 40, smile: 1, lower: [], upper: [] };
  const height = (path) => {
    const ys = [...path.matchAll(/ (-?[\d.]+)/g)].map(([, y]) => Number(y));
    return Math.max(...ys) - Math.min(...ys);
  };
  const closed = grin({ ...shape, open: 0 });
  const open = grin({ ...shape, open: 1 });
  assert.ok(height(open) > height(closed) + 20);
  const toothed = grin({ ...shape, open: 1, upper: [[-0.2, 0.2]] });
  assert.ok(toothed.split("L").length >= open.split("L").length + 2);
  assert.match(round({ ...shape, height: 20 }), /^M.*Z$/);
});
