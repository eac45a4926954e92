import { z } from 'zod';
import { list, mapping } from './reader.ts';
import { optionsSchema, sectionSchema } from './sections.ts';
import { serviceSchema } from './service.ts';

const service = serviceSchema.out.catchall(sectionSchema.nullable()).meta({
  id: 'service',
  description:
    'A service. Every other key is a section: `default`, or one for a cluster that differs from it.',
});

const services = list('The services.', service);

const file = z.union([
  services,
  mapping(
    'The services, and what holds for all of them. Keys that start with `x-` are a place for anchors.',
    {
      services,
      defaults: optionsSchema.optional(),
    },
  ),
]);

/** docs/upstreams.schema.json: JSON Schema 2020-12, with which an editor completes and marks mistakes. */
export function renderUpstreamSchema(): string {
  const schema = z.toJSONSchema(file, {
    io: 'output',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      delete jsonSchema.properties?.['at'];
      if (jsonSchema.required) jsonSchema.required = jsonSchema.required.filter((key) => key !== 'at');
      if (jsonSchema.required?.length === 0) delete jsonSchema.required;
      if (jsonSchema.properties?.['services']) jsonSchema.patternProperties = { '^x-': {} };
    },
  });
  const text = JSON.stringify({ title: 'Latchkey upstream file', ...schema }, null, 2);
  return `${shortListsOnOneLine(text)}\n`;
}

/** As the formatter of this repository would write them. */
function shortListsOnOneLine(json: string): string {
  return json.replaceAll(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_, items: string) => `[${items.replaceAll(/\n\s+/g, ' ')}]`,
  );
}
