import { noDeviceTrust } from '@latchkey/access';
import type { Person } from '@latchkey/access';
import { canonicalPath, tellsAnotherMethod } from '@latchkey/http';
import { compileExpression } from '@latchkey/policy';
import type { IncomingMessage } from 'node:http';
import { RE2JS, RE2JSException } from 're2js';
import type { Asserted } from './assertion.ts';

/** A rule of the connector's own, asked about each request of a person whom an assertion names. */
export type ConnectorRule = {
  /** as it is written */
  readonly text: string;
  readonly holds: (person: Asserted, req: CheckedRequest) => boolean;
  /** what it goes by, for the log */
  readonly facts: (person: Asserted, req: CheckedRequest) => string;
};

/** What is looked at of a request. */
export type CheckedRequest = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>;

/** A connection that carries no requests: all that a rule may know of one is absent. */
export const noRequest: CheckedRequest = { headers: {}, rawHeaders: [] };

// What is signed, and what goes to the application. All else the proxy could make up.
const facts: ReadonlySet<string> = new Set([
  ...['email', 'domain', 'groups', 'sub', 'idp'].map((name) => `user.${name}`),
  ...['method', 'host', 'path', 'headers', 'time'].map((name) => `request.${name}`),
]);

/** Reads a rule, an expression as in `allow_if` of the upstream file. A string says what is wrong with it. */
export function readRule(text: string): ConnectorRule | string {
  const compiled = compileExpression(text, {
    networks: new Map(),
    deviceHeaders: new Map(),
    compilePattern,
    facts,
  });
  if (!compiled.ok) return sentenceAbout(compiled.mistake);
  const { decide, facts: shown, constant, warnings } = compiled.expression;
  if (constant !== undefined) return `it ${constant ? 'always' : 'never'} holds: write what it depends on`;
  // A `has` that is never false makes a rule no weaker.
  const weak = warnings.find(({ kind }) => kind !== 'neverFalse');
  if (weak !== undefined) return sentenceAbout(weak);
  return {
    text: text.trim(),
    // Closed where a fact is absent.
    holds: (person, req) => decide(inputOf(person, req)) === true,
    facts(person, req) {
      const input = inputOf(person, req);
      return shown.map(({ name, shown: of }) => `${name}: ${of(input) ?? 'absent'}`).join(', ');
    },
  };
}

function sentenceAbout({ offset, message }: { offset: number; message: string }): string {
  return `at character ${offset + 1}: ${message}`;
}

function inputOf(asserted: Asserted, { method, url, headers, rawHeaders }: CheckedRequest) {
  const { email, groups, sub, idp, host } = asserted;
  // An assertion names groups of its route alone: of others it is not known who is in them.
  const principal: Person = {
    kind: 'person',
    email,
    groups,
    askedGroups: groups,
    subject: sub,
    ...(idp !== undefined && { idp }),
  };
  // RFC 4918, sections 10.3 and 10.4: what is said about a path says nothing about a second one.
  const isAboutOne = headers['destination'] === undefined && headers['if'] === undefined;
  return {
    principal,
    path: isAboutOne && url !== undefined ? canonicalPath(url.split('?', 1)[0] ?? '') : undefined,
    asked: {
      method: tellsAnotherMethod(headers) ? undefined : method,
      host,
      rawHeaders,
      address: '',
      forwardAuth: undefined,
      deviceTrust: noDeviceTrust,
      now: Date.now,
    },
    route: { service: '', tags: [] },
  };
}

function compilePattern(source: string) {
  try {
    return { ok: true, pattern: RE2JS.compile(source) } as const;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { ok: false, reason: error.message } as const;
  }
}
