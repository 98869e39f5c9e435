/** A ghost that floats, with a lantern's blush. */

import { round } from "./mouth.js";

const EYES = [
  { x: 158, y: 152, side: -1 },
  { x: 242, y: 152, side: 1 },
];

const eye = ({ x, y }, index) => `
  <g transform="translate(${x} ${y})"><g data-part="eye${index}">
    <g data-part="open${index}">
      <ellipse rx="19" ry="27" class="hollow"/>
      <g data-part="pupil${index}"><circle r="7" cx="-5" cy="-9" class="spark"/><circle r="3.5" cx="6" cy="8" class="spark" opacity=".7"/></g>
    </g>
    <path data-part="happy${index}" style="display:none" d="M-22 8Q0 -26 22 8" class="line"/>
    <path data-part="cross${index}" style="display:none" d="M-15 -15L15 15M15 -15L-15 15" class="line"/>
  </g></g>`;

export const markup = `
  <defs>
    <linearGradient id="sheet" x1="0" y1="0" x2=".25" y2="1">
      <stop offset="0" class="sheet-high"/><stop offset=".55" class="sheet"/><stop offset="1" class="sheet-low"/>
    </linearGradient>
    <radialGradient id="halo"><stop offset="0" class="halo-in"/><stop offset="1" class="halo-out"/></radialGradient>
  </defs>
  <ellipse cx="200" cy="200" rx="190" ry="180" fill="url(#halo)" data-part="halo"/>
  <ellipse cx="200" cy="364" rx="88" ry="10" class="ground" data-part="shadow"/>
  <g data-part="body">
    <path data-part="arm0" class="arm outline" d="M98 216Q58 214 46 186Q44 172 58 176Q72 192 104 184Z" fill="url(#sheet)"/>
    <path data-part="arm1" class="arm outline" d="M302 216Q342 214 354 186Q356 172 342 176Q328 192 296 184Z" fill="url(#sheet)"/>
    <path data-part="sheet" fill="url(#sheet)" class="outline"/>
    <path d="M112 168Q112 92 168 66" class="fold"/>
    <ellipse cx="130" cy="196" rx="17" ry="10" class="blush"/><ellipse cx="270" cy="196" rx="17" ry="10" class="blush"/>
    ${EYES.map(eye).join("")}
    <path data-part="mouth0" class="hollow"/>
    <path data-part="tongue" class="tongue"/>
  </g>`;

const WAVES = 5;

/** The sheet with a hem that waves. */
function sheet(time) {
  const hem = [];
  for (let i = 0; i <= WAVES * 2; i += 1) {
    const x = 306 - (212 / (WAVES * 2)) * i;
    const sway = Math.sin(time * 2.2 + i * 0.9) * 5;
    hem.push(`${x.toFixed(1)} ${(i % 2 ? 336 + sway : 312 + sway * 0.6).toFixed(1)}`);
  }
  const curve = hem.slice(1).map((point, i) => {
    const [x, y] = point.split(" ").map(Number);
    const [beforeX, beforeY] = hem[i].split(" ").map(Number);
    return `Q${((x + beforeX) / 2).toFixed(1)} ${Math.max(y, beforeY).toFixed(1)} ${point}`;
  });
  return `M94 ${(312).toFixed(1)}L94 170C94 92 140 46 200 46C260 46 306 92 306 170L${hem[0]}${curve.join("")}Z`;
}

export function move(parts, pose) {
  parts.sheet.setAttribute("d", sheet(pose.time));
  const height = 12 + pose.open * 46;
  const width = (34 + pose.open * 14) * (0.35 + pose.width * 0.65) + 4;
  const shape = { x: 200 + pose.shift * 12, y: 208, width, height, smile: pose.smile };
  parts.mouth0.setAttribute("d", round(shape));
  parts.tongue.setAttribute("d", round({ ...shape, y: 208 + height * 0.42, width: width * 0.55, height: height * 0.34, smile: 0.2 }));
  parts.tongue.style.display = pose.open > 0.15 ? "" : "none";
  for (const index of [0, 1]) {
    const lid = index ? pose.lidRight : pose.lidLeft;
    const size = 1 + pose.wide * 0.12;
    const turn = pose.frown * 10 * (index ? -1 : 1);
    parts[`eye${index}`].setAttribute("transform", `rotate(${turn.toFixed(1)}) translate(${(pose.lookX * 7).toFixed(1)} ${(pose.lookY * 6).toFixed(1)}) scale(${size.toFixed(3)} ${(size * Math.max(0.07, lid)).toFixed(3)})`);
    parts[`pupil${index}`].setAttribute("transform", `translate(${(pose.lookX * 5).toFixed(1)} ${(pose.lookY * 4).toFixed(1)})`);
    const wave = Math.sin(pose.time * 2 + index * 2) * 4 - pose.open * 10 - pose.wide * 6;
    parts[`arm${index}`].setAttribute("transform", `rotate(${(wave * (index ? -1 : 1)).toFixed(1)} ${index ? 300 : 100} 200)`);
  }
  const float = pose.bob * 9;
  parts.halo.setAttribute("opacity", (pose.flame * 0.6).toFixed(2));
  parts.shadow.setAttribute("transform", `translate(200 364) scale(${(1 + pose.bob * 0.08).toFixed(3)}) translate(-200 -364)`);
  parts.body.setAttribute("transform", `rotate(${pose.tilt.toFixed(2)} 200 200) translate(0 ${float.toFixed(1)})`);
}
