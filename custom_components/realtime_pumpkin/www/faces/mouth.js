/** Mouths as paths: carved with teeth, and round. */

const STEPS = 14;

/** Whether a tooth stands at a place of -1 (left corner) to 1. */
function inTooth(u, teeth) {
  return teeth.some(([from, to]) => u > from && u < to);
}

/**
 * A grin with square teeth. `open` is 0 to 1, `smile` -1 to 1 (corners down or up).
 * Teeth are pairs of places between -1 and 1, above and below.
 */
export function grin({ x, y, width, rise, gap, drop, open, smile, upper, lower }) {
  const half = width / 2;
  const lift = (u) => -smile * rise * (u * u - 0.35);
  const bow = (u) => Math.max(0, 1 - u * u) ** 0.6;
  const top = (u) => y + lift(u) - (gap * 0.35 + open * drop * 0.15) * bow(u);
  const bottom = (u) => y + lift(u) + (gap * 0.65 + open * drop) * bow(u);
  const points = [];
  const edge = (from, to, contour, other, teeth, direction) => {
    const stops = new Set([from, to]);
    for (let i = 1; i < STEPS; i += 1) stops.add(from + ((to - from) * i) / STEPS);
    for (const tooth of teeth) for (const u of tooth) stops.add(u);
    const order = [...stops].sort((a, b) => (a - b) * direction);
    let wasTooth = false;
    for (const u of order) {
      const bite = Math.sign(other(u) - contour(u)) * Math.min(17, Math.abs(other(u) - contour(u)) * 0.55);
      const isTooth = inTooth(u + 0.001 * direction, teeth);
      if (wasTooth !== isTooth || isTooth) {
        if (wasTooth) points.push([u, contour(u) + bite]);
        if (!isTooth) points.push([u, contour(u)]);
        if (isTooth && !wasTooth) points.push([u, contour(u)], [u, contour(u) + bite]);
      } else {
        points.push([u, contour(u)]);
      }
      wasTooth = isTooth;
    }
  };
  edge(-1, 1, top, bottom, upper, 1);
  edge(1, -1, bottom, top, lower, -1);
  return `M${points.map(([u, v]) => `${(x + u * half).toFixed(1)} ${v.toFixed(1)}`).join("L")}Z`;
}

/** A round mouth that smiles when it is closed. */
export function round({ x, y, width, height, smile }) {
  const half = width / 2;
  const up = y - smile * height * 0.3;
  const deep = height * (0.7 + 0.3 * smile);
  return (
    `M${(x - half).toFixed(1)} ${up.toFixed(1)}` +
    `Q${x.toFixed(1)} ${(y - height * 0.55 + smile * height * 0.35).toFixed(1)} ${(x + half).toFixed(1)} ${up.toFixed(1)}` +
    `C${(x + half * 1.05).toFixed(1)} ${(y + deep).toFixed(1)} ${(x - half * 1.05).toFixed(1)} ${(y + deep).toFixed(1)} ${(x - half).toFixed(1)} ${up.toFixed(1)}Z`
  );
}
