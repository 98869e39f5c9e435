/**
 * What is to be played: a jitter buffer that knows what has left it.
 *
 * Every piece of sound names its utterance and its place there in bytes, so what comes
 * twice is dropped, and a tab that takes over begins where the other one was.
 */

import { RATE, toFloats } from "./pcm.js";
import { Resampler } from "./resample.js";

/** How much must be there before an utterance begins, ms. */
export const START_MS = 60;
/** How much must be there after it ran dry, ms. */
export const REFILL_MS = 120;
/** A short utterance, or a slow one, begins after so long all the same, ms. */
export const PATIENCE_MS = 200;
const FADE_MS = 5;
const BYTES_PER_MS = RATE / 500;

class Utterance {
  constructor(n, at, rate) {
    this.n = n;
    this.received = at;
    this.ended = null;
    this.startMs = at / BYTES_PER_MS;
    this.rendered = 0;
    this.ready = 0;
    this.waited = 0;
    this.needed = (START_MS * rate) / 1000;
    this.isPlaying = false;
    this._rate = rate;
    this._resampler = new Resampler(RATE, rate);
    this._chunks = [];
    this._offset = 0;
  }

  add(at, samples) {
    const known = Math.max(0, (this.received - at) / 2);
    if (known >= samples.length) return;
    this.received = at + samples.length * 2;
    this._push(this._resampler.push(toFloats(samples.subarray(known))));
  }

  end(at) {
    if (this.ended !== null) return;
    this.ended = at;
    this._push(this._resampler.flush());
  }

  get isDone() {
    return this.ended !== null && this.received >= this.ended && this.ready === 0;
  }

  /** Whole once all of it was rendered: the filter's edges are no sound. */
  get playedMs() {
    if (this.isDone) return this.ended / BYTES_PER_MS;
    const played = this.startMs + (this.rendered * 1000) / this._rate;
    return Math.min(played, this.received / BYTES_PER_MS);
  }

  /** Fill a block from an index on; return how far it is filled. */
  render(block, from) {
    if (!this._mayPlay(block.length - from)) return from;
    let at = from;
    while (at < block.length && this._chunks.length) {
      const chunk = this._chunks[0];
      const count = Math.min(block.length - at, chunk.length - this._offset);
      block.set(chunk.subarray(this._offset, this._offset + count), at);
      at += count;
      this._take(count);
    }
    return at;
  }

  _mayPlay(room) {
    if (this.isPlaying && this.ready === 0 && this.ended === null) {
      this.isPlaying = false;
      this.needed = (REFILL_MS * this._rate) / 1000;
      this.waited = 0;
    }
    if (!this.isPlaying) {
      if (this.ready) this.waited += room;
      const patience = (PATIENCE_MS * this._rate) / 1000;
      this.isPlaying = this.ready >= this.needed || this.ended !== null || this.waited >= patience;
    }
    return this.isPlaying;
  }

  _push(floats) {
    if (!floats.length) return;
    this._chunks.push(floats);
    this.ready += floats.length;
  }

  _take(count) {
    this.rendered += count;
    this.ready -= count;
    this._offset += count;
    if (this._offset < this._chunks[0].length) return;
    this._chunks.shift();
    this._offset = 0;
  }
}

export class Playout {
  /** Play at the rate of an audio context. */
  constructor(rate) {
    this._rate = rate;
    this._queue = [];
    this._floor = 0;
    this._tail = new Float32Array(0);
    /** Where the utterance that ended last was, until somebody asks. */
    this.finished = [];
  }

  /** Add sound to an utterance, at a place in bytes. */
  add(n, at, samples) {
    this._utterance(n, at)?.add(at, samples);
  }

  /** Say that an utterance has so many bytes in all. */
  end(n, at) {
    this._utterance(n, at)?.end(at);
  }

  /** Drop every utterance with a number below; what is heard fades out in 5 ms. */
  clear(below) {
    const [current] = this._queue;
    if (current && current.n < below) this._fade(current);
    this._floor = below;
    this._queue = this._queue.filter((each) => each.n >= below);
  }

  /** Forget everything: whoever speaks now counts anew. */
  reset() {
    this.clear(Infinity);
    this._floor = 0;
    this.finished = [];
  }

  /** Fill a block of floats with what is heard next. */
  render(block) {
    block.fill(0);
    let at = 0;
    while (at < block.length && this._queue.length) {
      const [current] = this._queue;
      at = current.render(block, at);
      if (!current.isDone) break;
      this.finished.push(this._position(current));
      this._queue.shift();
    }
    this._mixTail(block);
  }

  /** Where the utterance that plays now is, or null. */
  get position() {
    return this._queue.length ? this._position(this._queue[0]) : null;
  }

  _position(utterance) {
    return {
      n: utterance.n,
      played: utterance.playedMs,
      received: utterance.received,
      playing: utterance.isPlaying && !utterance.isDone,
      done: utterance.isDone,
    };
  }

  _utterance(n, at) {
    if (n < this._floor || this.finished.some((each) => each.n === n)) return null;
    let found = this._queue.find((each) => each.n === n);
    if (!found) {
      found = new Utterance(n, at, this._rate);
      this._queue.push(found);
    }
    return found;
  }

  _fade(utterance) {
    if (!utterance.isPlaying) return;
    const tail = new Float32Array(Math.round((FADE_MS * this._rate) / 1000));
    utterance.render(tail, 0);
    this._tail = tail.map((float, i) => float * (1 - i / tail.length));
  }

  _mixTail(block) {
    const count = Math.min(block.length, this._tail.length);
    for (let i = 0; i < count; i += 1) block[i] += this._tail[i];
    this._tail = this._tail.subarray(count);
  }
}
