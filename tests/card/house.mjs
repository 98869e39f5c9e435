/** A house, a browser and its sound, as far as a tab touches them. */

import { mock } from "node:test";

const settle = () => new Promise((done) => setImmediate(done));

export class Connection extends EventTarget {
  constructor() {
    super();
    this.sent = [];
    this.asked = [];
    this.unsubscribed = 0;
    this.refusal = null;
    this.socket = { readyState: 1, bufferedAmount: 0, send: (message) => this.sent.push(new Uint8Array(message)) };
  }

  async subscribeMessage(callback, message) {
    this.asked.push(message);
    if (this.refusal) throw this.refusal;
    this.tell = callback;
    callback({ type: "handler", id: this.asked.length + 6 });
    callback({ type: "attached", known: this.asked.length > 1 });
    return async () => {
      this.unsubscribed += 1;
    };
  }

  /** What the tab reported, without sound. */
  get reports() {
    return this.sent.filter((bytes) => bytes[1] === 2).map((bytes) => JSON.parse(new TextDecoder().decode(bytes.slice(2))));
  }

  get sound() {
    return this.sent.filter((bytes) => bytes[1] === 1);
  }

  async lose() {
    this.dispatchEvent(new Event("disconnected"));
    await settle();
  }

  async comeBack() {
    this.dispatchEvent(new Event("ready"));
    await settle();
  }
}

class Node {
  constructor(context, name) {
    this.name = name;
    this.orders = [];
    this.port = { postMessage: (order) => this.orders.push(order), onmessage: null };
    context.nodes.push(this);
  }

  connect() {}
  disconnect() {}

  /** Say something as the audio thread does. */
  say(data) {
    this.port.onmessage?.({ data });
  }
}

class Context {
  constructor() {
    this.state = "suspended";
    this.outputLatency = 0.03;
    this.nodes = [];
    this.destination = {};
    this.audioWorklet = { addModule: async () => {} };
  }

  async resume() {
    this.state = "running";
  }

  createMediaStreamSource() {
    return { connect() {}, disconnect() {} };
  }
}

export class Browser extends EventTarget {
  constructor() {
    super();
    this.isSecureContext = true;
    this.tracks = [];
    this.refusal = null;
    this.contexts = [];
    const browser = this;
    this.AudioContext = class extends Context {
      constructor() {
        super();
        browser.contexts.push(this);
      }
    };
    this.AudioWorkletNode = Node;
    this.navigator = {
      mediaDevices: {
        getSupportedConstraints: () => ({ echoCancellation: true }),
        getUserMedia: async () => {
          if (browser.refusal) throw browser.refusal;
          const track = { isOn: true, stop: mock.fn(() => (track.isOn = false)) };
          browser.tracks.push(track);
          return { getTracks: () => [track], getAudioTracks: () => [track] };
        },
      },
    };
  }

  /** The worklet of a name that was made last. */
  node(name) {
    return this.contexts.flatMap((context) => context.nodes).findLast((node) => node.name === `realtime-pumpkin-${name}`);
  }

  get isRecorded() {
    return this.tracks.some((track) => track.isOn);
  }
}

export { settle };
