/** Sounds for tests. */

/** A sine of half of full scale. */
export function sine(frequency, rate, count) {
  return Float32Array.from({ length: count }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / rate));
}

/** The same as samples of 16 bit. */
export function samples(frequency, rate, count) {
  return Int16Array.from(sine(frequency, rate, count), (float) => Math.round(float * 32767));
}

/** The root of the mean of the squares. */
export function rms(floats) {
  return Math.sqrt(floats.reduce((sum, float) => sum + float * float, 0) / floats.length);
}
