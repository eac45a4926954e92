import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { signatureError } from './signature-v4.ts';
import type { AwsIdentity } from './signature-v4.ts';

/** What a server does in place of answering. */
export type S3Fault = number | 'silent' | 'half' | 'without length';

/** One version of an object. */
type Version = {
  readonly body: Buffer;
  readonly etag: string;
  readonly id: string;
  readonly written: Date;
  readonly metadata: Readonly<Record<string, string>>;
};

/** A server that speaks S3 about one bucket, on loopback, and gives tasks the credentials of their role. */
export type S3Server = {
  readonly bucket: string;
  /** the environment of a task that may ask it, by the credentials of its role */
  readonly environment: Record<string, string>;
  /** credentials that are the same until they end */
  readonly fixedCredentials: Record<string, string>;
  /** Uploads an object, as an operator does. */
  put(key: string, text: string, written?: Date): void;
  remove(key: string): void;
  /** What an object holds, newest last. */
  versions(key: string): readonly { readonly text: string; readonly id: string; readonly etag: string }[];
  /** What has come for an object since the server started, as `GET 304`, oldest first. */
  asked(key: string): readonly string[];
  /** Resolves with the answer to what comes next for an object, as `asked` says it. */
  next(key: string): Promise<string>;
  /** Goes wrong about a key, from now on; undefined: no longer. */
  fail(key: string, fault: S3Fault | undefined): void;
  /** Anyone who asks for a key from now on is refused, as a role without the right to it. */
  forbid(method: 'GET' | 'PUT', key: string): void;
  allow(method: 'GET' | 'PUT', key: string): void;
  /** Ends the credentials that were given, before their time or with it. New ones are given to who asks. */
  endCredentials(): void;
  close(): Promise<void>;
};

const region = 'eu-central-1';

/** Starts one. It verifies every signature. */
export async function startS3(bucket = 'config'): Promise<S3Server> {
  const objects = new Map<string, Version[]>();
  const answers = new Map<string, string[]>();
  const faults = new Map<string, S3Fault>();
  const forbidden = new Set<string>();
  const waiting = new Map<string, ((answer: string) => void)[]>();
  let identity = newIdentity();

  function keep(
    key: string,
    body: Buffer,
    { written = new Date(), metadata = {} }: Partial<Version> = {},
  ): Version {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const version = { body, etag, id: randomBytes(16).toString('hex'), written, metadata };
    objects.set(key, [...(objects.get(key) ?? []), version]);
    return version;
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '', 'http://127.0.0.1');
    if (url.pathname === '/credentials') return give(res);
    const body = await buffer(req);
    const key = decodeURIComponent(url.pathname.slice(bucket.length + 2));
    const method = req.method ?? '';
    res.once('close', () => {
      const outcome = `${method} ${res.writableFinished ? res.statusCode : 'cut'}`;
      answers.set(key, [...(answers.get(key) ?? []), outcome]);
      for (const resolve of waiting.get(key)?.splice(0) ?? []) resolve(outcome);
    });
    const { headers } = req;
    const wrong = signatureError({ method, url, headers, body }, identity, { region, service: 's3' });
    if (wrong !== undefined) return refuse(res, wrong === 'ExpiredToken' ? 400 : 403, wrong);
    if (!url.pathname.startsWith(`/${bucket}/`)) return refuse(res, 404, 'NoSuchBucket');
    if (forbidden.has(`${method} ${key}`)) return refuse(res, 403, 'AccessDenied');
    const fault = faults.get(key);
    if (fault === 'silent') return undefined;
    if (typeof fault === 'number') return refuse(res, fault, 'ServiceUnavailable');
    return method === 'PUT' ? take(key, body, headers, res) : show(key, headers, res, fault);
  }

  // As ECS offers the credentials of a task role.
  function give(res: ServerResponse): void {
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = identity;
    // An SDK takes new ones in the last minutes of the old ones, so that these are asked for each time.
    const Expiration = new Date(Date.now() + 60_000).toISOString();
    res.setHeader('Content-Type', 'application/json');
    res.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token, Expiration }));
  }

  function take(key: string, body: Buffer, headers: IncomingHttpHeaders, res: ServerResponse): void {
    const there = objects.get(key)?.at(-1);
    const { 'if-none-match': absent, 'if-match': match } = headers;
    const isMet = (absent !== '*' || there === undefined) && (match === undefined || match === there?.etag);
    if (!isMet) return refuse(res, 412, 'PreconditionFailed');
    const { etag, id } = keep(key, body, { metadata: metadataIn(headers) });
    res.writeHead(200, { ETag: etag, 'x-amz-version-id': id }).end();
  }

  function show(
    key: string,
    headers: IncomingHttpHeaders,
    res: ServerResponse,
    fault: 'half' | 'without length' | undefined,
  ): void {
    const there = objects.get(key)?.at(-1);
    if (there === undefined) return refuse(res, 404, 'NoSuchKey');
    const { body, etag, id, written, metadata } = there;
    res.setHeader('ETag', etag).setHeader('x-amz-version-id', id);
    res.setHeader('Last-Modified', written.toUTCString());
    if (headers['if-none-match'] === etag) return void res.writeHead(304).end();
    for (const [name, value] of Object.entries(metadata)) res.setHeader(`x-amz-meta-${name}`, value);
    if (fault === 'without length') {
      res.socket?.end(
        `HTTP/1.1 200 OK\r\nETag: ${etag}\r\nConnection: close\r\n\r\n${body.subarray(0, 20).toString()}`,
      );
      return undefined;
    }
    res.setHeader('Content-Length', body.length);
    if (fault === undefined) return void res.end(body);
    res.write(body.subarray(0, Math.floor(body.length / 2)), () => res.destroy());
    return undefined;
  }

  const server = createServer((req, res) => void answer(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    bucket,
    environment: {
      AWS_REGION: region,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    get fixedCredentials() {
      const { accessKeyId, secretAccessKey, sessionToken } = identity;
      return {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      };
    },
    put: (key, text, written) => void keep(key, Buffer.from(text), written === undefined ? {} : { written }),
    remove: (key) => void objects.delete(key),
    versions: (key) =>
      (objects.get(key) ?? []).map(({ body, id, etag }) => ({ text: body.toString(), id, etag })),
    asked: (key) => answers.get(key) ?? [],
    next: (key) =>
      new Promise((resolve) => {
        waiting.set(key, [...(waiting.get(key) ?? []), resolve]);
      }),
    fail: (key, fault) => void (fault === undefined ? faults.delete(key) : faults.set(key, fault)),
    forbid: (method, key) => void forbidden.add(`${method} ${key}`),
    allow: (method, key) => void forbidden.delete(`${method} ${key}`),
    endCredentials() {
      identity = newIdentity();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function refuse(res: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>no</Message></Error>`;
  res.writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': text.length }).end(text);
}

function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(own.map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]));
}

function newIdentity(): AwsIdentity {
  const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] =
    randomBytes(36).toString('hex').match(/.{24}/g) ?? [];
  return { accessKeyId, secretAccessKey, sessionToken };
}
