import { mappingOption } from './mapping.ts';
import type { Values } from './mapping.ts';
import { list } from './reader.ts';
import { entry, text } from './values.ts';

const fields = {
  ca_key_file: text({
    meaning:
      'The file with the private key of the authority, as `ssh-keygen -t ed25519` writes it, without a passphrase. Anyone who has it can be anybody at every sshd that trusts it.',
    example: '/etc/latchkey/ssh-ca',
  }),
  principals: list(
    {
      meaning:
        'As whom a person may sign in: names that sshd knows, with `{email}` or `{user}` (the part of it before the `@`) in them.',
      example: "['{user}']",
    },
    entry('a name', ['{user}', '{email}']),
  ),
};

/** `ssh_certificate` of a route, as read. */
export type WrittenSshCertificate = Values<typeof fields>;

/** `ssh_certificate` of a route. */
export const sshCertificate = mappingOption(
  'ssh_certificate',
  'The certificates that `latchkey ssh` gets for a person. Default: none.',
  fields,
  {
    meaning:
      'With `to: tcp://…` that leads to sshd: `latchkey ssh` gets a certificate in the name of the person, which is good for five minutes, from an authority of yours. `ca_key_file` is its key, and `principals` is as whom they may sign in.',
    default: 'none',
    type: '`ca_key_file` and `principals`',
    example: "{ ca_key_file: /etc/latchkey/ssh-ca, principals: ['{user}'] }",
  },
);
