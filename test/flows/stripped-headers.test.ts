// An application believes headers of a proxy that it once had in front. What strip_request_headers names never reaches it, in no spelling.
import { describe, expect, test } from '@jest/globals';
import { sendRaw } from '../fixtures/raw-request.ts';
import { valuesOf } from '../fixtures/recorder.ts';
import { cookieHeader } from '../fixtures/sign-in.ts';
import { useStack } from '../fixtures/use-stack.ts';

const the = useStack({
  upstreams: `
- service: hello
  default:
    from: hello.latchkey.localhost
    to: {{app}}
    options:
      allowed_email_domains: [example.com]
      skip_auth_regex: ['^/public/']
      strip_request_headers: [X-Remote-*, Authorization, Cont*, X-Api-Key]
      inject_request_headers: { X-Api-Key: ours }
`,
});

const sent = `X-Remote-User: evil
x_remote_groups: evil
X.Remote.Name: evil
X-Remotely: kept
AUTHORIZATION: Basic evil
X-Api-Key: evil
Content-Type: text/plain
Content-Length: 5`;

async function headersAt(target: string, cookie: string): Promise<readonly string[]> {
  const head = `POST ${target} HTTP/1.1\nHost: hello.latchkey.localhost\nConnection: close\nCookie: ${cookie}\n`;
  await sendRaw(the.stack.ports.proxy, `${head}${sent}\n\nhello`);
  const [entry] = the.stack.app.received;
  expect(entry?.body).toBe('hello');
  return entry?.rawHeaders ?? [];
}

describe('strip_request_headers', () => {
  test('takes off every spelling of a name, and the length of the body stays', async () => {
    const rawHeaders = await headersAt('/', await cookieHeader(await the.signedIn(), the.stack.url('hello')));
    expect(rawHeaders).not.toContain('evil');
    expect(rawHeaders).not.toContain('Basic evil');
    expect(valuesOf({ rawHeaders }, 'X-Remotely')).toEqual(['kept']);
    expect(valuesOf({ rawHeaders }, 'X-Api-Key')).toEqual(['ours']);
    expect(valuesOf({ rawHeaders }, 'X-Forwarded-Email')).toEqual(['engineer@example.com']);
    expect(valuesOf({ rawHeaders }, 'Content-Type')).toEqual([]);
  });

  test('holds on a public path, too', async () => {
    const rawHeaders = await headersAt('/public/x', 'a=b');
    expect(rawHeaders).not.toContain('evil');
    expect(rawHeaders).not.toContain('Basic evil');
  });
});
