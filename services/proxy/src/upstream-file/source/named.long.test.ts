// An upstream file in Systems Manager or Secrets Manager, whose answers are played by a server that verifies signatures.
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { useServers } from '@latchkey/testing/servers';
import { signatureError } from '@latchkey/testing/signature-v4';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parameterSource, secretSource } from './named.ts';

const { start } = useServers();
const identity = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'a secret', sessionToken: 'a token' };
const usualEnvironment = { ...process.env };
beforeAll(() => Promise.all([import('@aws-sdk/client-ssm'), import('@aws-sdk/client-secrets-manager')]));
beforeEach(() => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    AWS_SESSION_TOKEN: identity.sessionToken,
  });
});
afterEach(() => {
  process.env = { ...usualEnvironment };
});

/** Answers what a service is asked in its JSON protocol; what has no answer is not there. */
async function answering(service: string, answers: Record<string, object>, missing: string): Promise<void> {
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = '', headers } = req;
    const url = new URL(req.url ?? '/', 'http://127.0.0.1');
    const body = await buffer(req);
    const wrong = signatureError({ method, url, headers, body }, identity, {
      region: 'eu-central-1',
      service,
    });
    const given =
      wrong === undefined ? answers[`${String(headers['x-amz-target'])} ${body.toString()}`] : undefined;
    const text = JSON.stringify(given ?? { __type: wrong ?? missing, message: 'no' });
    res.writeHead(given === undefined ? 400 : 200, {
      'Content-Type': 'application/x-amz-json-1.1',
      'Content-Length': Buffer.byteLength(text),
    });
    res.end(text);
  }
  const { port } = await start({ request: (req, res) => void answer(req, res) });
  Object.assign(process.env, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
}

const signal = () => AbortSignal.timeout(30_000);

test('a parameter is decrypted, named by its number, and unchanged while that is the same', async () => {
  const asked = 'AmazonSSM.GetParameter {"Name":"/latchkey/upstreams","WithDecryption":true}';
  const Parameter = { Value: '- service: wiki', Version: 7, LastModifiedDate: 1_800_000_000 };
  await answering('ssm', { [asked]: { Parameter } }, 'ParameterNotFound');
  const source = parameterSource('/latchkey/upstreams');
  expect(await source.fetch(undefined, signal())).toEqual({
    bytes: Buffer.from('- service: wiki'),
    tag: '7',
    version: '7',
    written: new Date(1_800_000_000_000),
  });
  expect(await source.fetch('7', signal())).toBe('unchanged');
  await expect(parameterSource('/other').fetch(undefined, signal())).rejects.toThrow('is not there');
});

test('a secret is named by its version, and unchanged while that is the same', async () => {
  const asked = 'secretsmanager.GetSecretValue {"SecretId":"latchkey/upstreams"}';
  const answer = { SecretString: '- service: wiki', VersionId: 'v-1', CreatedDate: 1_800_000_000 };
  await answering('secretsmanager', { [asked]: answer }, 'ResourceNotFoundException');
  const source = secretSource('latchkey/upstreams');
  expect(await source.fetch(undefined, signal())).toMatchObject({
    bytes: Buffer.from('- service: wiki'),
    version: 'v-1',
    written: new Date(1_800_000_000_000),
  });
  expect(await source.fetch('v-1', signal())).toBe('unchanged');
  await expect(secretSource('other').fetch(undefined, signal())).rejects.toThrow('is not there');
});

test('a role without the right to it learns which one is missing', async () => {
  await answering('ssm', {}, 'AccessDeniedException');
  await expect(parameterSource('/latchkey/upstreams').fetch(undefined, signal())).rejects.toThrow(
    'was refused (400 AccessDeniedException): give the role of the task ssm:GetParameter (and kms:Decrypt of its key)',
  );
});
