import { afterEach } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

type Json = Readonly<Record<string, unknown>>;
type Answered = readonly [status: number, body: Json];

/** What one of these answers otherwise than usual, by path; undefined goes on as usual, and so does `lost`, but nobody hears of it. */
export type Quirks = Readonly<Record<string, (form: URLSearchParams) => Answered | 'lost' | undefined>>;

/** An application and an authorization server in one, with one person who approves everything. */
export type SmallAuth = {
  /** the origin of the application, which is another one than that of auth */
  readonly resource: string;
  readonly issuer: string;
  /** what was asked, as `POST /token grant_type=…` */
  readonly asked: string[];
  /** the tokens that are not worth anything any more */
  readonly revoked: string[];
  /** What a browser does that is led to an address of auth: where it is sent back to. */
  approve(address: string): Promise<Response>;
};

/** Starts one for each test that asks for it. */
export function useSmallAuth(): (quirks?: Quirks) => Promise<SmallAuth> {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  return async function start(quirks = {}) {
    const asked: string[] = [];
    const revoked: string[] = [];
    const challenges = new Map<string, string>();
    let issued = 0;
    const server = createServer((req, res) => void reply(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.close();
      server.closeAllConnections();
    });
    const at = server.address();
    const port = typeof at === 'object' ? at?.port : 0;
    const [issuer, resource] = [`http://127.0.0.1:${port}`, `http://app.localhost:${port}`];

    async function reply(req: IncomingMessage, res: ServerResponse): Promise<void> {
      const { method, url = '' } = req;
      const { pathname, search } = new URL(url, issuer);
      const form = new URLSearchParams(method === 'POST' ? await text(req) : search);
      asked.push([method, pathname, form.get('grant_type')].filter(Boolean).join(' '));
      const quirk = quirks[pathname]?.(form);
      const [status, answer] = quirk === undefined || quirk === 'lost' ? usual(pathname, form) : quirk;
      if (quirk === 'lost') return void res.destroy();
      res.statusCode = status;
      res.setHeader('content-type', 'application/json');
      if (status === 302) res.setHeader('location', String(answer['location']));
      res.end(JSON.stringify(answer));
    }

    function usual(path: string, form: URLSearchParams): Answered {
      if (path === '/.well-known/oauth-protected-resource')
        return [200, { resource, authorization_servers: [issuer] }];
      if (path === '/.well-known/oauth-authorization-server') return [200, metadata()];
      if (path === '/device_authorization') return [200, deviceCode()];
      if (path === '/authorize') return [302, { location: approved(form) }];
      if (path === '/token') return tokens(form);
      if (path === '/revoke') {
        revoked.push(form.get('token') ?? '');
        return [200, {}];
      }
      return [404, {}];
    }

    function metadata(): Json {
      return {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        device_authorization_endpoint: `${issuer}/device_authorization`,
        token_endpoint: `${issuer}/token`,
        revocation_endpoint: `${issuer}/revoke`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      };
    }

    function deviceCode(): Json {
      return {
        device_code: 'device-code',
        user_code: 'WDJB-MJHT',
        verification_uri: `${issuer}/device`,
        verification_uri_complete: `${issuer}/device?user_code=WDJB-MJHT`,
        expires_in: 600,
        interval: 0.01,
      };
    }

    function approved(form: URLSearchParams): string {
      const back = new URL(form.get('redirect_uri') ?? '');
      challenges.set('code', form.get('code_challenge') ?? '');
      for (const [name, value] of Object.entries({
        code: 'code',
        state: form.get('state') ?? '',
        iss: issuer,
      })) {
        back.searchParams.set(name, value);
      }
      return back.href;
    }

    function tokens(form: URLSearchParams): Answered {
      const verifier = form.get('code_verifier');
      const isProved =
        verifier === null ||
        createHash('sha256').update(verifier).digest('base64url') === challenges.get('code');
      if (!isProved || form.get('client_id') !== 'latchkey-cli' || form.get('resource') !== resource) {
        return [400, { error: 'invalid_grant' }];
      }
      const counting = [issued, issued - 1].map((number) => `refresh-${number}`);
      if (form.get('grant_type') === 'refresh_token' && !counting.includes(form.get('refresh_token') ?? '')) {
        return [400, { error: 'invalid_grant' }];
      }
      issued += 1;
      const [access_token, refresh_token] = [`access-${issued}`, `refresh-${issued}`];
      return [200, { access_token, refresh_token, token_type: 'Bearer', expires_in: 3600 }];
    }

    return {
      resource,
      issuer,
      asked,
      revoked,
      async approve(address) {
        const { headers } = await fetch(address, { redirect: 'manual' });
        return fetch(headers.get('location') ?? '');
      },
    };
  };
}
