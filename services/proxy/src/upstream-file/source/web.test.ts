import { expect, test } from '@jest/globals';
import type { RequestListener } from 'node:http';
import { useServers } from '@latchkey/testing/servers';
import { readAtMost } from '../read.ts';
import { openSource } from './open.ts';

const { start } = useServers();

async function serve(request: RequestListener, authorization?: string) {
  const { port } = await start({ request });
  const url = new URL(`http://127.0.0.1:${port}/upstreams.yml?key=secret`);
  return openSource({ address: { kind: 'web', url }, ...(authorization !== undefined && { authorization }) });
}

test('a file is named by its ETag, and not sent again while that is the same', async () => {
  const source = await serve((req, res) => {
    res.setHeader('ETag', '"one"').setHeader('Last-Modified', 'Thu, 01 Oct 2026 08:00:00 GMT');
    if (req.headers['if-none-match'] === '"one"') res.writeHead(304).end();
    else res.end('the file');
  });
  const fetched = await source.fetch();
  expect(fetched).toEqual({
    bytes: Buffer.from('the file'),
    tag: '"one"',
    version: '"one"',
    written: new Date('2026-10-01T08:00:00Z'),
  });
  expect(await source.fetch('"one"')).toBe('unchanged');
});

test('a server without ETags is asked by date', async () => {
  const modified = 'Thu, 01 Oct 2026 08:00:00 GMT';
  const source = await serve((req, res) => {
    res.setHeader('Last-Modified', modified);
    if (req.headers['if-modified-since'] === modified) res.writeHead(304).end();
    else res.end('the file');
  });
  expect(await source.fetch()).toMatchObject({ tag: modified });
  expect(await source.fetch(modified)).toBe('unchanged');
});

test('a date that is still to come is not believed: no later version would count as newer', async () => {
  const source = await serve((_, res) => {
    res.setHeader('Last-Modified', 'Sun, 01 Oct 2299 08:00:00 GMT').end('the file');
  });
  const fetched = await source.fetch();
  if (fetched === 'unchanged' || fetched.written === undefined) throw new Error('it has no date');
  expect(fetched.written.getTime()).toBeLessThanOrEqual(Date.now());
});

test('who asks shows the credentials that were given for it, and messages name neither these nor the query', async () => {
  const source = await serve(
    (req, res) => void res.end(`${req.url} ${req.headers.authorization}`),
    'Bearer hush',
  );
  expect(await source.fetch()).toMatchObject({ bytes: Buffer.from('/upstreams.yml?key=secret Bearer hush') });
  expect(source.name).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/upstreams\.yml$/);
});

test.each<[string, RequestListener, string]>([
  [
    'a refusal',
    (_, res) => void res.writeHead(401).end(),
    'may not be read (401): check UPSTREAM_CONFIG_URL_AUTHORIZATION',
  ],
  ['nothing', (_, res) => void res.writeHead(404).end(), 'is not there (404)'],
  [
    'a way to another server',
    (_, res) => void res.writeHead(302, { Location: 'https://elsewhere.example/' }).end(),
    'leads elsewhere (302): write the address where the file is',
  ],
  ['an error', (_, res) => void res.writeHead(500).end('- service: wiki'), 'was not given, status 500'],
  ['304 to one that has nothing', (_, res) => void res.writeHead(304).end(), 'leads elsewhere (304)'],
  [
    'half of it',
    (_, res) => {
      res.writeHead(200, { 'Content-Length': 100 });
      res.write('- service: wiki', () => res.destroy());
    },
    'broke off before its end',
  ],
  [
    'half of it in chunks',
    (_, res) => {
      res.writeHead(200);
      res.write('- service: wiki', () => res.destroy());
    },
    'broke off before its end',
  ],
  [
    'what ends where the connection does',
    (_, res) => void res.socket?.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n- service: wiki'),
    'came without Content-Length: it may be half of it',
  ],
  [
    'more than any upstream file',
    (_, res) => void res.end(Buffer.alloc(readAtMost + 1)),
    'is larger than 8 MiB',
  ],
])('%s is no upstream file', async (_, request, sentence) => {
  const source = await serve(request);
  await expect(source.fetch()).rejects.toThrow(sentence);
});
