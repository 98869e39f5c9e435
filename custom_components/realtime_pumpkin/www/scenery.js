/** What surrounds a face: its own picture, and the night behind it. */

const SVG = "http://www.w3.org/2000/svg";
const STARS = Array.from({ length: 26 }, (_, i) => {
  const x = (i * 61) % 100;
  const y = (i * 37) % 70;
  return `<circle cx="${x}%" cy="${y}%" r="${0.6 + (i % 3) * 0.5}" fill="#fff" opacity="${0.35 + (i % 4) * 0.18}"/>`;
}).join("");

/** An empty picture for a face to be carved into. */
export function canvas() {
  return svg({ class: "face", viewBox: "0 0 400 380", role: "img" });
}

/** A sky that nobody needs to have read out. */
export function stars() {
  const sky = svg({ class: "stars", "aria-hidden": "true" });
  sky.innerHTML = STARS;
  return sky;
}

function svg(attributes) {
  const element = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
