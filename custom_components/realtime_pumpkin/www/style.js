/** How the card looks; every colour of the face can be set by a theme variable. */

export const style = `
:host {
  --skin: var(--realtime-pumpkin-skin, #f07f1c);
  --flame: var(--realtime-pumpkin-flame, #ffc93c);
  --sky-top: var(--realtime-pumpkin-sky-top, #c9c4f4);
  --sky-bottom: var(--realtime-pumpkin-sky-bottom, #fbe3d0);
  --halo-strength: .45;
  display: block;
  height: 100%;
}
:host([dark]) {
  --sky-top: var(--realtime-pumpkin-sky-top, #150c2b);
  --sky-bottom: var(--realtime-pumpkin-sky-bottom, #43265e);
  --halo-strength: .6;
}
ha-card { display: flex; flex-direction: column; height: 100%; overflow: hidden; }
.stage {
  position: relative; flex: 1 1 200px; min-height: 180px; display: grid; place-items: center; overflow: hidden;
  background: linear-gradient(var(--sky-top), var(--sky-bottom));
}
.stars { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; }
:host([dark]) .stars { opacity: .8; }
.face { position: absolute; inset: 4% 4% 2%; width: 92%; height: 94%; }
.pill {
  position: absolute; inset-block-start: 10px; inset-inline-start: 10px; max-width: calc(100% - 70px);
  display: flex; gap: 8px; align-items: center; padding: 4px 12px; border-radius: 999px; box-sizing: border-box;
  color: #fff; background: rgb(20 10 35 / .72); font-size: 13px; line-height: 20px;
}
.pill span { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: #9a93a8; }
[data-state=listening] .dot { background: #55d17c; }
[data-state=thinking] .dot { background: #b08bff; }
[data-state=speaking] .dot, [data-state=laughing] .dot { background: #ffb52e; }
[data-state=error] .dot { background: #ff5a52; }
.corner { position: absolute; inset-block-start: 4px; inset-inline-end: 4px; color: #fff; }
.corner button { background: rgb(20 10 35 / .45); }
.wake {
  position: absolute; inset: 0; display: grid; place-content: end center; justify-items: center; gap: 4px; padding: 16px;
  border: 0; border-radius: 0; color: #fff; background: linear-gradient(rgb(12 6 24 / .3) 40%, rgb(12 6 24 / .85)); font: inherit; text-align: center; cursor: pointer;
}
.wake strong { font-size: 1.5em; }
.notice.held button { background: var(--card-background-color, #fff); }
.wake[hidden], [hidden] { display: none !important; }
.notice { padding: 10px 16px; background: var(--warning-color, #c77700); color: #111; font-size: 14px; line-height: 1.4; }
.notice.held { color: var(--secondary-text-color); background: var(--secondary-background-color, #eee); display: flex; gap: 12px; align-items: center; justify-content: space-between; flex-wrap: wrap; }
.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 12px 16px 4px; }
.bar .cost { margin-inline-start: auto; color: var(--secondary-text-color); font-size: 13px; font-variant-numeric: tabular-nums; }
button {
  display: inline-flex; gap: 6px; align-items: center; min-height: 40px; padding: 0 14px; border: 0; border-radius: 20px;
  color: var(--primary-text-color); background: var(--secondary-background-color, #e5e5e5); font: inherit; font-size: 14px; cursor: pointer;
}
button.main { color: var(--text-primary-color, #fff); background: var(--primary-color, #03a9f4); }
button.stop { color: #fff; background: var(--error-color, #db4437); }
button.icon { justify-content: center; width: 40px; padding: 0; }
.corner button { color: inherit; }
button[aria-pressed=true] { color: #fff; background: var(--error-color, #db4437); }
button:disabled { opacity: .45; cursor: default; }
button:focus-visible, input:focus-visible, select:focus-visible, .talk:focus-visible { outline: 2px solid var(--primary-color, #03a9f4); outline-offset: 2px; }
.talk { flex: 0 1 auto; max-height: 260px; min-height: 60px; overflow-y: auto; padding: 8px 16px; font-size: 14px; line-height: 1.45; }
.talk ul { margin: 0; padding: 0; list-style: none; }
.talk li { width: fit-content; max-width: 85%; margin: 4px 0; padding: 6px 12px; border-radius: 16px; overflow-wrap: anywhere; color: var(--primary-text-color); background: var(--secondary-background-color, #eee); }
.talk .user { margin-inline-start: auto; color: var(--text-primary-color, #fff); background: var(--primary-color, #03a9f4); border-end-end-radius: 4px; }
.talk .assistant { border-end-start-radius: 4px; }
.talk .tool, .talk .end, .talk .empty { padding: 0; margin-inline: auto; color: var(--secondary-text-color); background: none; font-size: 13px; }
.talk .error { color: var(--error-color, #db4437); background: none; padding-inline: 0; }
.talk em { display: block; color: var(--secondary-text-color); font-size: 12px; }
.talk .user em { color: inherit; }
form { display: flex; flex-wrap: wrap; gap: 8px; padding: 4px 16px 12px; }
form input { flex: 1 1 140px; min-width: 0; }
input, select { min-height: 40px; box-sizing: border-box; padding: 0 12px; border: 1px solid var(--divider-color, #bbb); border-radius: 20px; color: var(--primary-text-color); background: var(--card-background-color, #fff); font: inherit; font-size: 14px; }
.chips { display: flex; gap: 8px; flex: 1 0 100%; overflow-x: auto; scrollbar-width: none; }
.chips button { flex: none; min-height: 32px; padding: 0 12px; background: none; border: 1px solid var(--divider-color, #bbb); }
.porch { position: fixed; inset: 0; z-index: 99; height: auto; border: 0; border-radius: 0; }
.porch .stage { min-height: 0; flex: 1; }
.porch :is(.bar, .talk, form) { display: none; }
.porch .face { inset: 2%; width: 96%; height: 96%; }
.porch .pill { opacity: 0; transition: opacity .4s; }
.porch:hover .pill, .porch:focus-within .pill { opacity: 1; }
@media (prefers-reduced-motion: reduce) { .porch .pill { transition: none; } }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.skin-high { stop-color: color-mix(in srgb, var(--skin) 60%, #ffe0a0); }
.skin { stop-color: var(--skin); }
.skin-low { stop-color: color-mix(in srgb, var(--skin) 52%, #4a1505); }
.rib { stroke: color-mix(in srgb, var(--skin) 50%, #4a1505); stroke-width: 2.5; stroke-opacity: .55; }
.flame-high { stop-color: color-mix(in srgb, var(--flame) 30%, #fffbe8); }
.flame { stop-color: var(--flame); }
.flame-low { stop-color: color-mix(in srgb, var(--flame) 45%, #f05a00); }
.halo-in { stop-color: var(--flame); stop-opacity: var(--halo-strength); }
.halo-out { stop-color: var(--flame); stop-opacity: 0; }
.wall { fill: color-mix(in srgb, var(--skin) 38%, #3a0d02); stroke: color-mix(in srgb, var(--skin) 38%, #3a0d02); stroke-width: 7; stroke-linejoin: round; }
.glow { fill: url(#candle); stroke-linejoin: round; }
.light { fill: url(#ember); }
.pupil { fill: #3d1402; }
.spark { fill: #fff; opacity: .92; }
.stem { fill: #5f7a2d; stroke: #3e5318; stroke-width: 3; }
.stem-line { fill: none; stroke: #8aa84a; stroke-width: 3; stroke-linecap: round; }
.tendril { fill: none; stroke: #5f7a2d; stroke-width: 5; stroke-linecap: round; }
.crown, .shade { fill: none; stroke: #4a1505; stroke-opacity: .22; stroke-width: 6; stroke-linecap: round; }
.gleam { fill: #fff; opacity: .28; }
.ground { fill: #0b0518; opacity: .35; }
.sheet-high { stop-color: #ffffff; }
.sheet { stop-color: #f1effb; }
.sheet-low { stop-color: #b9b2dd; }
.outline { stroke: #6f678f; stroke-opacity: .5; stroke-width: 2.5; stroke-linejoin: round; }
.fold { fill: none; stroke: #fff; stroke-width: 9; stroke-linecap: round; opacity: .9; }
.blush { fill: #ff8f70; opacity: .5; }
.hollow { fill: #241536; }
.tongue { fill: #e2607a; }
.line { fill: none; stroke: #241536; stroke-width: 9; stroke-linecap: round; stroke-linejoin: round; }
.line.glowing { stroke: var(--flame); stroke-width: 8; }
.bone-high { stop-color: #fffdf3; }
.bone { stop-color: #efe6d0; }
.bone-low { stop-color: #a99a80; }
.tooth { fill: #fffaf0; stroke: #8d7d63; stroke-width: 1.8; }
.crack { fill: none; stroke: #8d7d63; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
.brow { fill: none; stroke: #8d7d63; stroke-width: 7; stroke-linecap: round; opacity: .7; }

/* White on the theme's own blue and red is hard to read where letters are small. */
@supports (color: color-mix(in srgb, red, blue)) {
  button.main, .talk .user { background: color-mix(in srgb, var(--primary-color, #03a9f4) 76%, #000); }
  button.stop { background: color-mix(in srgb, var(--error-color, #db4437) 88%, #000); }
}
/* Browsers of old tablets cannot mix colours. */
@supports not (color: color-mix(in srgb, red, blue)) {
  .skin-high { stop-color: #f8a85a; }
  .skin-low { stop-color: #9d4b10; }
  .rib { stroke: #8a3f0c; }
  .flame-high { stop-color: #fff2c2; }
  .flame-low { stop-color: #f68a12; }
  .wall { fill: #7a3409; stroke: #7a3409; }
}
`;
