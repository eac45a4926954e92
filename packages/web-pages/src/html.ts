const text = Symbol('text');

/** Markup that is safe to place in a page: made by `html` or named as trusted, never by accident. */
export type SafeHtml = { readonly [text]: string };

type HtmlValue = string | SafeHtml | readonly SafeHtml[] | undefined;

/**
 * Template tag for markup. Every string in it is escaped, for text and for a quoted attribute alike; nested markup and
 * lists of it are kept as they are; `undefined` is nothing. Attribute values must be quoted in the template.
 */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): SafeHtml {
  return trustedHtml(String.raw({ raw: strings }, ...values.map(toText)));
}

/** Takes markup as it is. Only for constants of this source: whatever comes from outside goes through `html`. */
export function trustedHtml(constant: string): SafeHtml {
  return { [text]: constant };
}

/** The characters of the markup, to be sent. */
export function htmlText(markup: SafeHtml): string {
  return markup[text];
}

function toText(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escape(value);
  if (isList(value)) return value.map(htmlText).join('');
  return htmlText(value);
}

function isList(value: SafeHtml | readonly SafeHtml[]): value is readonly SafeHtml[] {
  return Array.isArray(value);
}

function escape(value: string): string {
  return value
    .replaceAll('&', '&amp;') // first: the others bring more of them
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
