import { isAboutDevice, isReserved } from '@latchkey/identity';
import { factGroups } from '@latchkey/policy';
import type { YamlEntry } from '../parse/tree.ts';
import { quote } from '../problems.ts';
import { framingNames } from './headers.ts';
import { described, reader, unreadableValue } from './reader.ts';
import type { About, FieldReader, Refuse, Unreadable } from './reader.ts';

type DeviceHeader = readonly [fact: string, header: string];

const advice = 'Write `name: X-Device-Name` lines here, indented';
const factPattern = '^[a-z_][a-z0-9_]*$';
const factAdvice = 'write it as `managed` or `disk_encrypted`, so that rules can name it `device.NAME`';
const headerPattern = '^[A-Za-z0-9][A-Za-z0-9-]*$';
const headerAdvice = 'write letters, digits and dashes, such as `X-Device-Managed`';

/** Headers in which servers in front say something of a device, by the names of the facts that they become; in lower case. */
export function deviceHeaders(about: About): FieldReader<ReadonlyMap<string, string>> {
  const schema = {
    type: 'object',
    ...described(about),
    errorMessage: advice,
    propertyNames: { pattern: factPattern, patternErrorMessage: `This is no name: ${factAdvice}` },
    additionalProperties: {
      type: 'string',
      pattern: headerPattern,
      errorMessage: `This is no name of a header: ${headerAdvice}`,
    },
  };
  const read = reader<ReadonlyMap<string, string>>(schema, (node, refuse) => {
    if (node.kind !== 'mapping') return refuse('notMapping', node.at, advice);
    const facts = new Map<string, string>();
    const read = [...node.entries].map(([fact, entry]) => {
      const header = readEntry(fact, entry, refuse);
      if (header === unreadableValue) return header;
      const [other] = [...facts].find(([, known]) => known === header[1]) ?? [];
      if (other !== undefined) {
        const message = `\`${other}\` reads ${quote(header[1])} already: keep one of the two`;
        return refuse('deviceHeader', entry.value.at, message);
      }
      facts.set(...header);
      return header;
    });
    return read.every((each) => each !== unreadableValue) ? facts : unreadableValue;
  });
  return { ...read, about: { ...about, type: '`name: Header` lines' } };
}

const ofCertificate = factGroups['device']?.facts ?? {};

function readEntry(
  fact: string,
  { at, value, unresolved }: YamlEntry,
  refuse: Refuse,
): DeviceHeader | Unreadable {
  if (unresolved || (value.kind === 'scalar' && value.unresolved)) return unreadableValue;
  if (!new RegExp(factPattern).test(fact)) {
    return refuse('deviceHeader', at, `${quote(fact)} is not a name of a fact: ${factAdvice}`);
  }
  if (Object.hasOwn(ofCertificate, fact)) {
    const message = `\`device.${fact}\` is a fact about the certificate already: choose another name`;
    return refuse('deviceHeader', at, message);
  }
  if (value.kind !== 'scalar') {
    return refuse('deviceHeader', value.at, `\`${fact}\` has to be one header: ${headerAdvice}`);
  }
  const header = value.text.trim().toLowerCase();
  const flaw = flawOf(header);
  return flaw === undefined ? [fact, header] : refuse('deviceHeader', value.at, `${quote(header)} ${flaw}`);
}

const credentials: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
]);

// What callers themselves write, among it signatures for AWS, every server in front passes on. Applications and the proxy go by these.
const ofCallers =
  /^(?:accept|access-control|content|if|sec|x-amz|x-http-method|x-method)(?:-|$)|^(?:cache-control|date|depth|destination|dnt|expect|from|lock-token|origin|overwrite|pragma|priority|range|referer|timeout|traceparent|tracestate|upgrade-insecure-requests|user-agent|via|x-amzn-trace-id|x-requested-with)$/;

/** Why nothing about a device can be in a header of this name. */
function flawOf(header: string): string | undefined {
  if (!new RegExp(headerPattern).test(header))
    return `is not a header name that is allowed here: ${headerAdvice}`;
  if (framingNames.has(header)) return 'belongs to the connection and ends here: choose another name';
  if (credentials.has(header)) return 'holds credentials, which no rule reads: choose another name';
  if (header.startsWith('x-amzn-mtls-')) {
    return 'is of an ALB that verifies certificates: set `SERVER_DEVICE_CERTIFICATES`, and write `device.subject`, `device.issuer` or `device.serial_number`';
  }
  if (isReserved(header) && !isAboutDevice(header)) return 'is set by the proxy alone: choose another name';
  return ofCallers.test(header)
    ? 'is what callers write by themselves: have the server in front set one of its own, such as `X-Device-Managed`'
    : undefined;
}
