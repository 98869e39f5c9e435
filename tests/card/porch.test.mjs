/** Tests of porch mode: one lock at a time, and out of it by a person only. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Porch } from "../../custom_components/realtime_pumpkin/www/porch.js";
import { settle } from "./house.mjs";

let locks;
let changes;

class Lock {
  released = false;
  async release() {
    this.released = true;
  }
}

class Page extends EventTarget {
  visibilityState = "visible";
  fullscreenElement = null;
  documentElement = {
    style: { overflow: "" },
    requestFullscreen: async () => {
      this.fullscreenElement = this.documentElement;
    },
  };

  async exitFullscreen() {
    this.fullscreenElement = null;
  }

  show(state) {
    this.visibilityState = state;
    if (state === "hidden") for (const lock of locks) lock.released = true;
    this.dispatchEvent(new Event("visibilitychange"));
  }

  press(key) {
    this.dispatchEvent(Object.assign(new Event("keydown"), { key }));
  }

  loseFullscreen() {
    this.fullscreenElement = null;
    this.dispatchEvent(new Event("fullscreenchange"));
  }
}

class Card {
  classList = new Set();
  attributes = new Map();
  setAttribute = (name, value) => this.attributes.set(name, value);
  removeAttribute = (name) => this.attributes.delete(name);
  constructor() {
    this.classList.remove = this.classList.delete;
  }
}

const held = () => locks.filter((lock) => !lock.released).length;

function porch(key = "voice") {
  return new Porch(new Card(), key, () => (changes += 1));
}

beforeEach((context) => {
  locks = [];
  changes = 0;
  context.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.document = new Page();
  const wakeLock = {
    request: async () => {
      const lock = new Lock();
      locks.push(lock);
      return lock;
    },
  };
  Object.defineProperty(globalThis, "navigator", { value: { wakeLock }, configurable: true });
});

afterEach(() => delete globalThis.document);

test("a tap after a start without one takes no second lock, and leaving gives all back", async () => {
  const one = porch();
  await one.enter();
  await settle();
  await one.enter({ fullscreen: true });
  await settle();
  assert.equal(held(), 1);
  one.leave();
  await settle();
  assert.equal(held(), 0);
  assert.equal(document.fullscreenElement, null);
});

test("who leaves before the lock was granted holds none", async () => {
  const one = porch();
  one.enter();
  one.leave();
  await settle();
  assert.equal(locks.length, 1);
  assert.equal(held(), 0);
});

test("a page that is seen again asks for its lock again", async () => {
  const one = porch();
  await one.enter();
  await settle();
  document.show("hidden");
  await settle();
  assert.equal(held(), 0);
  document.show("visible");
  await settle();
  assert.equal(held(), 1);
  one.leave();
});

test("a page that is hidden loses the screen, not its face", async (context) => {
  const one = porch();
  await one.enter({ fullscreen: true });
  document.loseFullscreen();
  document.show("hidden");
  context.mock.timers.tick(1000);
  document.show("visible");
  context.mock.timers.tick(1000);
  assert.equal(one.isOpen, true);
  one.leave();
});

test("a person who leaves the full screen leaves porch mode", async (context) => {
  const one = porch();
  await one.enter({ fullscreen: true });
  document.loseFullscreen();
  context.mock.timers.tick(1000);
  assert.equal(one.isOpen, false);
});

test("Escape leads out, other keys do not", async () => {
  const one = porch();
  await one.enter();
  document.press("x");
  assert.equal(one.isOpen, true);
  document.press("Escape");
  assert.equal(one.isOpen, false);
  assert.equal(changes, 2);
});

test("what is behind does not scroll meanwhile, and is told to be behind", async () => {
  const one = porch();
  document.documentElement.style.overflow = "auto";
  await one.enter();
  assert.equal(document.documentElement.style.overflow, "hidden");
  assert.equal(one._element.attributes.get("aria-modal"), "true");
  one.leave();
  assert.equal(document.documentElement.style.overflow, "auto");
  assert.equal(one._element.attributes.size, 0);
});

test("a browser without locks or a full screen fills the page all the same", async () => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  document.documentElement.requestFullscreen = async () => {
    throw new TypeError("not allowed");
  };
  const one = porch();
  await one.enter({ fullscreen: true });
  assert.equal(one.isOpen, true);
  one.leave();
});

test("a card that is drawn anew finds its porch open, for a few seconds", async (context) => {
  const one = porch("kept");
  await one.enter();
  one.detach();
  assert.equal(porch("kept").wasOpen, true);
  context.mock.timers.tick(3000);
  assert.equal(porch("kept").wasOpen, false);
});
