/* What the test notes in the page: sound as it is played, and when messages pass. */
"use strict";
(() => {
  const wall = () => performance.timeOrigin + performance.now();
  const frames = [];
  const sound = [];
  const port = [];
  const blocks = [];
  let rate = 0;
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (typeof data !== "string") {
      const bytes = new Uint8Array(data.buffer ?? data);
      if (bytes[1] === 1) frames.push([base64(bytes.slice(-64)), wall()]);
    }
    return send.call(this, data);
  };

  const recorder = `
    registerProcessor("recorder", class extends AudioWorkletProcessor {
      process([[block]]) { if (block) this.port.postMessage({ block: block.slice(), at: Date.now() }); return true; }
    });`;

  window.probes = {
    async record(tab) {
      const context = tab._context;
      rate = context.sampleRate;
      await context.audioWorklet.addModule(URL.createObjectURL(new Blob([recorder], { type: "text/javascript" })));
      const node = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => {
        blocks.push(data.block);
        port.push(Date.now() - data.at);
      };
      tab._playback.connect(node);
      const order = tab._order.bind(tab);
      tab._order = (message) => {
        if (message.type === "audio") {
          const bytes = new Uint8Array(message.samples.buffer);
          sound.push([base64(bytes.slice(-64)), wall(), message.at]);
        }
        return order(message);
      };
    },
    recorded() {
      const samples = new Int16Array(blocks.length * 128);
      blocks.forEach((block, i) => block.forEach((float, k) => { samples[i * 128 + k] = Math.max(-1, Math.min(1, float)) * 32767; }));
      const bytes = new Uint8Array(samples.buffer);
      let text = "";
      for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return { rate, pcm: btoa(text) };
    },
    latency: () => ({ frames, sound, port }),
  };
})();
