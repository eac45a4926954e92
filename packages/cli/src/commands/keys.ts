import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { accountName, hashOfToken, makeServiceToken } from '@latchkey/access';
import { authorityLine, readSshAuthority } from '@latchkey/identity';
import { oneOf, readArguments, takePositionals } from '../arguments.ts';
import { exitCodes, UsageError } from '../exit.ts';
import { readText } from '../io.ts';
import type { Io } from '../io.ts';
import type { Command } from './command.ts';

type KeyKind = { readonly make: () => string; readonly note: string };

const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;

const keyKinds = {
  session: {
    make: () => `${randomBytes(32).toString('base64')}\n`,
    note: 'SESSION_COOKIE_SECRET, the same in both services where one cookie is for all hosts. To change it: old,new in all tasks, then new,old, then new.',
  },
  grant: {
    make: () => `${randomBytes(32).toString('base64')}\n`,
    note: 'SESSION_KEY of auth alone. To change it where there is one task of auth: new,old, then new once the sessions of the old one are over.',
  },
  client: {
    make: () => `${randomBytes(32).toString('base64url')}\n`,
    note: 'CLIENT_SECRET of the proxy and CLIENT_PROXY_SECRET of auth, the same in both. To change it: old,new in both, then new,old, then new.',
  },
  assertion: {
    make: () =>
      generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding, publicKeyEncoding }).privateKey,
    note: 'ASSERTION_KEY of the proxy (EC, P-256): PKCS#8 PEM, with its line breaks. To change it, first put the new one below the old one; five minutes later above it.',
  },
  'access-token': {
    make: () =>
      generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding, publicKeyEncoding }).privateKey,
    note: 'ACCESS_TOKEN_KEY of auth (EC, P-256): PKCS#8 PEM, with its line breaks. To change it, first put the new one below the old one; ten minutes later above it; an hour later take the old one away.',
  },
  signing: {
    make: () =>
      generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding, publicKeyEncoding }).privateKey,
    note: 'REQUESTSIGNER_KEY of the proxy (RSA, 2048 bits): PKCS#8 PEM, with its line breaks. To change it, first put the new one below the old one.',
  },
} as const satisfies Record<string, KeyKind>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
const names = Object.keys(keyKinds) as Array<keyof typeof keyKinds>;
const serviceToken = 'service-token';
const sshAuthority = 'ssh-ca';

/** `latchkey keys`: fresh secrets in the form that the variables want. */
export const keys: Command = {
  name: 'keys',
  summary: 'Makes a new secret or key for a variable, or a token for a service account',
  usage: `keys ${names.join('|')}
       latchkey keys service-token NAME
       latchkey keys ssh-ca FILE`,
  help: `Prints the secret to stdout, and the name of its variable to stderr, so that the secret can be piped into
a secret store. It is not saved.

  session       SESSION_COOKIE_SECRET: encrypts the session cookie
  grant         SESSION_KEY: encrypts the part of the session cookie that only auth may read
  client        CLIENT_SECRET and CLIENT_PROXY_SECRET: the secret of the proxy at auth
  assertion     ASSERTION_KEY: signs assertions for applications, EC P-256
  access-token  ACCESS_TOKEN_KEY: signs access tokens for programs, EC P-256
  signing       REQUESTSIGNER_KEY: signs requests to applications, RSA
  service-token NAME
                a token for the service account NAME; its hash, for the upstream file, goes to stderr
  ssh-ca FILE   makes no key: prints the public key of the SSH authority whose private key is in FILE, for
                \`TrustedUserCAKeys\` of sshd. \`ssh-keygen -t ed25519 -N '' -f FILE\` makes such a FILE

Examples:

  latchkey keys session
  latchkey keys service-token deploy-bot
  latchkey keys signing > signing.pem
`,
  run(args, io) {
    const { positionals } = readArguments(args, {});
    const [first, ...others] = positionals;
    if (first === undefined) throw new UsageError('the kind of key is missing');
    const kind = oneOf('the kind of key', first, [...names, serviceToken, sshAuthority]);
    if (kind === serviceToken) return printServiceToken(takePositionals(others, ['NAME']), io);
    if (kind === sshAuthority) return printAuthority(takePositionals(others, ['FILE']), io);
    takePositionals(others, []);
    const { make, note } = keyKinds[kind];
    io.stderr(`${note}\n`);
    io.stdout(make());
    return exitCodes.fine;
  },
};

function printServiceToken([name = '']: readonly string[], io: Io): number {
  if (!accountName.test(name)) {
    throw new UsageError(
      `a service account cannot be called ${JSON.stringify(name)}: write lower-case letters, digits and dashes`,
    );
  }
  const token = makeServiceToken(name);
  io.stderr(`The token is for the program, which sends it as \`Authorization: Bearer …\`. Its hash is for the upstream file:

service_accounts:
  - name: ${name}
    secret_hashes:
      - hash: ${hashOfToken(token)}

To change it, list both hashes, give the program the new token, then remove the old hash.
`);
  io.stdout(`${token}\n`);
  return exitCodes.fine;
}

function printAuthority([file = '']: readonly string[], io: Io): number {
  const authority = readSshAuthority(readText(file, io));
  if (typeof authority === 'string') throw new UsageError(`${file} ${authority}`);
  io.stderr('For the file that `TrustedUserCAKeys` names in sshd_config:\n');
  io.stdout(`${authorityLine(authority)}\n`);
  return exitCodes.fine;
}
