import { options } from './options.ts';
import type { FieldReader } from './reader.ts';
import { chapters, introduction, yaml } from './reference-text.ts';
import type { Chapter } from './reference-text.ts';
import { rootFields } from './root.ts';
import { section } from './sections.ts';
import { serviceFields } from './service.ts';

const { service, ...beside } = serviceFields;
const { from, to, type, extra_routes } = section.fields;

/** Where each field stands: what its example has above it, and how deep it is below that. */
const places: ReadonlyArray<{
  fields: Readonly<Record<string, FieldReader<unknown>>>;
  above: string;
}> = [
  { fields: { service }, above: '- ' },
  { fields: beside, above: '- service: wiki\n  ' },
  { fields: { from, to, type, extra_routes }, above: '' },
  { fields: options.fields, above: 'options:\n  ' },
  { fields: rootFields, above: '' },
];

/** docs/upstreams.md: every field of the upstream file, with its meaning, type, default and an example. */
export function renderUpstreamReference(): string {
  return `${[...introduction, overview(), ...chapters.map(renderChapter)].join('\n\n')}\n`;
}

function overview(): string {
  return chapters
    .map(({ title, fields }) => `- ${title}: ${fields.map((name) => `[\`${name}\`](#${name})`).join(', ')}`)
    .join('\n');
}

function renderChapter({ title, text, fields }: Chapter): string {
  return [`## ${title}`, ...text, ...fields.map(renderField)].join('\n\n');
}

function renderField(name: string): string {
  const place = places.find(({ fields }) => Object.hasOwn(fields, name));
  const field = place?.fields[name];
  if (place === undefined || field === undefined) throw new Error(`there is no field ${name}`);
  const { meaning, type: kind, default: fallback, example } = field.about;
  const otherwise = fallback === undefined ? '' : ` Default: ${fallback}.`;
  return [
    `### \`${name}\``,
    meaning,
    `_Type:_ ${kind}.${otherwise}`,
    yaml(`${place.above}${name}:${example.startsWith('\n') ? '' : ' '}${example}`),
  ].join('\n\n');
}
