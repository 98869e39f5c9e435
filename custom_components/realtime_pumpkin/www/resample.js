/** A stream of floats from one rate to another, by a windowed sinc in phases. */

const ZERO_CROSSINGS = 12;
// The pass band ends a little below the lower rate's half, where aliases would begin.
const CUTOFF = 0.94;

function divisor(a, b) {
  return b ? divisor(b, a % b) : a;
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The filter's taps for each phase, every phase of sum 1. */
function phases(up, half, scale) {
  return Array.from({ length: up }, (_, phase) => {
    const taps = new Float32Array(2 * half);
    let sum = 0;
    for (let k = 0; k < taps.length; k += 1) {
      const x = k - half + 1 - phase / up;
      const window = Math.abs(x) >= half ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * x) / half);
      taps[k] = sinc(x * scale) * window;
      sum += taps[k];
    }
    return taps.map((tap) => tap / sum);
  });
}

export class Resampler {
  /** Start a stream; equal rates pass through unchanged. */
  constructor(from, to) {
    const common = divisor(from, to);
    this._up = to / common;
    this._down = from / common;
    this._same = from === to;
    const scale = Math.min(1, to / from) * CUTOFF;
    this._half = Math.ceil(ZERO_CROSSINGS / scale);
    this._taps = this._same ? [] : phases(this._up, this._half, scale);
    // The first output lies at the first input: before it there was silence.
    this._input = new Float32Array(this._half - 1);
    this._phase = 0;
    this._at = 0;
  }

  /** What the added floats make complete. */
  push(floats) {
    if (this._same) return floats;
    const input = new Float32Array(this._input.length + floats.length);
    input.set(this._input);
    input.set(floats, this._input.length);
    const output = this._filter(input);
    this._input = input.slice(this._at);
    this._at = 0;
    return output;
  }

  /** What the filter still holds; the stream has ended. */
  flush() {
    return this._same ? new Float32Array(0) : this.push(new Float32Array(this._half));
  }

  _filter(input) {
    const width = 2 * this._half;
    const room = input.length - width - this._at;
    if (room < 0) return new Float32Array(0);
    const output = new Float32Array(Math.floor((room * this._up + this._up - 1 - this._phase) / this._down) + 1);
    let count = 0;
    while (this._at + width <= input.length) {
      const taps = this._taps[this._phase];
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += taps[k] * input[this._at + k];
      output[count] = sum;
      count += 1;
      this._phase += this._down;
      this._at += Math.floor(this._phase / this._up);
      this._phase %= this._up;
    }
    return output.subarray(0, count);
  }
}
