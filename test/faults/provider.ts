// The provider, in a process of its own: it replaces refresh tokens, and takes the second use of one for theft. One that is
// killed knows again what it knew, as a provider does.
import { startDevIdp } from '@latchkey/dev-idp';
import { accounts } from './people.ts';

const env = (name: string) => process.env[name] ?? '';

await startDevIdp({
  port: Number(env('PORT')),
  issuer: env('ISSUER'),
  clients: [{ clientId: 'latchkey', clientSecret: env('CLIENT_SECRET'), redirectUris: [env('CALLBACK')] }],
  accounts,
  behaviour: { rotateRefreshTokens: true, accessTokenSeconds: Number(env('ACCESS_TOKEN_SECONDS')) },
  journal: env('JOURNAL'),
});
process.stdout.write('{"msg":"listening"}\n');
