/** How a face holds itself in each state: numbers that it glides between. */

const REST = { smile: 0.6, width: 1, shift: 0, wide: 0, lid: 1, squint: 0, frown: 0, flame: 0.85, tilt: 0 };

const STATES = {
  idle: { ...REST, smile: 0.7, flame: 0.7, lid: 0.92 },
  listening: { ...REST, smile: 0.5, width: 0.72, wide: 1, flame: 0.95, tilt: 2.5 },
  thinking: { ...REST, smile: 0.1, width: 0.58, shift: 0.8, squint: 0.42, flame: 0.75, tilt: -3 },
  speaking: { ...REST, smile: 0.65, width: 0.95, wide: 0.25, flame: 1 },
  laughing: { ...REST, smile: 1, width: 1.06, flame: 1.1 },
  error: { ...REST, smile: -0.9, width: 0.72, frown: -0.8, flame: 0.32, tilt: 4 },
  unavailable: { ...REST, smile: 0, width: 0.6, lid: 0.08, flame: 0.12 },
  off: { ...REST, smile: 0.2, width: 0.6, lid: 0.08, flame: 0.12 },
};

const BLINK_S = 0.16;
const KEYS = Object.keys(REST);

/** A number between 0 and 1 that depends on nothing but its seed. */
function chance(seed) {
  const x = Math.sin(seed * 127.1 + 311.7) * 43758.5453;
  return x - Math.floor(x);
}

/** How a candle burns at a time: around 0, slow and fast together. */
export function flicker(time) {
  return 0.5 * Math.sin(time * 7.3) + 0.3 * Math.sin(time * 12.7 + 1.3) + 0.2 * Math.sin(time * 23.1 + 0.7);
}

/** How far lids are open at a time (1 but for a blink every few seconds). */
export function blink(time) {
  const turn = Math.floor(time / 3.7);
  const at = time - turn * 3.7 - 0.4 - chance(turn) * 2.6;
  if (at < 0 || at > BLINK_S) return 1;
  return Math.abs(at / BLINK_S - 0.5) * 2;
}

/** Where eyes rest in a state at a time, both -1 to 1. */
export function look(state, time) {
  if (state === "thinking") return [0.5 + 0.35 * Math.sin(time * 0.9), -0.85];
  if (state === "listening" || state === "laughing") return [0, 0.1];
  if (state === "error") return [0.1, 0.7];
  const turn = Math.floor(time / 2.3);
  const wander = state === "speaking" ? 0.35 : 0.8;
  return [(chance(turn) * 2 - 1) * wander, (chance(turn + 0.5) - 0.4) * wander * 0.7];
}

export class Pose {
  /** With `calm` nothing moves by itself: the mouth only follows the voice. */
  constructor({ calm = false } = {}) {
    this.calm = calm;
    this.state = "idle";
    this.level = 0;
    this.now = { ...STATES.idle, lookX: 0, lookY: 0, open: 0 };
  }

  /** Which of its eyes a face shows. */
  get eyes() {
    if (this.state === "laughing") return "happy";
    return this.state === "error" ? "cross" : "open";
  }

  /** The pose at a time in s, so long after the one before. */
  step(time, elapsed) {
    const target = STATES[this.state] ?? STATES.idle;
    const glide = this.calm ? 1 : 1 - Math.exp(-elapsed * 7);
    for (const key of KEYS) this.now[key] += (target[key] - this.now[key]) * glide;
    this._open(elapsed);
    this._look(time, elapsed);
    return this._shown(time);
  }

  /** Open fast, close slower, as lips do. */
  _open(elapsed) {
    const speaks = this.state === "speaking" || this.state === "laughing";
    const wanted = speaks ? Math.min(1, this.level * 1.15) : 0;
    const speed = wanted > this.now.open ? 28 : 14;
    this.now.open += (wanted - this.now.open) * (1 - Math.exp(-elapsed * speed));
  }

  _look(time, elapsed) {
    const [x, y] = this.calm ? [0, 0] : look(this.state, time);
    const speed = 1 - Math.exp(-elapsed * 11);
    this.now.lookX += (x - this.now.lookX) * speed;
    this.now.lookY += (y - this.now.lookY) * speed;
  }

  _shown(time) {
    const { now } = this;
    const calm = this.calm ? 0 : 1;
    // Eyes that laugh or are crossed are shut already.
    const lid = this.eyes === "open" ? now.lid * (this.calm ? 1 : blink(time)) : 1;
    const laugh = this.state === "laughing" ? calm : 0;
    return {
      time: calm * time,
      open: Math.max(now.open, this.state === "laughing" ? 0.35 : 0),
      smile: now.smile,
      width: now.width,
      shift: now.shift,
      wide: now.wide + now.open * 0.3,
      frown: now.frown,
      lookX: now.lookX,
      lookY: now.lookY,
      lidLeft: lid * (1 - now.squint),
      lidRight: lid,
      flame: Math.max(0.05, now.flame + calm * flicker(time) * 0.11 + now.open * 0.15),
      tilt: now.tilt + calm * Math.sin(time * 0.8) * 0.8 + laugh * Math.sin(time * 13) * 2.2,
      bob: calm * Math.sin(time * 1.3) + laugh * Math.sin(time * 13) * 1.4 - now.open * 0.8,
    };
  }
}
