import { z } from 'zod';
import { quote } from '../problems.ts';
import type { Callers } from '../types.ts';
import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { described, enumExplained, explained, list, plainScalar, problem, scalar } from './reader.ts';
import type { FieldReader, Located, Reader } from './reader.ts';
import { duration, entry, text } from './values.ts';

/** Those that sign with a key pair: anyone who can check a token by them cannot make one. */
export const signatureAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
] as const;

const algorithmAdvice = `Write ${signatureAlgorithms.map((name) => `\`${name}\``).join(', ')}`;

const algorithm: Reader<string> = plainScalar(
  {
    enum: signatureAlgorithms,
    errorMessage: algorithmAdvice,
    ...explained('One entry: an algorithm that signs with a key pair.'),
  },
  z.string().refine(
    (text) => signatureAlgorithms.some((known) => known === text),
    problem('issuerAlgorithm', (text) => `${quote(text)} does not sign with a key pair. ${algorithmAdvice}`),
  ),
);

const callerKinds: Readonly<Record<Callers, string>> = {
  machines: 'Programs that act for themselves.',
  people:
    'People, each by the verified e-mail address in the token (`email`, `email_verified`), and the programs that they use.',
};

const callersAbout = {
  meaning: 'Who calls with its tokens: `machines`, or `people`, by the verified e-mail address in the token.',
  default: '`machines`',
  example: 'people',
};
const callersAdvice = 'Write `machines` or `people`';

const callers: FieldReader<Located<Callers>> = {
  ...scalar(
    {
      enum: Object.keys(callerKinds),
      errorMessage: callersAdvice,
      ...described(callersAbout),
      ...enumExplained(Object.values(callerKinds)),
    },
    z.string().transform((written, context): Callers => {
      if (written === 'machines' || written === 'people') return written;
      const message = `${quote(written)} is not a kind of caller. ${callersAdvice}`;
      context.addIssue({ code: 'custom', message, params: { problem: 'issuerUnusable' } });
      return z.NEVER;
    }),
  ),
  about: { ...callersAbout, type: 'text' },
};

const fields = {
  issuer: text({
    meaning: 'The issuer, exactly as its tokens have it in `iss`: an address, over HTTPS.',
    example: 'https://idp.example.com',
  }),
  audiences: list(
    {
      meaning: 'What tokens for us have in `aud`. One of these is enough.',
      example: '[https://api.example.com]',
    },
    entry('an audience', ['https://api.example.com']),
  ),
  callers,
  email_domains: list(
    {
      meaning:
        "With `callers: people`, the domains whose addresses it may vouch for, without their subdomains. `['*']` alone: all of them.",
      example: '[example.com]',
    },
    entry('a domain', ['example.com', '*']),
  ),
  jwks_url: text({
    meaning: 'Where its public keys are (a JWK Set).',
    default: 'as it says itself, at `/.well-known/openid-configuration`',
    example: 'https://idp.example.com/keys',
  }),
  jwks_file: text({
    meaning: 'A file on the machine of the proxy with its public keys (a JWK Set), in place of an address.',
    default: 'none',
    example: '/etc/latchkey/idp-keys.json',
  }),
  algorithms: list(
    {
      meaning: 'The algorithms of its signatures.',
      default: 'all that sign with a key pair',
      example: '[ES256]',
    },
    algorithm,
  ),
  leeway: duration(
    {
      meaning: 'How far its clock may differ from ours, at most `5m`.',
      default: '`30s`',
      example: '10s',
    },
    ['10s', '30s'],
  ),
  subject_claim: text({
    meaning: 'The claim that names the caller, as `x-jwt-subject` and `allowed_subjects` have it.',
    default: '`sub`',
    example: 'azp',
  }),
  scopes_claim: text({
    meaning: 'The claim with the scopes: a text with spaces between them, or a list.',
    default: '`scope`, or `scp` where there is none',
    example: 'permissions',
  }),
  groups_claim: text({
    meaning:
      'The claim with the groups of the caller, which then count in `allowed_groups` like those of a person: a list, or one text.',
    default: 'none: its tokens put nobody into a group',
    example: 'groups',
  }),
  client_claim: text({
    meaning: 'The claim with the client id of the calling program.',
    default: '`client_id`, or `azp` where there is none',
    example: 'appid',
  }),
};

/** One entry of `issuers`. */
export const issuer = mapping('issuer', 'Who may issue tokens, and what has to be in them.', fields);

/** One entry of `issuers` as read. */
export type WrittenIssuer = Values<typeof fields>;
