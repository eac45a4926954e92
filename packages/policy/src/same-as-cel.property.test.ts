// We evaluate by ourselves what `@bufbuild/cel` reads. Where both know an expression, both say the same of it.
import { noDeviceTrust } from '@latchkey/access';
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Person, RuleInput } from '@latchkey/access';
import { compileExpression } from './compile.ts';
import { readForms } from './form.ts';
import { clashOf } from './worlds.ts';

const surroundings = {
  deviceHeaders: new Map<string, string>(),
  networks: new Map(),
  compilePattern: (source: string) => ({ ok: true as const, pattern: new RegExp(source, 'v') }),
};

const words = fc.constantFrom('a', 'ab', 'b', '/a', '');
const texts = fc.oneof(
  words.map((word) => JSON.stringify(word)),
  fc.constantFrom('user.email', 'user.idp', 'request.method', 'request.path', 'request.host'),
);
const leaf = fc.oneof(
  fc.constantFrom('true', 'false', 'has(user.idp)', 'has(request.method)'),
  fc.tuple(texts, fc.constantFrom('==', '!='), texts).map((parts) => parts.join(' ')),
  fc
    .tuple(texts, fc.constantFrom('startsWith', 'endsWith', 'contains', 'matches'), words)
    .map(([text, method, word]) => `${text}.${method}(${JSON.stringify(word)})`),
  fc
    .tuple(texts, fc.array(words, { maxLength: 3 }))
    .map(([text, list]) => `${text} in ${JSON.stringify(list)}`),
  fc
    .tuple(texts, fc.constantFrom('<', '<=', '>', '>=', '=='), fc.nat(3))
    .map(([text, sign, size]) => `size(${text}) ${sign} ${size}`),
  fc
    .tuple(fc.constantFrom('exists', 'all'), texts)
    .map(([macro, text]) => `["a", "b", ""].${macro}(x, x == ${text})`),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('expression').map((inner) => `!(${inner})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
  ),
}));

const env = celEnv();

test('an expression says what CEL says of it, cannot be decided where that is an error, and is never what it cannot be', () => {
  fc.assert(
    fc.property(
      expression,
      words,
      fc.option(words, { nil: undefined }),
      fc.option(words, { nil: undefined }),
      (source, email, idp, path) => {
        const compiled = compileExpression(source, surroundings);
        // What is seen to have no sense is refused here, and by CEL when it comes to it.
        fc.pre(compiled.ok || compiled.mistake.kind !== 'size');
        if (!compiled.ok) throw new Error(`${source}: ${compiled.mistake.message}`);
        const principal: Person = { kind: 'person', email, groups: [], ...(idp !== undefined && { idp }) };
        const input: RuleInput = {
          principal,
          path,
          asked: {
            method: 'a',
            host: 'b',
            address: '',
            rawHeaders: [],
            forwardAuth: false,
            deviceTrust: noDeviceTrust,
            now: () => 0,
          },
          route: { service: '', tags: [] },
        };
        const theirs = plan(
          env,
          parse(source),
        )({
          user: { email, ...(idp !== undefined && { idp }) },
          request: { method: 'a', host: 'b', ...(path !== undefined && { path }) },
        });
        const said = compiled.expression.decide(input);
        const { holds, fails } = readForms(source);
        expect([source, clashOf([holds]) && said === true, clashOf([fails]) && said === false]).not.toContain(
          true,
        );
        expect([source, said]).toEqual([source, isCelError(theirs) ? undefined : theirs]);
      },
    ),
    { numRuns: 300 },
  );
});
