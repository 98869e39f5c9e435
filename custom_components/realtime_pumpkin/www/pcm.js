/** PCM as the voice has it (s16le mono 24 kHz) and as Web Audio has it (floats). */

export const RATE = 24000;

/** What a level of speech looks like: 0 is silence, 1 is a shout (as in audio/level.py). */
export function loudness(dbfs) {
  return Math.min(1, Math.max(0, (dbfs + 50) / 40));
}

/** The loudness of a sum of squares of so many samples. */
export function loudnessOf(squares, count) {
  if (!count || squares <= 0) return 0;
  return loudness(10 * Math.log10(squares / count));
}

/** Samples out of base64; a byte left over is dropped. */
export function decode(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length & ~1);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new Int16Array(bytes.buffer);
}

/** Floats of -1 to 1 from samples. */
export function toFloats(samples) {
  const floats = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) floats[i] = samples[i] / 32768;
  return floats;
}

/** One sample from a float; what is too loud is clipped. */
export function toSample(float) {
  const scaled = Math.round(float * 32767);
  return scaled > 32767 ? 32767 : scaled < -32768 ? -32768 : scaled;
}
