import { mergeHeaders } from '../shape/headers.ts';
import type { Options, Section } from '../shape/sections.ts';

/**
 * `over` laid over `base`, option by option: what is written wins, also when it is empty, `false` or zero. Headers are
 * merged one by one.
 */
export function mergeOptions(base: Options | undefined, over: Options | undefined): Options | undefined {
  if (!base || !over) return over ?? base;
  return {
    ...base,
    ...over,
    inject_request_headers: mergeHeaders(
      base.inject_request_headers ?? [],
      over.inject_request_headers ?? [],
    ),
    header_overrides: mergeHeaders(base.header_overrides ?? [], over.header_overrides ?? []),
  };
}

/** The options of a section, with the two that BuzzFeed SSO also read when they stood directly in the section. */
export function optionsOf(section: Section | undefined): Options | undefined {
  if (!section) return undefined;
  const { skipauthpreflight, passaccesstoken, at } = section;
  if (skipauthpreflight === undefined && passaccesstoken === undefined) return section.options;
  return mergeOptions(
    {
      at,
      ...(skipauthpreflight !== undefined && { skip_auth_preflight: skipauthpreflight }),
      ...(passaccesstoken !== undefined && { pass_access_token: passaccesstoken }),
    },
    section.options,
  );
}
