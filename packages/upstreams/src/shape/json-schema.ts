import { connector } from './connectors.ts';
import { cors } from './cors.ts';
import { listAdvice, rootAdvice } from './file.ts';
import { issuer } from './issuer.ts';
import { schemasOf } from './mapping.ts';
import { options } from './options.ts';
import { explained } from './reader.ts';
import type { JsonSchema } from './reader.ts';
import { rule } from './policy.ts';
import { rootFields } from './root.ts';
import { misplacedKeys, extraRoute, section } from './sections.ts';
import { serviceAccountMappings } from './service-accounts.ts';
import { serviceAdvice, serviceFields } from './service.ts';
import { awsSigv4 } from './aws-sigv4.ts';
import { clientIdentity } from './client-identity.ts';
import { sshCertificate } from './ssh-certificate.ts';
import { tcp } from './tcp.ts';
import { waitFor } from './wait-for.ts';

const misplaced = {
  type: 'null',
  not: { type: 'null' },
  errorMessage: 'This has no effect next to the sections: indent it below `default:`',
  doNotSuggest: true,
};

const { service: serviceName, ...beside } = serviceFields;

/** What an editor offers to begin with. */
const serviceSnippet = {
  service: '${1:wiki}',
  default: {
    from: '${2:wiki.corp.example.com}',
    to: '${3:http://wiki.internal:8080}',
    options: { allowed_groups: ['${4:engineering@example.com}'] },
  },
};

const service: JsonSchema = {
  ...explained(
    'A service: its `service` name, what the launcher says of it, and sections. `default` holds everywhere, any other key is the name of a cluster (`UPSTREAM_CLUSTER`) and holds what is different there.',
  ),
  allOf: [{ type: 'object', errorMessage: serviceAdvice }],
  properties: {
    service: serviceName.schema,
    default: section.schema,
    ...schemasOf(beside),
    ...Object.fromEntries([...misplacedKeys].map((key) => [key, misplaced])),
  },
  required: ['service'],
  additionalProperties: section.schema,
  defaultSnippets: [
    { label: 'new service', description: 'A service with a host and a rule', body: serviceSnippet },
  ],
};

const services: JsonSchema = {
  type: 'array',
  errorMessage: listAdvice,
  ...explained('The services. Each begins with `- service: name`.'),
  items: { $ref: '#/$defs/service' },
};

/**
 * What an editor needs to complete an upstream file and to mark what `loadUpstreams` refuses or does not know.
 * What the loader takes, it does not mark. What JSON Schema cannot say, it leaves unmarked: a duration out of range, a
 * pattern that is no RE2, hosts and addresses, a route without `from`, `to` or a rule, two routes for one host, one header in
 * two spellings, a truth value in quotes that is not `"true"` or `"false"`, a number that is written in an odd way (`timeout: 00`),
 * a key that stands twice, and whatever depends on the cluster or the environment. `latchkey check` says those.
 */
const schema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Latchkey upstream file',
  ...explained('A list of services, or a map with `services` and `defaults`.'),
  if: { type: 'object' },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: {
    allOf: [{ required: ['services'], errorMessage: rootAdvice }],
    properties: { services, defaults: options.schema, ...schemasOf(rootFields) },
    patternProperties: { '^x-': true },
    additionalProperties: false,
  },
  else: { ...services, type: ['array', 'null'], errorMessage: rootAdvice },
  $defs: {
    service,
    ...Object.fromEntries(
      [
        section,
        extraRoute,
        options,
        cors,
        waitFor,
        tcp,
        sshCertificate,
        awsSigv4,
        clientIdentity,
        issuer,
        rule,
        connector,
        ...serviceAccountMappings,
      ].map(({ name, definition }) => [name, definition]),
    ),
  },
};

/** docs/upstreams.schema.json: JSON Schema 2020-12, with the keywords that editors add to it. */
export function renderUpstreamSchema(): string {
  return `${shortListsOnOneLine(JSON.stringify(schema, null, 2))}\n`;
}

const longestLine = 110;
const listOfScalars = /^(.*\[)\n\s+((?:(?:"(?:[^"\\]|\\.)*"|[\w.-]+),?\s+)+)\](,?)$/gm;

/** As the formatter of this repository would write them. */
function shortListsOnOneLine(json: string): string {
  return json.replaceAll(listOfScalars, (list, start: string, items: string, end: string) => {
    const line = `${start}${items.trim().replaceAll(/\n\s+/g, ' ')}]${end}`;
    return line.length <= longestLine ? line : list;
  });
}
