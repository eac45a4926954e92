// What a diagnostic says to write is valid YAML, means what was written, and is not complained about in the next run.
import { expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { Route } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';
import * as fc from 'fast-check';
import { dump } from 'js-yaml';

type Options = Record<string, unknown>;

function load(text: string) {
  return loadUpstreams({
    file: 'upstreams.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
}

/** A file whose only route has these options, and `to`. */
function fileWith(options: Options, to = 'http://a.internal'): string {
  const route = { type: 'rewrite', from: '^(a|b)[.]example[.]com$', to, options };
  return dump([{ service: 'a', default: route }], { lineWidth: -1 });
}

/** The suggestions of the diagnostics with this code, each as it stands between its backticks. */
function suggestionsIn(text: string, code: string): string[] {
  const messages = load(text).diagnostics.flatMap((one) => (one.code === code ? [one.message] : []));
  return messages.flatMap((message) => {
    const advice = message.slice(message.indexOf('write '));
    return code === 'LK204' ? [advice.slice(advice.indexOf('`') + 1, -1)] : [...spansOf(advice)];
  });
}

function* spansOf(message: string): Generator<string> {
  for (const [, span = ''] of message.matchAll(/`([^`]*)`/g)) yield span;
}

/** The route of the file in which `placeholder` is what was suggested, to the letter. */
function routeWith(file: string, placeholder: string, suggestion: string): Route | undefined {
  return load(file.replace(placeholder, () => suggestion)).table?.routes[0];
}

const patterns = fc.constantFrom(
  '^/(a|b)[0-9]{1,2}$',
  '/x',
  '[a, b]',
  'a: b',
  '# a',
  '*',
  '{a}',
  "it's",
  '`a`',
);
const values = fc.oneof(
  patterns,
  fc.string({ minLength: 1, maxLength: 50 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc.constantFrom('yes', 'null', '5', '1e3', '0x1', '12:30', '~', '', ' ', 'two\nlines', '{{a'),
);

test('one value where a list belongs is suggested as a list that holds it', () => {
  fc.assert(
    fc.property(values, (value) => {
      const lists = { allowed_groups: ['eng'], allowed_email_domains: value };
      for (const suggestion of suggestionsIn(fileWith(lists), 'LK204')) {
        const blank = fileWith({ ...lists, allowed_email_domains: 'PLACE' });
        const domains = routeWith(blank, 'PLACE', suggestion)?.rules.emailDomains;
        const isShown = value.trim() !== '' && value.length <= 40;
        expect(domains).toEqual([isShown ? value.trim().toLowerCase() : 'value']);
      }
    }),
    { numRuns: 300 },
  );
});

test('a pattern that is no list is suggested as one that can be compiled', () => {
  const text = fileWith({ allowed_groups: ['eng'], skip_auth_regex: '^/(a|b)[0-9]{1,2}$' });
  expect(suggestionsIn(text, 'LK204')).toEqual(["['^/(a|b)[0-9]{1,2}$']"]);
});

test('a duration without a unit is suggested with one that can be read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000_000_000 }), (value) => {
      const suggestions = suggestionsIn(fileWith({ allowed_groups: ['eng'], timeout: value }), 'LK207');
      expect(suggestions).not.toEqual([]);
      for (const suggestion of suggestions) {
        const blank = fileWith({ allowed_groups: ['eng'], timeout: 'PLACE' });
        const ms = routeWith(blank, 'PLACE', suggestion)?.timeoutMs;
        if (suggestion.startsWith(String(value))) expect([value, value * 1000]).toContain(ms);
        else expect(ms).toBeGreaterThan(0);
      }
    }),
  );
});

test('a group that takes too much is suggested in braces', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z_]{1,8}$/), (rest) => {
      const options = { allowed_groups: ['eng'] };
      const [suggestion = ''] = suggestionsIn(fileWith(options, `http://$1${rest}.internal`), 'LK308');
      const route = routeWith(fileWith(options, 'http://PLACE.internal'), 'PLACE', suggestion);
      expect(route?.to).toBe(`http://\${1}${rest}.internal`);
    }),
  );
});
