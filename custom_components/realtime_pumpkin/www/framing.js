/** Floats of any rate into the messages of a microphone: 20 ms of PCM at 24 kHz. */

import { RATE, toSample } from "./pcm.js";
import { Resampler } from "./resample.js";

export const FRAME_SAMPLES = RATE / 50;
/** Two bytes before the sound: Home Assistant's handler, and that it is sound. */
export const HEADER = 2;
export const KIND_SOUND = 1;
export const KIND_REPORT = 2;

export class Framer {
  constructor(rate) {
    this._resampler = new Resampler(rate, RATE);
    this._frame = this._empty();
    this._filled = 0;
  }

  /** The messages that the added floats complete, as array buffers. */
  push(floats) {
    const messages = [];
    for (const float of this._resampler.push(floats)) {
      this._frame[this._filled] = toSample(float);
      this._filled += 1;
      if (this._filled < FRAME_SAMPLES) continue;
      messages.push(this._frame.buffer);
      this._frame = this._empty();
      this._filled = 0;
    }
    return messages;
  }

  _empty() {
    const buffer = new ArrayBuffer(HEADER + FRAME_SAMPLES * 2);
    new Uint8Array(buffer)[1] = KIND_SOUND;
    return new Int16Array(buffer, HEADER);
  }
}

/** A report as a message, for the handler that takes it. */
export function reportMessage(handler, report) {
  const text = new TextEncoder().encode(JSON.stringify(report));
  const message = new Uint8Array(HEADER + text.length);
  message.set([handler, KIND_REPORT]);
  message.set(text, HEADER);
  return message;
}
