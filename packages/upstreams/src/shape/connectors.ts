import { accountName } from '@latchkey/access';
import { connectorName } from '@latchkey/contract';
import { z } from 'zod';
import { quote } from '../problems.ts';
import { mapping } from './mapping.ts';
import type { Values } from './mapping.ts';
import { described, list, problem, scalar } from './reader.ts';
import type { About, FieldReader, Located } from './reader.ts';

const advice =
  'write up to 63 lower-case letters, digits and dashes, a dash neither first nor last: `grafana-prod`';

const fields = {
  name: name(
    {
      meaning: 'What connectors of this name call themselves (`CONNECTOR_NAME`), and routes in `via`.',
      example: 'grafana-prod',
    },
    connectorName,
  ),
  service_account: name(
    {
      meaning: 'The service account with whose tokens they come. Give each connector one of its own.',
      example: 'grafana-connector',
    },
    accountName,
  ),
};

/** One entry of `connectors`. */
export const connector = mapping(
  'connector',
  'A connector that may come to the proxy, beside an application that nobody reaches from outside.',
  fields,
);

/** `connectors`, beside the services. */
export const connectors = list(
  {
    meaning: 'Which connectors there are. [connectors.md](connectors.md) has the whole of it.',
    default: 'none',
    example: '[{ name: grafana-prod, service_account: grafana-connector }]',
  },
  connector,
);

/** One entry of `connectors`, as read. */
export type WrittenConnector = Values<typeof fields>;

/** `via` of a route. Empty: what the section around it says counts no more. */
export const via = name(
  {
    meaning:
      'The connector through which the application is reached, a name of `connectors`. `to` is then where the connector finds it, `http://localhost:3000` for example. Empty: directly.',
    default: 'none',
    example: 'grafana-prod',
  },
  connectorName,
  'empty',
);

function name(about: About, form: RegExp, orEmpty?: 'empty'): FieldReader<Located<string>> {
  const pattern = orEmpty === undefined ? `${form.source}|\\{\\{` : `${form.source}|^$|\\{\\{`;
  const schema = { type: 'string', ...described(about), pattern };
  const type = z.string().refine(
    (text) => form.test(text) || (orEmpty !== undefined && text === ''),
    problem('connectorName', (text) => `${quote(text)} cannot be a name: ${advice}`),
  );
  return { ...scalar(schema, type), about: { ...about, type: 'text' } };
}
