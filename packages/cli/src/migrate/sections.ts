import type { YamlNode } from '@latchkey/upstreams';
import { textOf } from '../source/keys.ts';
import type { SourceKey } from '../source/keys.ts';
import type { MigrationSubject, RulePlace } from './rule.ts';
import { isInForce, placeOfKey, sectionOf } from './rule.ts';

/** `options` of the cluster's section where `default` has some that it does not write itself, and which now stay. */
export function optionsLaidOver(subject: MigrationSubject): RulePlace[] {
  const { source, cluster } = subject;
  if (cluster === '' || cluster === 'default') return [];
  return source.keys
    .filter(({ path }) => path.at(-1) === 'options' && sectionOf(path) === cluster && isDirectlyIn(path))
    .flatMap((key) => {
      const own = new Set(namesOf(source.childrenOf(key.path)));
      const inDefault = [...key.path.slice(0, -2), 'default', 'options'];
      const staying = namesOf(source.childrenOf(inDefault)).filter((name) => !own.has(name));
      if (staying.length === 0) return [];
      const place = placeOfKey(subject, key);
      return [{ ...place, about: `${place.about}: from \`default\` stay ${staying.join(', ')}` }];
    });
}

/** Options of an extra route that are off or empty, where the section around it has them on. */
export function switchedOff(subject: MigrationSubject): RulePlace[] {
  const { source, cluster } = subject;
  return source.keys
    .filter(
      ({ path, value }) => isInForce(path, cluster) && path.includes('extra_routes') && isNothing(value),
    )
    .filter(({ path }) => {
      const around = [...path.slice(0, path.indexOf('extra_routes')), 'options'];
      const parent = source.childrenOf(around).find((key) => key.path.at(-1) === path.at(-1));
      return path.at(-2) === 'options' && parent !== undefined && !isNothing(parent.value);
    })
    .map((key) => placeOfKey(subject, key));
}

/** The options of a section, not those of its extra routes. */
function isDirectlyIn(path: readonly string[]): boolean {
  return path.length === (path[0] === 'services' ? 4 : 3);
}

function namesOf(keys: readonly SourceKey[]): string[] {
  return keys.map(({ path }) => path.at(-1) ?? '');
}

/** Whether a value is off or empty. One that is left out altogether says nothing. */
function isNothing(value: YamlNode): boolean {
  if (value.kind === 'list') return value.items.length === 0;
  return value.kind === 'scalar' && (isOff(value) || (!value.plain && value.text === ''));
}

function isOff(value: YamlNode): boolean {
  return /^(?:false|no|off|n)$/i.test(textOf(value));
}
