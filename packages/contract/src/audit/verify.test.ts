import { describe, expect, test } from '@jest/globals';
import { chainBegin, nextLine } from './chain.ts';
import { createVerifier } from './verify.ts';
import type { Checked } from './verify.ts';

const key = Buffer.alloc(32, 7).toString('base64');

/** A chain from start to stop, a line each; `instance` names it. */
function chainOf(instance: string, length = 6, withKey?: string): string[] {
  const lines: string[] = [];
  let end = chainBegin;
  for (let seq = 1; seq <= length; seq++) {
    const time = new Date(Date.UTC(2027, 0, 1, 0, 0, seq)).toISOString();
    const entry =
      seq === 1
        ? ({ event: 'start', version: '1', seal: 'sha256' } as const)
        : seq === length
          ? ({ event: 'stop' } as const)
          : ({ event: 'session_ended', why: 'provider_refused' } as const);
    const next = nextLine(end, { time, service: 'auth', instance }, entry, withKey);
    lines.push(next.line);
    end = next;
  }
  return lines;
}

function check(files: Record<string, readonly string[]>, withKey?: string): Checked {
  const verifier = createVerifier(withKey);
  for (const [file, lines] of Object.entries(files)) {
    for (const [at, line] of lines.entries()) verifier.look(Buffer.from(line), { file, line: at + 1 });
  }
  return verifier.end();
}

/** What is wrong, as `file:line: what`. */
function faultsIn(files: Record<string, readonly string[]>, withKey?: string): string[] {
  const { chains, unreadable } = check(files, withKey);
  return [...chains.flatMap(({ faults }) => faults), ...unreadable].map(
    ({ place, text }) => `${place.file}:${place.line}: ${text}`,
  );
}

const [one = '', two = '', three = '', four = '', five = '', six = ''] = chainOf('a');

describe('a chain', () => {
  test('is whole from start to stop, and it is known from when to when', () => {
    expect(check({ f: [one, two, three, four, five, six] })).toEqual({
      unreadable: [],
      chains: [
        {
          instance: 'a',
          service: 'auth',
          lines: 6,
          from: '2027-01-01T00:00:01.000Z',
          to: '2027-01-01T00:00:06.000Z',
          isStopped: true,
          lost: 0,
          faults: [],
        },
      ],
    });
  });

  test('without its last lines is no different from one of a service that was killed', () => {
    const { chains } = check({ f: [one, two, three, four] });
    expect(chains).toMatchObject([{ lines: 4, isStopped: false, faults: [] }]);
  });

  test.each([
    ['a line is missing', [one, two, four, five, six], ['f:3: line 3 is missing before it']],
    ['several are missing', [one, two, five, six], ['f:3: lines 3 to 4 are missing before it']],
    ['the beginning is missing', [three, four, five, six], ['f:1: lines 1 to 2 are missing before it']],
    [
      'a line was altered',
      [one, two, three.replace('provider', 'Provider'), four, five, six],
      ['f:3: line 3 was altered'],
    ],
    [
      'only the hash of a line was altered',
      [one, two, three.replace(/.{4}"\}\n$/, '0000"}\n'), four, five, six],
      ['f:3: line 3 was altered', 'f:4: line 4 does not follow on line 3: one of them was exchanged'],
    ],
    [
      'a line was replaced by one with a hash of its own',
      [
        one,
        two,
        nextLine(
          { seq: 2, hash: chainBegin.hash },
          { time: '2027-01-01T00:00:03.000Z', service: 'auth', instance: 'a' },
          { event: 'stop' },
        ).line,
        four,
        five,
        six,
      ],
      [
        'f:3: line 3 does not follow on line 2: one of them was exchanged',
        'f:4: line 4 does not follow on line 3: one of them was exchanged',
      ],
    ],
    [
      'two lines have changed places',
      [one, two, four, three, five, six],
      ['f:3: line 4 stands before line 3'],
    ],
    ['a line is there twice', [one, two, three, three, four, five, six], ['f:4: line 3 is there twice']],
    ['a line is cut off', [one, two, three.slice(0, 90)], ['f:3: cut off, or altered']],
    [
      'a line is cut off in its hash',
      [one, two, three, four.slice(0, -20), five, six],
      ['f:5: line 4 is missing before it', 'f:4: cut off, or altered'],
    ],
    [
      'the mark of a line was taken away',
      [one, two, three.replace('"audit":1,', ''), four, five, six],
      ['f:4: line 3 is missing before it'],
    ],
  ])('where %s is found', (_, lines, faults) => {
    expect(faultsIn({ f: lines })).toEqual(faults);
  });

  test('is whole among others, among lines of the log, and over files in any order', () => {
    const other = chainOf('b', 3);
    const files = {
      new: [other[2] ?? '', '{"level":"info","audit":"denied"}\n', five, six],
      old: [
        one,
        'no JSON\n',
        other[0] ?? '',
        two,
        `2027-01-01T00:00:00Z auth ${three.trimEnd()}\r\n`,
        other[1] ?? '',
        four,
      ],
    };
    expect(faultsIn(files)).toEqual([]);
    expect(check(files).chains.map(({ instance, lines }) => [instance, lines])).toEqual([
      ['b', 3],
      ['a', 6],
    ]);
  });

  test('says how many lines the service has lost', () => {
    const about = { time: '2027-01-01T00:00:02.000Z', service: 'auth', instance: 'a' };
    const start = nextLine(chainBegin, about, { event: 'start', version: '1', seal: 'sha256' });
    const { line } = nextLine(start, about, { event: 'lost', lines: 12 });
    expect(check({ f: [start.line, line] }).chains).toMatchObject([{ lost: 12, faults: [] }]);
  });

  test('with a key is checked with that key alone', () => {
    const lines = chainOf('k', 4, key);
    const faults = ['f:1: no line has the hash that it should have: was it made with another AUDIT_KEY?'];
    expect(faultsIn({ f: lines }, key)).toEqual([]);
    expect(faultsIn({ f: lines })).toEqual(faults);
    expect(faultsIn({ f: lines }, Buffer.alloc(32, 8).toString('base64'))).toEqual(faults);
    expect(faultsIn({ f: chainOf('k', 4) }, key)).toEqual(faults);
  });

  test('is one of so many that nobody could tell them apart: they are given up', () => {
    const verifier = createVerifier();
    const about = { time: '2027-01-01T00:00:02.000Z', service: 'auth' };
    const look = (instance: string) =>
      verifier.look(Buffer.from(nextLine(chainBegin, { ...about, instance }, { event: 'stop' }).line), {
        file: 'f',
        line: 1,
      });
    for (let at = 0; at < 50_000; at++) look(`${at}`);
    look('0');
    expect(() => look('one more')).toThrow('more than 50000 chains');
  });

  test('in more pieces than anybody could look at is given up', () => {
    const verifier = createVerifier();
    const again = Array.from({ length: 10_001 }, () => Buffer.from(two));
    expect(() => again.forEach((line, at) => verifier.look(line, { file: 'f', line: at + 1 }))).toThrow(
      'too many pieces',
    );
  });
});
