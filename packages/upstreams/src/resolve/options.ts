import { mergeHeaders } from '../shape/headers.ts';
import { unreadableValues } from '../shape/mapping.ts';
import { options } from '../shape/options.ts';
import type { Options } from '../shape/options.ts';
import { unreadableValue } from '../shape/reader.ts';
import type { Unreadable } from '../shape/reader.ts';
import type { Section } from '../shape/sections.ts';
import type { Position } from '../types.ts';

/** Options that are read, that are written and unreadable, or that are not written. */
type Layer = Options | Unreadable | undefined;

/**
 * The options of a route, the first layer lowest: what is written wins, also when it is empty, `false` or zero. Headers are
 * merged one by one. Of an unreadable layer every option is unreadable.
 */
export function mergeOptions(layers: readonly Layer[], at: Position): Options {
  return layers.reduce<Options>((base, layer) => layOver(base, layer), { at });
}

function layOver(base: Options, layer: Layer): Options {
  if (!layer) return base;
  const over = layer === unreadableValue ? unreadableValues(options.fields, base.at) : layer;
  return {
    ...base,
    ...over,
    inject_request_headers: mergeHeaders(base.inject_request_headers, over.inject_request_headers),
    header_overrides: mergeHeaders(base.header_overrides, over.header_overrides),
  };
}

/** The options of a section, with the two that BuzzFeed SSO also read when they stood directly in the section. */
export function optionsOf(section: Section | Unreadable | undefined): Layer {
  if (!section || section === unreadableValue) return section;
  const { skipauthpreflight, passaccesstoken, at, options } = section;
  if (skipauthpreflight === undefined && passaccesstoken === undefined) return options;
  const old: Options = {
    at,
    ...(skipauthpreflight !== undefined && { skip_auth_preflight: skipauthpreflight }),
    ...(passaccesstoken !== undefined && { pass_access_token: passaccesstoken }),
  };
  return mergeOptions([old, options], at);
}
