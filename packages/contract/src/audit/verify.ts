import { z } from 'zod';
import { auditMark, chainBegin, hashesOf } from './chain.ts';

/** Where a line is. */
export type LinePosition = { readonly file: string; readonly line: number };

/** Something that is wrong with a chain, or with a line. */
export type ChainFault = { readonly place: LinePosition; readonly text: string };

/** What there is of one chain. */
export type CheckedChain = {
  readonly instance: string;
  readonly service: string;
  readonly lines: number;
  readonly from: string;
  readonly to: string;
  /** its last line says that the service has stopped */
  readonly isStopped: boolean;
  /** so many lines the service could not write, by its own word */
  readonly lost: number;
  readonly faults: readonly ChainFault[];
};

/** What came of checking. */
export type Checked = {
  readonly chains: readonly CheckedChain[];
  readonly unreadable: readonly ChainFault[];
};

// Of one chain, without a break: lines that follow on each other in one file. What is kept of a whole file is this.
type Piece = {
  readonly first: number;
  readonly prev: string;
  readonly place: LinePosition;
  last: number;
  hash: string;
};

type Chain = {
  readonly service: string;
  readonly pieces: Piece[];
  /** the first of those whose hash is another one */
  readonly altered: ChainFault[];
  alteredLines: number;
  lines: number;
  from: string;
  to: string;
  lost: number;
  stoppedAt: number;
};

const read = z.object({
  instance: z.string(),
  service: z.string(),
  seq: z.int().positive(),
  prev: z.string(),
  time: z.string(),
  event: z.string(),
  lines: z.int().optional(),
});

// A chain in more pieces is no log with faults in it.
const mostPieces = 10_000;
const shownFaults = 100;
// Each start of a task begins one.
const mostChains = 50_000;

/**
 * Checks audit lines, a line at a time, in whatever order the files come. What is no audit line is passed over.
 *
 * @param key AUDIT_KEY, where the lines are said to have been made with one
 */
export function createVerifier(key?: string): {
  look(line: Buffer, place: LinePosition): void;
  end(): Checked;
} {
  const chains = new Map<string, Chain>();
  const unreadable: ChainFault[] = [];

  function look(whole: Buffer, place: LinePosition): void {
    const at = whole.indexOf(auditMark);
    if (at < 0) return;
    const line = withoutEnd(whole.subarray(at));
    const hashes = hashesOf(line, key);
    const fields = fieldsOf(line);
    if (hashes === undefined || fields === undefined) {
      if (unreadable.length < shownFaults) unreadable.push({ place, text: 'cut off, or altered' });
      return;
    }
    const { instance, service, seq, prev, time, event } = fields;
    if (chains.size >= mostChains && !chains.has(instance))
      throw new TooBroken(`there are more than ${mostChains} chains: verify fewer files at once`);
    const chain = chains.get(instance) ?? begin(service, time);
    chains.set(instance, chain);
    if (hashes.due !== hashes.found) {
      chain.alteredLines += 1;
      if (chain.altered.length < shownFaults) chain.altered.push({ place, text: `line ${seq} was altered` });
    }
    chain.lines += 1;
    if (time < chain.from) chain.from = time;
    if (time > chain.to) chain.to = time;
    if (event === 'lost') chain.lost += fields.lines ?? 0;
    if (event === 'stop') chain.stoppedAt = seq;
    const piece = chain.pieces.at(-1);
    if (piece?.place.file === place.file && seq === piece.last + 1 && prev === piece.hash) {
      piece.last = seq;
      piece.hash = hashes.found;
    } else {
      if (chain.pieces.length >= mostPieces) throw new TooBroken(`${instance} is in too many pieces to tell`);
      chain.pieces.push({ first: seq, prev, place, last: seq, hash: hashes.found });
    }
  }

  function end(): Checked {
    return {
      unreadable,
      chains: [...chains].map(([instance, chain]) => {
        const { service, lines, from, to, lost, stoppedAt } = chain;
        const between = faultsBetween(chain.pieces);
        const faults = [...alteredIn(chain), ...between.faults].slice(0, shownFaults);
        return { instance, service, lines, from, to, lost, isStopped: stoppedAt === between.last, faults };
      }),
    };
  }

  return { look, end };
}

function begin(service: string, time: string): Chain {
  return {
    service,
    pieces: [],
    altered: [],
    alteredLines: 0,
    lines: 0,
    from: time,
    to: time,
    lost: 0,
    stoppedAt: 0,
  };
}

function alteredIn({ altered, alteredLines, lines }: Chain): readonly ChainFault[] {
  const [first] = altered;
  if (first === undefined || alteredLines < lines) return altered;
  return [
    { ...first, text: 'no line has the hash that it should have: was it made with another AUDIT_KEY?' },
  ];
}

// How the pieces of a chain fit together, in the order of their numbers.
function faultsBetween(pieces: readonly Piece[]): { faults: ChainFault[]; last: number } {
  const faults: ChainFault[] = [];
  let last = chainBegin.seq;
  let { hash } = chainBegin;
  let before: Piece | undefined;
  for (const piece of pieces.toSorted((one, other) => one.first - other.first || one.last - other.last)) {
    const { first, prev, place } = piece;
    if (first > last + 1) faults.push({ place, text: `${numbers(last + 1, first - 1)} missing before it` });
    else if (first <= last) {
      faults.push({ place, text: `${numbers(first, Math.min(piece.last, last))} there twice` });
    } else if (prev !== hash) {
      faults.push({
        place,
        text: `line ${first} does not follow on line ${last}: one of them was exchanged`,
      });
    } else if (before?.place.file === place.file && before.place.line > place.line) {
      faults.push({ place, text: `line ${first} stands before line ${last}` });
    }
    if (piece.last <= last) continue;
    ({ last, hash } = piece);
    before = piece;
  }
  return { faults, last };
}

function numbers(first: number, last: number): string {
  return first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
}

function fieldsOf(line: Buffer): z.infer<typeof read> | undefined {
  try {
    return read.safeParse(JSON.parse(line.toString())).data;
  } catch {
    return undefined;
  }
}

function withoutEnd(line: Buffer): Buffer {
  let length = line.length;
  while (length > 0 && (line[length - 1] ?? 0) <= 0x20) length -= 1;
  return line.subarray(0, length);
}

/** A chain is in so many pieces that nobody can say what is wrong. */
export class TooBroken extends Error {}
