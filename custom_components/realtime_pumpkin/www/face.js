/** A face that lives: it draws itself once a frame, and only while it is seen. */

import { Pose } from "./pose.js";

const FACES = { pumpkin: "pumpkin", ghost: "ghost", skull: "skull" };
const LONGEST_STEP_S = 0.1;

export class Face {
  /** Draw into an svg element. `cost` counts frames and the ms of scripting in them. */
  constructor(svg, { calm = false } = {}) {
    this.cost = { frames: 0, ms: 0 };
    this._svg = svg;
    this._pose = new Pose({ calm });
    this._last = 0;
    this._frame = null;
    this._levels = [];
    this._draw = (now) => this._onFrame(now);
  }

  /** Carve another face. */
  async carve(kind) {
    const name = FACES[kind] ?? FACES.pumpkin;
    const { markup, move } = await import(`./faces/${name}.js`);
    this._svg.innerHTML = markup;
    this._svg.dataset.face = name;
    this._parts = {};
    for (const part of this._svg.querySelectorAll("[data-part]")) this._parts[part.dataset.part] = part;
    this._move = move;
    this._eyes = "";
    this._onFrame(performance.now());
  }

  get state() {
    return this._pose.state;
  }

  set state(state) {
    this._pose.state = state;
  }

  /** Whether nothing may move by itself. */
  set calm(isCalm) {
    this._pose.calm = isCalm;
  }

  /** Open the mouth so far (0 to 1), after so many ms. */
  hear(level, delayMs = 0) {
    this._levels.push({ level, at: performance.now() + delayMs });
    if (this._levels.length > 50) this._levels.shift();
  }

  start() {
    this._frame ??= requestAnimationFrame(this._draw);
  }

  stop() {
    if (this._frame !== null) cancelAnimationFrame(this._frame);
    this._frame = null;
  }

  _onFrame(now) {
    const began = performance.now();
    if (this._frame !== null) this._frame = requestAnimationFrame(this._draw);
    if (!this._move) return;
    while (this._levels.length && this._levels[0].at <= now) this._pose.level = this._levels.shift().level;
    const elapsed = Math.min(LONGEST_STEP_S, (now - this._last) / 1000);
    this._last = now;
    this._move(this._parts, this._pose.step(now / 1000, elapsed));
    this._showEyes(this._pose.eyes);
    this.cost.frames += 1;
    this.cost.ms += performance.now() - began;
  }

  _showEyes(eyes) {
    if (eyes === this._eyes) return;
    this._eyes = eyes;
    for (const kind of ["open", "happy", "cross"]) {
      for (const index of [0, 1]) this._parts[`${kind}${index}`].style.display = kind === eyes ? "" : "none";
    }
  }
}
