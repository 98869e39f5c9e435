/** A skull with embers in its eyes and a jaw that hangs on what it says. */

const EYES = [
  { x: 146, y: 176, side: -1 },
  { x: 254, y: 176, side: 1 },
];
const SOCKET = "M-38 -6C-38 -32 -18 -38 4 -34C28 -30 38 -14 36 8C34 30 14 38 -8 36C-30 32 -38 16 -38 -6Z";
const NOSE = "M200 214C190 214 180 240 184 250C188 256 196 254 200 246C204 254 212 256 216 250C220 240 210 214 200 214Z";

const eye = ({ x, y, side }, index) => `
  <g transform="translate(${x} ${y}) scale(${side} 1)"><g data-part="eye${index}">
    <path d="${SOCKET}" class="hollow"/>
    <g data-part="open${index}" clip-path="url(#socket)"><g data-part="pupil${index}">
      <circle r="26" fill="url(#halo)" data-part="ember${index}"/><circle r="10" class="light"/><circle r="4" class="spark"/>
    </g></g>
    <path data-part="happy${index}" style="display:none" d="M-20 10Q0 -22 20 10" class="line glowing"/>
    <path data-part="cross${index}" style="display:none" d="M-14 -14L14 14M14 -14L-14 14" class="line glowing"/>
  </g></g>`;

const tooth = (x, y, width, height, down) =>
  down
    ? `<path d="M${x} ${y}h${width}v${height - 6}q0 6 -6 6h${12 - width}q-6 0 -6 -6Z" class="tooth"/>`
    : `<path d="M${x} ${y}h${width}v${6 - height}q0 -6 -6 -6h${12 - width}q-6 0 -6 6Z" class="tooth"/>`;
const row = (from, count, width, y, height, down) =>
  Array.from({ length: count }, (_, i) => tooth(from + i * (width + 2), y, width, height, down)).join("");

export const markup = `
  <defs>
    <radialGradient id="bone" cx=".42" cy=".28" r=".85">
      <stop offset="0" class="bone-high"/><stop offset=".55" class="bone"/><stop offset="1" class="bone-low"/>
    </radialGradient>
    <radialGradient id="ember" cx=".5" cy=".5" r=".6">
      <stop offset="0" class="flame-high"/><stop offset=".6" class="flame"/><stop offset="1" class="flame-low"/>
    </radialGradient>
    <radialGradient id="halo"><stop offset="0" class="halo-in"/><stop offset="1" class="halo-out"/></radialGradient>
    <clipPath id="socket"><path d="${SOCKET}"/></clipPath>
  </defs>
  <ellipse cx="200" cy="200" rx="190" ry="180" fill="url(#halo)" data-part="halo" opacity=".5"/>
  <ellipse cx="200" cy="366" rx="104" ry="10" class="ground"/>
  <g data-part="body">
    <path d="M134 270C132 300 144 318 200 318C256 318 268 300 266 270Z" class="hollow"/>
    <g data-part="jaw">
      <path d="M130 240C132 300 144 330 200 330C256 330 268 300 270 240Z" class="hollow"/>
      <path d="M118 262C118 326 146 356 200 356C254 356 282 326 282 262C272 262 268 274 264 296C244 308 156 308 136 296C132 274 128 262 118 262Z" fill="url(#bone)" class="outline"/>
      ${row(151, 5, 18, 306, 22, false)}
    </g>
    <path d="M200 34C112 34 66 92 66 164C66 202 82 224 92 240C98 252 96 266 108 272C122 278 130 268 138 276C144 284 150 288 200 288C250 288 256 284 262 276C270 268 278 278 292 272C304 266 302 252 308 240C318 224 334 202 334 164C334 92 288 34 200 34Z" fill="url(#bone)" class="outline"/>
    <path d="M104 238Q124 244 138 232M296 238Q276 244 262 232" class="crack"/>
    <path d="M262 52L250 74L264 88L256 108" class="crack"/>
    <ellipse cx="146" cy="82" rx="40" ry="16" class="gleam" transform="rotate(-26 146 82)"/>
    <g data-part="brow0"><path d="M104 136Q142 112 182 140" class="brow"/></g>
    <g data-part="brow1"><path d="M296 136Q258 112 218 140" class="brow"/></g>
    ${EYES.map(eye).join("")}
    <path d="${NOSE}" class="hollow"/>
    ${row(141, 6, 18, 278, 24, true)}
  </g>`;

export function move(parts, pose) {
  const drop = pose.open * 30 - Math.max(0, pose.smile) * 3;
  parts.jaw.setAttribute("transform", `translate(${(pose.shift * 8).toFixed(1)} ${drop.toFixed(1)})`);
  for (const [index, { side }] of EYES.entries()) {
    const lid = index ? pose.lidRight : pose.lidLeft;
    const size = (1 + pose.wide * 0.2) * (0.75 + pose.flame * 0.3);
    parts[`pupil${index}`].setAttribute(
      "transform",
      `translate(${(pose.lookX * 14 * side).toFixed(1)} ${(pose.lookY * 12).toFixed(1)}) scale(${size.toFixed(3)} ${(size * Math.max(0.06, lid)).toFixed(3)})`,
    );
    const raise = -pose.wide * 8 - pose.open * 3 + (1 - lid) * 4;
    const turn = (pose.frown * 10 - (index ? pose.shift * 6 : 0)) * side;
    parts[`brow${index}`].setAttribute("transform", `translate(0 ${raise.toFixed(1)}) rotate(${turn.toFixed(1)} ${index ? 258 : 142} 128)`);
  }
  parts.halo.setAttribute("opacity", (pose.flame * 0.45).toFixed(2));
  parts.body.setAttribute("transform", `rotate(${pose.tilt.toFixed(2)} 200 330) translate(0 ${(pose.bob * 3 - pose.open * 3).toFixed(1)})`);
}
