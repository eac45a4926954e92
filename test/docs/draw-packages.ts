import { rowsOf, withoutImplied } from './packages.ts';
import type { Uses } from './packages.ts';

const [width, rowHeight, boxWidth, boxHeight, margin] = [760, 104, 92, 34, 20];

/** A box, or where an arrow to a lower row passes this one. */
type Spot = { readonly key: string; readonly below: readonly string[] };

/**
 * Draws who uses whom, from the services down. It follows the reader's choice of dark or light, and has a ground of its own for
 * pages that do not.
 */
export function drawPackages(uses: Uses): string {
  const arrows = withoutImplied(uses);
  const boxes = rowsOf(uses);
  const rows = ordered(spotsOf(boxes, arrows));
  const height = rows.length * rowHeight - (rowHeight - boxHeight) + 2 * margin + 24;
  const at = new Map(
    rows.flatMap((row, index) =>
      row.map(({ key }, column) => [
        key,
        { x: Math.round(((column + 0.5) * width) / row.length), y: margin + index * rowHeight },
      ]),
    ),
  );
  const place = (key: string) => at.get(key) ?? { x: 0, y: 0 };
  const isBox = (key: string) => uses.has(key);

  const lines = rows.flat().flatMap(({ key, below }) =>
    below.map((other) => {
      const [from, to] = [place(key), place(other)];
      const [top, bottom] = [from.y + boxHeight, isBox(other) ? to.y - 2 : to.y];
      const middle = Math.round((top + bottom) / 2);
      // Past a row it does not stop in, an arrow goes straight down, from the upper edge of its boxes to the lower.
      const past = isBox(key) ? '' : `M${from.x} ${from.y}V${top}`;
      const head = isBox(other) ? ' marker-end="url(#head)"' : '';
      return `<path class="arrow" d="${past}M${from.x} ${top}C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${bottom}"${head}/>`;
    }),
  );
  const drawn = boxes.flatMap((row, index) =>
    row.map((name) => {
      const { x, y } = place(name);
      const kind = index === 0 ? 'box top' : 'box';
      return (
        `<rect class="${kind}" x="${x - boxWidth / 2}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="6"/>` +
        `<text x="${x}" y="${y + boxHeight / 2 + 4}" text-anchor="middle">${name}</text>`
      );
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>Which package uses which: every arrow points down</title>
<style>
  svg { font: 13px system-ui, sans-serif; }
  .ground { fill: #ffffff; } text { fill: #1c2029; } .caption { fill: #4a5160; font-size: 11px; }
  .box { fill: #f3f5f9; stroke: #c3c9d4; } .top { fill: #e3ebfd; stroke: #2456c9; }
  .arrow { fill: none; stroke: #8a93a3; stroke-width: 1.25; } .head { fill: #8a93a3; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #14171d; } text { fill: #eceff4; } .caption { fill: #a4acba; }
    .box { fill: #1f242d; stroke: #434b59; } .top { fill: #1d2a4a; stroke: #86abff; }
    .arrow { stroke: #747e8f; } .head { fill: #747e8f; }
  }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>
<rect class="ground" width="100%" height="100%" rx="8"/>
${lines.join('\n')}
${drawn.join('\n')}
<text class="caption" x="${width / 2}" y="${height - 12}" text-anchor="middle">An arrow that follows from two others is left out.</text>
</svg>
`;
}

/** The boxes of each row, and between them a spot for each arrow that passes. */
function spotsOf(boxes: readonly (readonly string[])[], arrows: Uses): Spot[][] {
  const rowOf = new Map(boxes.flatMap((row, index) => row.map((name) => [name, index] as const)));
  const spots = boxes.map((row) => row.map((key) => ({ key, below: new Array<string>() })));
  for (const [from, below] of arrows) {
    for (const to of below) {
      const last = rowOf.get(to) ?? 0;
      let above = spots[rowOf.get(from) ?? 0]?.find(({ key }) => key === from);
      for (let row = (rowOf.get(from) ?? 0) + 1; row < last; row += 1) {
        // Arrows to the same box share their way.
        const key = `${to} past ${row}`;
        let spot = spots[row]?.find((one) => one.key === key);
        if (spot === undefined) spots[row]?.push((spot = { key, below: [] }));
        if (above?.below.includes(key) === false) above.below.push(key);
        above = spot;
      }
      if (above?.below.includes(to) === false) above.below.push(to);
    }
  }
  return spots;
}

/** The same rows, each in an order that lets few arrows cross: everything near the middle of what it is tied to. */
function ordered(rows: readonly (readonly Spot[])[]): Spot[][] {
  const result = rows.map((row) => [...row]);
  const middleIn = (row: readonly Spot[], isTied: (one: Spot) => boolean, otherwise: number) => {
    const places = row.flatMap((one, index) => (isTied(one) ? [(index + 0.5) / row.length] : []));
    return places.length === 0 ? otherwise : places.reduce((sum, place) => sum + place, 0) / places.length;
  };
  function sort(
    index: number,
    near: readonly Spot[] | undefined,
    isTied: (one: Spot, other: Spot) => boolean,
  ) {
    const row = result[index];
    if (row === undefined || near === undefined) return;
    const middles = new Map(
      row.map((one, at) => [one, middleIn(near, (other) => isTied(one, other), (at + 0.5) / row.length)]),
    );
    result[index] = row.toSorted((one, other) => (middles.get(one) ?? 0) - (middles.get(other) ?? 0));
  }
  for (let sweep = 0; sweep < 8; sweep += 1) {
    for (let index = 1; index < result.length; index += 1) {
      sort(index, result[index - 1], (one, other) => other.below.includes(one.key));
    }
    for (let index = result.length - 2; index >= 0; index -= 1) {
      sort(index, result[index + 1], (one, other) => one.below.includes(other.key));
    }
  }
  return result;
}
