import { ownEndpoints } from '@latchkey/contract';
import { userKeyTexts } from '@latchkey/identity';
import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import type { Io } from '../io.ts';
import { printable } from '../output/terminal.ts';
import { parsedJson } from '../parsed-json.ts';
import { ask } from '../tokens/ask.ts';
import { Failure } from '../exit.ts';

/** A key that nobody has used before, and what sshd goes by. */
export type CertifiedKey = {
  /** as `ssh` reads them from files */
  readonly key: string;
  readonly certificate: string;
  readonly principals: readonly string[];
};

const answer = z.object({
  // As `ssh` reads one: a line, and no other beside it.
  certificate: z.string().regex(/^ssh-ed25519-cert-v01@openssh\.com [A-Za-z0-9+/]+={0,2}$/),
  principals: z.array(z.string()),
});
const refusal = z.object({ message: z.string(), request_id: z.string() });

/**
 * Makes a key, and gets a certificate for it of the sshd behind an application.
 *
 * @throws Failure with what the gate says about it
 */
export async function certifiedKey(resource: string, token: string, io: Io): Promise<CertifiedKey> {
  const { publicLine, file } = userKeyTexts(generateKeyPairSync('ed25519').privateKey);
  const { status, body } = await ask(io, {
    url: new URL(ownEndpoints.sshCertificate.path, resource),
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body: JSON.stringify({ public_key: publicLine }),
  });
  const given = answer.safeParse(status === 200 ? parsedJson(body) : undefined).data;
  if (given !== undefined) {
    return { key: file, certificate: `${given.certificate}\n`, principals: given.principals };
  }
  const refused = refusal.safeParse(parsedJson(body)).data;
  if (refused === undefined || status === 404) {
    const message = `status ${status}, and no certificate: does its route have \`ssh_certificate\`? If not, use \`latchkey tunnel --stdio\` as ProxyCommand`;
    throw new Failure(`${resource}: ${message}`);
  }
  const { message, request_id } = refused;
  throw new Failure(
    `${resource}: ${printable(message)} (status ${status}, request ${printable(request_id)})`,
  );
}
