import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { readWhole } from './read-whole.ts';
import { SourceError } from './source.ts';
import type { Lack } from './source.ts';

/** What an SDK hands over to be sent. */
type Request = {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
};

/**
 * How a client of AWS asks: over our own connections, so that an outgoing proxy and our bounds hold for it, and once, because
 * the caller comes back. Credentials and region it finds as every AWS SDK does.
 */
export function awsClient(): Pick<S3ClientConfig, 'maxAttempts' | 'requestHandler'> {
  return { maxAttempts: 1, requestHandler: { handle } };
}

async function handle(request: Request, { abortSignal }: { abortSignal: AbortSignal }) {
  const { method, headers, body } = request;
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT')
    throw new Error(`nobody asks with ${method}`);
  const {
    status,
    headers: answered,
    bytes,
  } = await readWhole(urlOf(request), {
    method,
    // undici says these two by itself.
    headers: without(headers, ['content-length', 'expect']),
    ...(body !== undefined && { body }),
    signal: abortSignal,
  });
  return { response: { statusCode: status, headers: answered, body: Readable.from([bytes]) } };
}

function urlOf({ protocol, hostname, port, path, query = {} }: Request): URL {
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value ?? '')}`),
  );
  if (pairs.length > 0) url.search = pairs.join('&');
  return url;
}

function without(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name.toLowerCase())));
}

/** The status with which AWS refused; undefined where it did not get that far. */
export function awsStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const { $metadata: about } = error;
  if (typeof about !== 'object' || about === null || !('httpStatusCode' in about)) return undefined;
  return typeof about.httpStatusCode === 'number' ? about.httpStatusCode : undefined;
}

/**
 * Says in words why AWS gave nothing.
 *
 * @param right what the role of the task has to be allowed
 */
export function sourceErrorOf(error: unknown, right: string): SourceError {
  if (error instanceof SourceError) return error;
  const status = awsStatusOf(error);
  // The names of errors are of a small alphabet; their messages hold names of roles and keys.
  const name = error instanceof Error && /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : 'unknown';
  const answer = status === undefined ? name : `${status} ${name}`;
  const said = (message: string, lack: Lack = 'passing') => new SourceError(message, { cause: error, lack });
  if (name === 'CredentialsProviderError') {
    return said(
      'cannot be asked for: the task has no AWS credentials: give its task definition a task role (taskRoleArn)',
      'lasting',
    );
  }
  if (error instanceof Error && error.message === 'Region is missing') {
    return said(
      'cannot be asked for: write the AWS region of the task into AWS_REGION (ECS sets it)',
      'lasting',
    );
  }
  if (
    /Expired|InvalidAccessKeyId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|TimeTooSkewed/.test(
      name,
    )
  ) {
    return said(`was refused (${answer}): the credentials of the task are over or wrong, or our clock is`);
  }
  if (status === 404 || name === 'ParameterNotFound' || name === 'ResourceNotFoundException') {
    return said(`is not there (${answer})`, 'missing');
  }
  if (status === 403 || name === 'AccessDeniedException') {
    return said(
      `was refused (${answer}): give the role of the task ${right}. AWS may say the same of what is not there`,
      'missing',
    );
  }
  return said(`was not given (${answer})`);
}
