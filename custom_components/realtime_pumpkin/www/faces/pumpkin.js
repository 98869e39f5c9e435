/** A jack-o'-lantern with a candle inside. */

import { grin } from "./mouth.js";

const EYES = [
  { x: 136, y: 182, side: -1 },
  { x: 264, y: 182, side: 1 },
];
// Around the middle of an eye; the outer corner lies lower.
const EYE = "M-4 -42Q2 -48 8 -42L44 20Q48 30 38 31Q0 40 -38 31Q-48 30 -42 20Z";
const HAPPY = "M-42 18Q0 -54 42 18Q30 24 24 14Q0 -18 -24 14Q-30 24 -42 18Z";
const CROSS = "M-30 -22L-20 -32L0 -11L20 -32L30 -22L11 0L30 22L20 32L0 11L-20 32L-30 22L-11 0Z";
const NOSE = "M196 214Q200 207 204 214L221 240Q224 247 216 247L184 247Q176 247 179 240Z";

const rib = (x, rx, ry, y = 214) => `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" class="rib"/>`;

const eye = ({ x, y, side }, index) => `
  <g transform="translate(${x} ${y}) scale(${side} 1)"><g data-part="eye${index}">
    <g data-part="open${index}">
      <path d="${EYE}" class="wall"/>
      <path d="${EYE}" class="light" transform="translate(2 3) scale(.93)"/>
      <g clip-path="url(#carved)"><g data-part="pupil${index}">
        <circle r="15" cy="9" class="pupil"/><circle r="4.5" cx="${-5 * side}" cy="3" class="spark"/>
      </g></g>
    </g>
    <g data-part="happy${index}" style="display:none">
      <path d="${HAPPY}" class="wall"/><path d="${HAPPY}" class="light" transform="translate(1 2) scale(.92)"/>
    </g>
    <g data-part="cross${index}" style="display:none">
      <path d="${CROSS}" class="wall"/><path d="${CROSS}" class="light" transform="translate(1 2) scale(.9)"/>
    </g>
  </g></g>`;

export const markup = `
  <defs>
    <radialGradient id="skin" cx=".42" cy=".26" r=".85">
      <stop offset="0" class="skin-high"/><stop offset=".5" class="skin"/><stop offset="1" class="skin-low"/>
    </radialGradient>
    <radialGradient id="candle" gradientUnits="userSpaceOnUse" cx="200" cy="268" r="170">
      <stop offset="0" class="flame-high"/><stop offset=".45" class="flame"/><stop offset="1" class="flame-low"/>
    </radialGradient>
    <radialGradient id="ember" cx=".5" cy=".8" r="1">
      <stop offset="0" class="flame-high"/><stop offset=".6" class="flame"/><stop offset="1" class="flame-low"/>
    </radialGradient>
    <radialGradient id="halo"><stop offset="0" class="halo-in"/><stop offset="1" class="halo-out"/></radialGradient>
    <clipPath id="carved"><path d="${EYE}"/></clipPath>
  </defs>
  <ellipse cx="200" cy="222" rx="198" ry="172" fill="url(#halo)" data-part="halo"/>
  <ellipse cx="200" cy="346" rx="150" ry="20" class="ground"/>
  <ellipse cx="200" cy="347" rx="120" ry="14" fill="url(#halo)" data-part="spill"/>
  <g data-part="body">
    <path d="M186 98C184 76 172 62 178 46C190 38 208 36 218 44C208 58 214 78 220 98Z" class="stem"/>
    <path d="M196 96C194 76 186 62 190 47" class="stem-line"/>
    <path d="M214 62C232 44 262 48 268 66C252 60 236 66 224 76" class="tendril"/>
    <g fill="url(#skin)">
      ${rib(84, 62, 98)}${rib(316, 62, 98)}${rib(132, 72, 118)}${rib(268, 72, 118)}${rib(200, 76, 128)}
    </g>
    <path d="M162 108Q200 122 238 108" class="crown"/>
    <path d="M168 120Q150 160 150 196M232 120Q250 160 250 196" class="shade"/>
    <ellipse cx="150" cy="124" rx="26" ry="10" class="gleam" transform="rotate(-24 150 124)"/>
    ${EYES.map(eye).join("")}
    <g data-part="nose"><path d="${NOSE}" class="wall"/><path d="${NOSE}" class="light" transform="translate(18 22) scale(.91)"/></g>
    <path data-part="mouth0" class="wall"/><path data-part="mouth1" class="glow"/>
  </g>`;

const UPPER = [
  [-0.52, -0.24],
  [0.24, 0.52],
];
const LOWER = [[-0.16, 0.16]];

export function move(parts, pose) {
  const shape = {
    x: 200 + pose.shift * 16,
    y: 280,
    width: 176 * pose.width,
    rise: 34,
    gap: 21,
    drop: 36,
    open: pose.open,
    smile: pose.smile,
    upper: UPPER,
    lower: LOWER,
  };
  const path = grin(shape);
  parts.mouth0.setAttribute("d", path);
  parts.mouth1.setAttribute("d", path);
  for (const [index, { side }] of EYES.entries()) {
    const lid = index ? pose.lidRight : pose.lidLeft;
    const size = 1 + pose.wide * 0.13;
    parts[`eye${index}`].setAttribute(
      "transform",
      `rotate(${(-pose.frown * 12).toFixed(1)}) scale(${size.toFixed(3)} ${(size * Math.max(0.08, lid)).toFixed(3)})`,
    );
    parts[`pupil${index}`].setAttribute("transform", `translate(${(pose.lookX * 13 * side).toFixed(1)} ${(pose.lookY * 10).toFixed(1)})`);
  }
  parts.halo.setAttribute("opacity", (pose.flame * 0.95).toFixed(2));
  parts.spill.setAttribute("opacity", pose.flame.toFixed(2));
  parts.body.setAttribute("transform", `rotate(${pose.tilt.toFixed(2)} 200 340) translate(0 ${(pose.bob * 3).toFixed(1)})`);
}
