import { z } from 'zod';
import { quote } from '../problems.ts';
import { mappingOption } from './mapping.ts';
import type { Values } from './mapping.ts';
import { described, problem, scalar } from './reader.ts';
import type { About, FieldReader, Located } from './reader.ts';

const fields = {
  service: scopePart({
    meaning: 'The service that the signature is for, as AWS names it in signatures.',
    example: 'vpc-lattice-svcs',
  }),
  region: scopePart({ meaning: 'The region of that service.', example: 'eu-central-1' }),
};

/** `aws_sigv4` of a route, as read. */
export type WrittenSigv4 = Values<typeof fields>;

/** `aws_sigv4` of a route. */
export const awsSigv4 = mappingOption(
  'aws_sigv4',
  'For which service of AWS requests to the application are signed. Default: none.',
  fields,
  {
    meaning:
      'Signs requests to the application with the credentials that the proxy has at AWS, such as those of its task role (Signature Version 4): `service` and `region` of what they are for. `Authorization` of the caller does not travel on.',
    default: 'none',
    type: '`service` and `region`',
    example: '{ service: vpc-lattice-svcs, region: eu-central-1 }',
  },
);

function scopePart(about: About): FieldReader<Located<string>> {
  const advice = `Write it as AWS uses it in signatures, like \`${about.example}\``;
  const json = {
    type: 'string',
    pattern: '^[a-z0-9-]*$',
    errorMessage: advice,
    ...described(about),
    examples: [about.example],
  };
  const type = z.string().refine(
    (text) => /^[a-z0-9-]*$/.test(text),
    problem('sigv4Unusable', (text) => `${quote(text)} is not a name that AWS uses. ${advice}`),
  );
  return { ...scalar(json, type), about: { ...about, type: 'text' } };
}
