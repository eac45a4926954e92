import { expect, test } from '@jest/globals';
import { loadUpstreams } from '@latchkey/upstreams';
import type { Route } from '@latchkey/upstreams';
import { noDefaultRules } from '@latchkey/testing';
import { sourceOf } from './source.ts';

const text = `- service: a
  default: &common
    from: a.example.com
    to: http://a
    options:
      allowed_groups: [eng]
      skip_auth_regex:
        - ^/one
        - "^/\\\\d+$"
- service: b
  default:
    from: b.example.com
    to: http://b
    options: {allowed_groups: [eng], skip_auth_regex: ['^/one', '^/two']}
- service: c
  default:
    <<: *common
    from: c.example.com
`;

function routes(): readonly Route[] {
  const { table } = loadUpstreams({
    file: 'up.yml',
    text,
    cluster: '',
    scheme: 'https',
    defaults: noDefaultRules,
    templateVariables: {},
  });
  return table?.routes ?? [];
}

test.each([
  ['a', 'skip_auth_regex', '^/one', '8:11'],
  ['a', 'skip_auth_regex', '^/\\d+$', '9:12'],
  ['a', 'skip_auth_regex', '^/nowhere', '7:7'],
  ['b', 'skip_auth_regex', '^/two', '14:66'],
  ['c', 'skip_auth_regex', '^/one', '8:11'],
  ['c', 'from', 'c.example.com', '18:11'],
  ['b', 'tls_skip_verify', undefined, '12:11'],
])('of %s, %s with %s is at %s', (service, option, value, place) => {
  const source = sourceOf(text);
  const route = routes().find((candidate) => candidate.service === service);
  const at = route && source.placeOf(route, option, value);
  expect(`${at?.line}:${at?.column}`).toBe(place);
});
