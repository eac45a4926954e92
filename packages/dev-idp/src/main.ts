import { startDevIdp } from './dev-idp.ts';

// The provider on its own, for trying an application by hand. Variables, with their defaults:
//   DEV_IDP_PORT 4182, DEV_IDP_HOST 127.0.0.1, DEV_IDP_ISSUER http://<host>:<port>, DEV_IDP_CLIENT_ID latchkey,
//   DEV_IDP_CLIENT_SECRET secret, DEV_IDP_REDIRECT_URIS (comma list)
const { env } = process;
const redirectUris = env['DEV_IDP_REDIRECT_URIS'] ?? 'http://sso.latchkey.localhost:4181/google/callback';

const idp = await startDevIdp({
  port: Number(env['DEV_IDP_PORT'] ?? 4182),
  host: env['DEV_IDP_HOST'] ?? '127.0.0.1',
  ...(env['DEV_IDP_ISSUER'] !== undefined && { issuer: env['DEV_IDP_ISSUER'] }),
  clients: [
    {
      clientId: env['DEV_IDP_CLIENT_ID'] ?? 'latchkey',
      clientSecret: env['DEV_IDP_CLIENT_SECRET'] ?? 'secret',
      redirectUris: redirectUris.split(',').map((uri) => uri.trim()),
    },
  ],
});
process.stdout.write(`dev identity provider at ${idp.issuer}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void idp.close());
}
