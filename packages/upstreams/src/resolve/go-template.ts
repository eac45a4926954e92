/** What a reference in a template stands for; undefined where nothing matched. */
export type GroupLookup = (name: string | number) => string | undefined;

const referencePattern = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/**
 * Go's regexp.Expand: `$name` takes the longest name there is, so `$1x` is the group `1x`; `${1}x` is group 1 and an x;
 * `$$` is a dollar sign. A group that is not there or took no part is empty, and any other dollar sign stays.
 */
export function expandTemplate(template: string, group: GroupLookup): string {
  return template.replaceAll(referencePattern, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    return name === undefined ? whole.slice(1) : (group(reference(name)) ?? '');
  });
}

/** The groups that a template refers to. */
export function referencesOf(template: string): Array<string | number> {
  const names = [...template.matchAll(referencePattern)].map(([, braced, bare]) => braced ?? bare);
  return names.filter((name) => name !== undefined).map(reference);
}

/** A number without leading zeros counts groups; everything else is a name. */
function reference(name: string): string | number {
  return /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : name;
}
