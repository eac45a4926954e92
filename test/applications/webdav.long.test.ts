// nginx serves a folder behind the proxy: people list it, load pieces of files, and keep them there by WebDAV.
import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '@latchkey/testing/programs';
import { freePort } from '@latchkey/testing/ports';
import { startProgram } from '../fixtures/running-program.ts';
import { nginxWith } from '../fronts/nginx.ts';
import { ask, askAsStranger, useApplication } from './application.ts';
import type { InUse } from './application.ts';

const nginx = findProgram('nginx');
const davExt = '/usr/lib/nginx/modules/ngx_http_dav_ext_module.so';

// What nginx serves at a path, so that the route leads below it.
function filesBelow(path: string, options: { https?: boolean; route?: string } = {}) {
  return useApplication(
    async function start(folder) {
      const files = join(folder, 'files');
      mkdirSync(files);
      writeFileSync(join(files, 'digits'), '0123456789');
      const port = await freePort();
      const site = `
${existsSync(davExt) ? 'dav_ext_lock_zone zone=locks:1m;' : ''}
server {
  listen 127.0.0.1:${port};
  location ${path}/ {
    alias ${files}/;
    autoindex on;
    dav_methods PUT DELETE MKCOL COPY MOVE;
    ${existsSync(davExt) ? 'dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK; dav_ext_lock zone=locks;' : ''}
    create_full_put_path on;
  }
}`;
      const plan = nginxWith(folder, { site }, existsSync(davExt) ? [davExt] : []);
      return { port, ...(await startProgram(nginx ?? '', plan, { folder, port })) };
    },
    { path, ...options },
  );
}

// Pieces of the file that is there.
function askFor(the: InUse) {
  return (range: string, more = {}) => ask(the, { target: '/digits', headers: { range, ...more } });
}

if (nginx === undefined) test.skip('nginx is not installed here', () => undefined);
else {
  describe('a folder that nginx serves', () => {
    const the = filesBelow('');

    test('is listed for who is signed in, and for nobody else', async () => {
      const listed = await ask(the);
      expect([listed.status, listed.body]).toEqual([200, expect.stringContaining('href="digits"')]);
      expect(await askAsStranger(the)).toMatchObject({ status: 401 });
      expect(await askAsStranger(the, { method: 'PUT', target: '/stolen', body: 'x' })).toMatchObject({
        status: 401,
      });
      expect(await ask(the, { target: '/stolen' })).toMatchObject({ status: 404 });
    });

    test('gives one piece of a file, several, or none that it has not', async () => {
      const piece = askFor(the);

      const one = await piece('bytes=2-4');
      expect(one).toMatchObject({ status: 206, body: '234', headers: { 'content-range': 'bytes 2-4/10' } });
      const two = await piece('bytes=0-1,-2');
      expect([two.status, two.headers['content-type']]).toEqual([
        206,
        expect.stringContaining('multipart/byteranges'),
      ]);
      expect(two.body).toMatch(/bytes 0-1\/10\r\n\r\n01\r\n[^]*bytes 8-9\/10\r\n\r\n89\r\n/);
      expect(await piece('bytes=20-')).toMatchObject({
        status: 416,
        headers: { 'content-range': 'bytes */10' },
      });
      expect(await piece('bytes=2-4', { 'if-range': String(one.headers.etag) })).toMatchObject({
        status: 206,
      });
      expect(await piece('bytes=2-4', { 'if-range': '"another"' })).toMatchObject({
        status: 200,
        body: '0123456789',
      });
    });

    test('is not sent again to who has it', async () => {
      const { headers } = await ask(the, { target: '/digits' });
      const asked = (conditions: Record<string, string>) =>
        ask(the, { target: '/digits', headers: conditions });

      expect(await asked({ 'if-none-match': String(headers.etag) })).toMatchObject({
        status: 304,
        body: '',
        headers: { etag: headers.etag },
      });
      expect(await asked({ 'if-modified-since': String(headers['last-modified']) })).toMatchObject({
        status: 304,
      });
      expect(await asked({ 'if-match': '"another"' })).toMatchObject({ status: 412 });
    });

    (existsSync(davExt) ? test : test.skip)(
      'is looked through by WebDAV (libnginx-mod-http-dav-ext)',
      async () => {
        const found = await ask(the, { method: 'PROPFIND', headers: { depth: '1' } });
        expect([found.status, found.body]).toEqual([
          207,
          expect.stringMatching(/<D:href>\/digits<\/D:href>/),
        ]);
        expect(await ask(the, { method: 'OPTIONS' })).toMatchObject({
          status: 200,
          headers: { dav: expect.any(String) },
        });
      },
    );
  });

  describe.each([
    ['given its own host', '', {}],
    ['given the public host', '', { route: 'preserve_host: true' }],
    ['behind a load balancer that ends TLS', '', { https: true }],
    ['below a path', '/shared', {}],
  ])('WebDAV at nginx, %s,', (_, path, options) => {
    const the = filesBelow(path, options);
    const secure = 'https' in options ? { 'x-forwarded-proto': 'https' } : {};
    const call = (method: string, target: string, headers = {}, body = '') =>
      ask(the, { method, target, headers: { ...secure, ...headers }, body }).then(({ status }) => status);

    test('keeps, copies, moves and deletes files and folders', async () => {
      expect(await call('MKCOL', '/folder/')).toBe(201);
      expect(await call('PUT', '/folder/a%20b', {}, 'text')).toBe(201);
      expect(await call('PUT', '/folder/a%20b', {}, 'other')).toBe(204);
      expect(await call('COPY', '/folder/a%20b', { destination: `${the.url}/folder/c` })).toBe(204);
      expect(await call('MOVE', '/folder/a%20b', { destination: `${the.url}/folder/d%20e` })).toBe(204);
      expect(await call('MOVE', '/folder/c', { destination: '/folder/f' })).toBe(204);
      expect(await call('GET', '/folder/a%20b', {})).toBe(404);
      expect(await ask(the, { target: '/folder/d%20e', headers: secure })).toMatchObject({
        status: 200,
        body: 'other',
      });
      expect(await call('GET', '/folder/f')).toBe(200);
      expect(await call('DELETE', '/folder/')).toBe(204);
      expect(await call('GET', '/folder/f')).toBe(404);
    });

    (existsSync(davExt) ? test : test.skip)('keeps a locked file for who holds the lock', async () => {
      const lock = await ask(the, {
        method: 'LOCK',
        target: '/locked',
        headers: secure,
        body: '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>',
      });
      expect(lock.status).toBe(201);
      const held = `<${the.url}/locked> (${String(lock.headers['lock-token'])})`;
      expect(await call('PUT', '/locked', {}, 'text')).toBe(423);
      expect(await call('PUT', '/locked', { if: held }, 'text')).toBe(204);
    });
  });
}
