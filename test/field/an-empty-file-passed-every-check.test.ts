// A file without a service passed `check`, and one without most of the hosts passed `diff` but for a line on standard error:
// the pipeline was green, and then every running proxy refused the file.
import { expect, test } from '@jest/globals';
import { latchkey, placesIn } from '@latchkey/testing/latchkey';

const service = (name: string, section = 'default') =>
  `- service: ${name}\n  ${section}: {from: ${name}.test, to: http://app.test, options: {allowed_groups: [g]}}\n`;

test.each([
  ['nothing', '', 'LK216 1:1'],
  ['an empty list', '[]\n', 'LK216 1:1'],
  ['an empty list of services', 'defaults: {timeout: 5s}\nservices: []\n', 'LK216 2:11'],
  ['services of another environment alone', service('wiki', 'staging'), 'LK301 1:3'],
])('`check` ends with 1 for %s', async (_, text, place) => {
  const files = { 'up.yml': text, 'p.env': 'UPSTREAM_RELOAD_ALLOW_LOSS=true' };
  const asked = ['check', 'up.yml', '--cluster', 'prod', '--format', 'json'];
  const { code, stdout } = await latchkey(files, asked);
  expect(code).toBe(1);
  expect(placesIn(stdout)).toEqual(expect.arrayContaining([place, 'LK511 1:1']));
  expect(placesIn((await latchkey(files, [...asked, '--env-file', 'p.env'])).stdout)).not.toContain(
    'LK511 1:1',
  );
});

test('`diff` exits with 1 where most hosts are removed, and says so where a pipeline reads', async () => {
  const files = {
    'old.yml': service('wiki') + service('docs') + service('chat'),
    'new.yml': service('wiki'),
  };
  const asked = ['diff', 'old.yml', 'new.yml', '--cluster', 'prod', '--format', 'json'];
  const { code, stdout } = await latchkey(files, asked);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    refused: '2 of 3 routes would be removed: docs.test, chat.test',
  });
});
