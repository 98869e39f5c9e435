/** Plays the voice on the audio thread and tells where it is and how loud. */

import { loudnessOf } from "./pcm.js";
import { Playout } from "./playout.js";

const STEP_S = 0.04;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this._playout = new Playout(sampleRate);
    this._latency = 0;
    this._late = [];
    this._squares = 0;
    this._count = 0;
    this._wasPlaying = false;
    this._nextAt = 0;
    this.port.onmessage = ({ data }) => this._take(data);
  }

  process(_inputs, [[block]]) {
    this._playout.render(block);
    for (const float of block) this._squares += float * float;
    this._count += block.length;
    this._noteFinished();
    this._tell();
    return true;
  }

  _take(order) {
    if (order.type === "audio") this._playout.add(order.n, order.at, order.samples);
    else if (order.type === "end") this._playout.end(order.n, order.at);
    else if (order.type === "latency") this._latency = order.seconds;
    else if (order.type === "clear") this._clear(() => this._playout.clear(order.below));
    else if (order.type === "reset") this._clear(() => this._playout.reset());
  }

  _clear(drop) {
    drop();
    this._late = [];
    this._nextAt = 0;
  }

  /** What has left the buffer is heard a little later; only then it is done. */
  _noteFinished() {
    for (const position of this._playout.finished.splice(0)) {
      this._late.push({ position, at: currentTime + this._latency });
    }
    while (this._late.length && this._late[0].at <= currentTime) {
      this.port.postMessage({ position: this._late.shift().position, level: 0 });
    }
  }

  _tell() {
    const { position } = this._playout;
    const isPlaying = Boolean(position?.playing);
    if (currentTime < this._nextAt && isPlaying === this._wasPlaying) return;
    const level = loudnessOf(this._squares, this._count);
    if (position || this._wasPlaying || level) {
      this.port.postMessage({ position: this._late.length ? null : position, level });
    }
    this._wasPlaying = isPlaying;
    this._nextAt = currentTime + STEP_S;
    this._squares = 0;
    this._count = 0;
  }
}

registerProcessor("realtime-pumpkin-playback", Playback);
