import { EVENT_ID, SCALAR_STYLE, getScalarValue } from 'js-yaml';
import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import { quote } from '../problems.ts';
import type { Report } from '../problems.ts';
import type { Position } from '../types.ts';
import { ComposeError } from './compose-error.ts';
import { offsetInside } from './inside.ts';
import { maxExpandedNodes } from './limits.ts';
import { mergeInto } from './merge-key.ts';
import type { TemplatedText } from './source.ts';
import type { YamlEntry, YamlMapping, YamlNode } from './tree.ts';

const knownTags: ReadonlySet<string> = new Set([
  'str',
  'bool',
  'int',
  'float',
  'null',
  'seq',
  'map',
  'merge',
]);

const noneDropped: YamlMapping['dropped'] = [];

/**
 * The first document of a parsed stream as a tree, or nothing if there is none. Aliases share the node that they name, so
 * that the tree takes no more memory than the file; `size` counts them as often as they are used.
 * Throws ComposeError.
 */
export function compose(
  events: readonly Event[],
  source: TemplatedText,
  report: Report,
): YamlNode | undefined {
  const anchors = new Map<string, YamlNode>();
  let cursor = 1;

  function next(parent: Position): YamlNode {
    const event = events[cursor];
    cursor += 1;
    if (event?.type === EVENT_ID.SCALAR) return remembered(scalar(event, parent));
    if (event?.type === EVENT_ID.SEQUENCE) return remembered(list(event));
    if (event?.type === EVENT_ID.MAPPING) return remembered(mapping(event));
    if (event?.type === EVENT_ID.ALIAS) return aliased(event);
    throw new ComposeError('yamlSyntax', parent, 'The YAML ends in the middle of a value');
  }

  function scalar(event: ScalarEvent, parent: Position): YamlNode {
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const at = event.valueStart < 0 ? parent : source.at(event.valueStart - (quoted ? 1 : 0));
    const tag = readTag(event, at);
    const plain = tag === undefined ? event.style === SCALAR_STYLE.PLAIN : tag !== 'str';
    const value = getScalarValue(source.text, event);
    const text = source.restore(value);
    return {
      kind: 'scalar',
      at,
      size: 1,
      anchor: anchorOf(event),
      text,
      plain,
      unresolved: text !== value,
      inside(offset) {
        const raw = source.text.slice(event.valueStart, event.valueEnd);
        const quote = quoted ? (event.style === SCALAR_STYLE.SINGLE_QUOTED ? "'" : '"') : undefined;
        return event.valueStart < 0
          ? at
          : source.at(event.valueStart + offsetInside(raw, quote, text, offset));
      },
      templated: source.isTemplated(event.valueStart, event.valueEnd),
    };
  }

  function list(event: SequenceEvent): YamlNode {
    const at = source.at(event.start);
    readTag(event, at);
    const items: YamlNode[] = [];
    let size = 1;
    while (events[cursor]?.type !== EVENT_ID.POP) {
      const item = next(at);
      size = grow(size, item, at);
      items.push(item);
    }
    cursor += 1;
    return { kind: 'list', at, size, anchor: anchorOf(event), items };
  }

  function mapping(event: MappingEvent): YamlNode {
    const at = source.at(event.start);
    readTag(event, at);
    const entries = new Map<string, YamlEntry>();
    let dropped: Array<YamlEntry & { name: string }> | undefined;
    const merged: YamlNode[] = [];
    let size = 1;
    while (events[cursor]?.type !== EVENT_ID.POP) {
      const key = next(at);
      const aliased = events[cursor]?.type === EVENT_ID.ALIAS;
      const value = next(key.at);
      size = grow(size, value, at);
      const name = keyName(key);
      if (name === '<<' && key.kind === 'scalar' && key.plain) {
        merged.push(value);
        continue;
      }
      const earlier = entries.get(name);
      if (earlier) {
        (dropped ??= []).push({ ...earlier, name });
        report('duplicateKey', key.at, `${quote(name)} is written twice, and this one counts: keep only one`);
      }
      const unresolved = key.kind === 'scalar' && key.unresolved;
      entries.set(name, { at: key.at, value, unresolved, aliased, mergedFrom: undefined });
    }
    cursor += 1;
    for (const value of merged) mergeInto(entries, value);
    return { kind: 'mapping', at, size, anchor: anchorOf(event), entries, dropped: dropped ?? noneDropped };
  }

  function anchorOf({ anchorStart, anchorEnd }: ScalarEvent | SequenceEvent | MappingEvent) {
    return anchorStart < 0 ? undefined : source.text.slice(anchorStart, anchorEnd);
  }

  /** An anchor counts once its value is complete, so nothing can contain itself. */
  function remembered(node: YamlNode): YamlNode {
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    return node;
  }

  function aliased(event: AliasEvent): YamlNode {
    const name = source.text.slice(event.anchorStart, event.anchorEnd);
    const node = anchors.get(name);
    if (node) return node;
    const message = `*${name} refers to nothing: mark a value above with &${name}, or put quotes around the text`;
    throw new ComposeError('aliasUnknown', source.at(event.anchorStart), message);
  }

  function readTag(event: ScalarEvent | SequenceEvent | MappingEvent, at: Position): string | undefined {
    if (event.tagStart < 0) return undefined;
    const tag = source.text.slice(event.tagStart, event.tagEnd);
    if (tag === '!') return 'str';
    const name = /^(?:!!|!<tag:yaml\.org,2002:)(\w+)>?$/.exec(tag)?.[1];
    if (name !== undefined && knownTags.has(name)) return name;
    throw new ComposeError(
      'tagUnknown',
      at,
      `The tag ${quote(tag)} is not supported: write the value without it`,
    );
  }

  const start = source.at(0);
  return events.length > 1 ? next(start) : undefined;
}

function grow(size: number, child: YamlNode, at: Position): number {
  const grown = size + child.size;
  if (grown <= maxExpandedNodes) return grown;
  const message = `The aliases in here expand to more than ${maxExpandedNodes} values: repeat less`;
  throw new ComposeError('aliasExpansion', at, message);
}

function keyName(key: YamlNode): string {
  if (key.kind === 'scalar' && key.text !== '__proto__') return key.text;
  throw new ComposeError('keyUnusable', key.at, 'A key is a plain name: write `name: value`');
}
