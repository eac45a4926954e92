import { EVENT_ID, YAMLException, parseEvents } from 'js-yaml';
import type { Event } from 'js-yaml';
import type { Report } from '../problems.ts';
import { compose } from './compose.ts';
import { ComposeError } from './compose-error.ts';
import type { TemplatedText } from './source.ts';
import { fillTemplate } from './template.ts';
import type { YamlNode } from './tree.ts';

/** What YAML 1.2 calls printable (production 1), with the byte order mark; half a surrogate pair is not. */
const unprintablePattern = /[^\t\n\r\x20-\x7E\x85\u{A0}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** The outcome of reading the text: a tree, an empty file (`root` is undefined), or nothing that could be read. */
export type Parsed = { ok: true; root: YamlNode | undefined } | { ok: false };

/** Text to tree: template variables, characters, YAML. Never throws; what is wrong is reported. */
export function parse(text: string, variables: Readonly<Record<string, string>>, report: Report): Parsed {
  const source = fillTemplate(text, variables, report);
  if (!source) return { ok: false };

  const unprintable = unprintablePattern.exec(source.text);
  if (unprintable) {
    const character = `U+${unprintable[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    report(
      'controlCharacter',
      source.at(unprintable.index),
      `The character ${character} is not allowed in YAML: remove it`,
    );
    return { ok: false };
  }

  try {
    const events = parseEvents(source.text, {});
    reportFurtherDocuments(events, source, report);
    return { ok: true, root: compose(events, source, report) };
  } catch (error) {
    // A variable may stand for any number of lines, so without it the rest need not be YAML.
    if (source.isComplete) reportFailure(error, source, report);
    return { ok: false };
  }
}

function reportFailure(error: unknown, source: TemplatedText, report: Report): void {
  if (error instanceof ComposeError) {
    report(error.problem, error.at, error.message);
    return;
  }
  const offset = error instanceof YAMLException ? (error.mark?.position ?? 0) : 0;
  const at = source.at(offset);
  if (hasTabIndentation(source.text, offset)) {
    report('tabIndentation', at, 'This line is indented with a tab: use spaces');
    return;
  }
  const reason = error instanceof YAMLException ? error.reason : 'the parser gave up';
  const advice = 'Look for a missing quote or a wrong indentation here or just above';
  report('yamlSyntax', at, `This is not YAML: ${reason}. ${advice}`);
}

/** The parser names the tab only sometimes; at other times it stumbles over what the tab made of the structure. */
function hasTabIndentation(text: string, offset: number): boolean {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^ *\t/.test(text.slice(lineStart, offset + 1));
}

function reportFurtherDocuments(events: readonly Event[], source: TemplatedText, report: Report): void {
  const second = events.findIndex((event, index) => index > 0 && event.type === EVENT_ID.DOCUMENT);
  if (second === -1) return;
  const place = events
    .slice(second)
    .find((event) => event.type !== EVENT_ID.DOCUMENT && event.type !== EVENT_ID.POP);
  report(
    'moreDocuments',
    source.at(offsetOf(place)),
    'Another document starts here and is not read: remove the `---`',
  );
}

function offsetOf(event: Event | undefined): number {
  if (!event || !('anchorStart' in event)) return 0;
  if ('start' in event) return event.start;
  return Math.max(0, 'valueStart' in event ? event.valueStart : event.anchorStart);
}
