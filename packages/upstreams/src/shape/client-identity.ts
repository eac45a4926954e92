import { mappingOption } from './mapping.ts';
import type { Values } from './mapping.ts';
import { duration, text } from './values.ts';

const fields = {
  ca_cert_file: text({
    meaning:
      'A PEM file with the certificate of the authority that issues, followed by its intermediate certificates.',
    example: '/etc/latchkey/people-ca.pem',
  }),
  ca_key_file: text({
    meaning:
      'A PEM file with the private key of that certificate, without a passphrase. Anyone who has it can be anybody.',
    example: '/etc/latchkey/people-ca.key',
  }),
  lifetime: duration(
    { meaning: 'How long a certificate is good, from `1m` to `24h`.', default: '`5m`', example: '10m' },
    ['5m', '1h'],
  ),
  subject: text({
    meaning:
      'The subject of the certificate of a person: attributes (`CN`, `OU`, `O`, `L`, `ST`, `UID`) as RFC 4514 writes them, with `{email}`, `{user}`, `{sub}` or `{idp}` as values or parts of them.',
    example: "'CN={email}'",
  }),
  san_uri: text({
    meaning:
      'An address in the certificate of a person, with the same names in its path. What they stand for is percent-encoded.',
    default: 'none',
    example: "'spiffe://corp/user/{sub}'",
  }),
  machine_subject: text({
    meaning:
      'The subject of the certificate of a machine, with `{name}` as logs have it. Without it machines are refused.',
    default: 'none',
    example: "'CN={name},OU=machines'",
  }),
};

/** `client_identity` of a route, as read. */
export type WrittenClientIdentity = Values<typeof fields>;

/** `client_identity` of a route. */
export const clientIdentity = mappingOption(
  'client_identity',
  'The certificate that the proxy makes for the one who asks, and shows the application over TLS. Default: none.',
  fields,
  {
    meaning:
      'Shows the application a client certificate in the name of the person (mutual TLS), which the proxy issues for their session with an authority of yours: `ca_cert_file`, `ca_key_file`, `subject`, and if need be `lifetime`, `san_uri` and `machine_subject`. For `to: https://…` and for TCP with TLS. A connection is never shared between two people.',
    default: 'none',
    type: '`ca_cert_file`, `ca_key_file`, `subject`, `lifetime`, `san_uri`, `machine_subject`',
    example: "{ ca_cert_file: /etc/ca.pem, ca_key_file: /etc/ca.key, subject: 'CN={email}' }",
  },
);
