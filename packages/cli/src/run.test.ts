import { describe, expect, test } from '@jest/globals';
import { withOptions } from '@latchkey/testing';
import { latchkey } from '@latchkey/testing/latchkey';
import { commands } from './commands/commands.ts';

const files = { 'up.yml': withOptions('allowed_groups: [eng]'), 'bad.env': 'A=1\nnonsense\n' };
const prod = ['up.yml', '--cluster', 'prod'];

describe('help', () => {
  test.each([['--help'], ['-h'], ['help'], ['help', '--help']])('%s names every command', async (...args) => {
    const { code, stdout } = await latchkey({}, args);
    expect(code).toBe(0);
    for (const { name, summary } of commands) expect(stdout).toContain(`${name.padEnd(8)}  ${summary}`);
  });

  test.each(commands.map(({ name }) => name))('of %s has examples', async (name) => {
    const asked = await latchkey({}, [name, '--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain(`Usage: latchkey ${name}`);
    expect(asked.stdout).toMatch(new RegExp(`\n +(?:.*&& )?latchkey ${name} `));
    expect(await latchkey({}, ['help', name])).toEqual(asked);
    expect(await latchkey({}, ['--help', name])).toEqual(asked);
    expect(asked.stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });
});

describe('a call that is not understood ends with 2 and says why', () => {
  test.each([
    ['nothing at all', [], 'Usage: latchkey <command>'],
    ['an unknown command', ['chekc'], 'no command "chekc". Did you mean `latchkey check`?'],
    ['a command like no other', ['frobnicate'], '`latchkey --help` shows what there is'],
    ['help about an unknown command', ['help', 'migarte'], 'Did you mean `latchkey migrate`?'],
    ['no file', ['check', '--cluster', 'prod'], 'FILE is missing'],
    ['a file too many', ['check', ...prod, 'b.yml'], '"b.yml" is one argument too many'],
    [
      'a file that is not there',
      ['check', 'none.yml', '--cluster', 'prod'],
      'none.yml cannot be read (ENOENT)',
    ],
    [
      'an env file that is not there',
      ['check', 'up.yml', '--env-file', 'none.env'],
      'none.env cannot be read',
    ],
    ['an env file with a broken line', ['check', 'up.yml', '--env-file', 'bad.env'], 'bad.env:2'],
    ['neither cluster nor env file', ['check', 'up.yml'], 'write --cluster'],
    ['an unknown option', ['check', ...prod, '--clutser', 'x'], 'did you mean --cluster?'],
    ['an option like no other', ['check', ...prod, '--frob'], 'there are --cluster, --env-file, --format'],
    ['an option where there is none', ['schema', '-x'], 'there are none'],
    ['an option without its value', ['check', 'up.yml', '--cluster'], '--cluster'],
    ['an unknown format', ['check', ...prod, '--format', 'xml'], '"xml": write text, json, github'],
    ['a format that makes no sense', ['routes', ...prod, '--format', 'github'], 'write text, json, yaml'],
    ['an unknown threshold', ['check', ...prod, '--fail-on', 'widen'], 'write error, warning'],
    ['no URL to explain', ['explain', ...prod], '--url is missing'],
    ['a URL that is none', ['explain', ...prod, '--url', '/x'], 'write it like https://'],
    ['groups of nobody', ['explain', ...prod, '--url', 'https://a/', '--groups', 'g'], 'add --as'],
    ['a header that is none', ['explain', ...prod, '--url', 'https://a/', '--header', 'x'], '"Name: value"'],
    ['one file to compare', ['diff', ...prod], 'NEW is missing'],
    ['nothing to migrate from', ['migrate', ...prod], '--env-file is missing'],
    ['no kind of key', ['keys'], 'the kind of key is missing'],
    ['an unknown kind of key', ['keys', 'house'], 'session, grant, client, assertion, access-token, signing'],
    ['an argument for schema', ['schema', 'x'], 'one argument too many'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await latchkey(files, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('the version', () => {
  test.each(['--version', '-V', 'version'])('and the revision are shown by %s', async (argument) => {
    const stdout = 'latchkey 1.2.3, revision 4943c62\n';
    expect(await latchkey({}, [argument])).toEqual({ code: 0, stdout, stderr: '' });
  });
});

test('a dash stands for standard input wherever a file is asked for', async () => {
  const stdin = { '-': withOptions('allowed_groups: [eng]', 'timeout: 5') };
  const { code, stdout } = await latchkey(stdin, ['check', '-', '--cluster', 'prod']);
  expect([code, stdout]).toEqual([1, expect.stringContaining('-:7:16 error LK207')]);
  const both = { ...files, ...stdin };
  expect((await latchkey(both, ['diff', '-', ...prod])).stdout).toContain('-:7:16 error LK207');
  const env = { ...files, '-': 'UPSTREAM_CLUSTER=prod\n' };
  expect((await latchkey(env, ['routes', 'up.yml', '--env-file', '-'])).code).toBe(0);
});

describe('colours', () => {
  // oxlint-disable-next-line no-control-regex -- the escape that begins a colour
  const escape = /\u001B/;
  const env = { 'up.env': 'CLIENT_ID=a\n' };
  const everything = [
    ['check', 'up.yml', '--env-file', 'up.env'],
    ['routes', ...prod],
    ['explain', ...prod, '--url', 'https://wiki.example.com/', '--as', 'a@example.com'],
    ['diff', 'up.yml', 'open.yml', '--cluster', 'prod'],
    ['migrate', 'up.yml', '--env-file', 'up.env'],
  ];
  const all = { ...files, ...env, 'open.yml': withOptions('allowed_groups: [eng, ops]') };

  test.each(everything)('are not written off a terminal: %s', async (...args) => {
    expect((await latchkey(all, args)).stdout).not.toMatch(escape);
  });

  test.each(everything)('are not written with NO_COLOR: %s', async (...args) => {
    const { stdout } = await latchkey(all, args, { isTerminal: true, env: { NO_COLOR: '1' } });
    expect(stdout).not.toMatch(escape);
  });

  test('are written on a terminal', async () => {
    const { stdout } = await latchkey(all, ['check', 'up.yml', '--env-file', 'up.env'], { isTerminal: true });
    expect(stdout).toMatch(escape);
  });

  test('of the file itself are not passed on to the terminal', async () => {
    const text = withOptions('allowed_groups: ["\\e[31mred\\nline"]');
    const { stdout } = await latchkey({ 'up.yml': text }, ['routes', ...prod], { isTerminal: true });
    expect(stdout).not.toMatch(escape);
    expect(stdout).toContain('\\u{1B}[31mred\\u{A}line');
  });
});
