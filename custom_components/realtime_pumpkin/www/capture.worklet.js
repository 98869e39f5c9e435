/** Cuts what the microphone hears into messages, on the audio thread. */

import { Framer } from "./framing.js";

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this._framer = new Framer(sampleRate);
  }

  process([[block]]) {
    if (!block) return true;
    for (const message of this._framer.push(block)) this.port.postMessage(message, [message]);
    return true;
  }
}

registerProcessor("realtime-pumpkin-capture", Capture);
