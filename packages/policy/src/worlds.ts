import { principal } from './form.ts';
import type { Form } from './form.ts';

/** What a variable may be, as far as something was said of it. */
type Domain = { readonly only: ReadonlySet<string> | undefined; readonly not: ReadonlySet<string> };

/** What is so in one of the cases in which all of some forms hold. */
type World = ReadonlyMap<string, Domain>;

/** Why some forms never hold together: a variable would have to be two things at once. */
export type Clash = { readonly variable: string };

const kinds = new Set(['person', 'machine', 'visitor']);
const begin: World = new Map([[principal, { only: kinds, not: new Set<string>() }]]);

// More cases than this are not looked through: then nothing is said.
const mostWorlds = 256;

/** What keeps forms from ever holding together; undefined where they may, or where there are too many cases to tell. */
export function clashOf(forms: readonly Form[]): Clash | undefined {
  let clash: Clash | undefined;
  let isCut = false;

  function within(worlds: readonly World[], form: Form): readonly World[] {
    if (isCut) return worlds;
    const next = step(worlds, form);
    isCut ||= next.length > mostWorlds;
    return next;
  }

  function step(worlds: readonly World[], form: Form): readonly World[] {
    if ('parts' in form) {
      const { op, parts } = form;
      return op === 'all' ? parts.reduce(within, worlds) : parts.flatMap((part) => within(worlds, part));
    }
    return worlds.flatMap((world) => {
      const domain = narrowed(world.get(form.variable), form);
      if (!isEmpty(domain)) return [new Map(world).set(form.variable, domain)];
      clash ??= { variable: form.variable };
      return [];
    });
  }

  const left = within([begin], { op: 'all', parts: forms });
  return isCut || left.length > 0 ? undefined : (clash ?? { variable: '' });
}

function narrowed(
  { only, not }: Domain = { only: undefined, not: new Set() },
  { op, values }: Extract<Form, { values: readonly string[] }>,
): Domain {
  if (op === 'notAmong') return { only, not: not.union(new Set(values)) };
  const allowed = new Set(values);
  return { only: only?.intersection(allowed) ?? allowed, not };
}

function isEmpty({ only, not }: Domain): boolean {
  return only?.isSubsetOf(not) === true;
}
