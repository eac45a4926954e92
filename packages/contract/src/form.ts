/** The parameters of a form as its handler has read them. `one` throws where a parameter is repeated. */
export type FormParameters = {
  one(name: string): string | undefined;
  all(name: string): readonly string[];
};

/** A form of the parameters that have a value. */
export function formOf(values: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) form.append(name, value);
  return form;
}

/** A whole number of at most nine digits; undefined for every other text. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
