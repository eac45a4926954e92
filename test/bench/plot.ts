/** One curve: what something costs, from a little work to much. */
export type Panel = {
  readonly title: string;
  readonly points: readonly { readonly size: number; readonly cost: number }[];
};

const panel = { width: 320, height: 200, left: 44, right: 24, top: 38, bottom: 30 };
const inner = {
  width: panel.width - panel.left - panel.right,
  height: panel.height - panel.top - panel.bottom,
};

/**
 * Draws panels two by two: sizes by their logarithm from left to right, cost from nothing upwards.
 *
 * It follows the reader's choice of dark or light, and has a ground of its own for pages that do not.
 */
export function draw(panels: readonly Panel[], caption: string): string {
  const width = 2 * panel.width;
  const height = Math.ceil(panels.length / 2) * panel.height + 24;
  const drawn = panels.map(function place(one, at) {
    const [x, y] = [(at % 2) * panel.width, Math.floor(at / 2) * panel.height];
    return `<g transform="translate(${x} ${y})">\n${drawPanel(one)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(caption)}</title>
<style>
  svg { font: 11px system-ui, sans-serif; }
  .ground { fill: #ffffff; } text { fill: #4a5160; } .title { fill: #1c2029; font-size: 13px; font-weight: 600; }
  .grid { stroke: #e1e4ea; } .curve { fill: none; stroke: #2456c9; stroke-width: 2; } .point { fill: #2456c9; }
  .value { fill: #1c2029; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #14171d; } text { fill: #a4acba; } .title, .value { fill: #eceff4; }
    .grid { stroke: #2c313b; } .curve { stroke: #86abff; } .point { fill: #86abff; }
  }
</style>
<rect class="ground" width="100%" height="100%" rx="8"/>
${drawn.join('\n')}
<text x="${width / 2}" y="${height - 10}" text-anchor="middle">${escaped(caption)}</text>
</svg>
`;
}

function drawPanel({ title, points }: Panel): string {
  const most = Math.max(2, ...points.map(({ cost }) => cost * 1.15));
  const largest = Math.max(...points.map(({ size }) => size));
  const x = (size: number) => rounded(panel.left + (inner.width * Math.log10(size)) / Math.log10(largest));
  const y = (cost: number) => rounded(panel.top + inner.height * (1 - cost / most));
  const lines = steps(most).map(
    (cost) =>
      `<line class="grid" x1="${panel.left}" x2="${panel.width - panel.right}" y1="${y(cost)}" y2="${y(cost)}"/>` +
      `<text x="${panel.left - 10}" y="${y(cost) + 4}" text-anchor="end">${cost}×</text>`,
  );
  const marks = points.map(({ size, cost }, at) => {
    // Away from a curve that rises steeply to the next point.
    const isBelow = (points[at + 1]?.cost ?? 0) > 1.5 * cost;
    return (
      `<circle class="point" cx="${x(size)}" cy="${y(cost)}" r="3"/>` +
      `<text class="value" x="${x(size)}" y="${y(cost) + (isBelow ? 17 : -8)}" text-anchor="middle">${cost.toFixed(1)}</text>` +
      `<text x="${x(size)}" y="${panel.height - 12}" text-anchor="middle">${short(size)}</text>`
    );
  });
  const curve = points.map(({ size, cost }) => `${x(size)},${y(cost)}`).join(' ');
  return [
    `<text class="title" x="${panel.left}" y="20">${escaped(title)}</text>`,
    ...lines,
    `<polyline class="curve" points="${curve}"/>`,
    ...marks,
  ].join('\n');
}

/** `1k` for 1 000: two sizes may be near to each other. */
function short(size: number): string {
  return size < 1_000 ? String(size) : `${size / 1_000}k`;
}

/** Round numbers from nothing up to the most, five at most. */
function steps(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => most / size <= 5) ?? most;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => rounded(at * step));
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
