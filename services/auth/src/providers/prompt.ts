/**
 * Adds a choice among accounts to the configured `prompt` (OpenID Connect Core, section 3.1.2.1). `none` goes: it
 * forbids the very page that is wanted.
 */
export function withAccountChoice(prompt = ''): string {
  const others = prompt.split(' ').filter((word) => !['', 'none', 'select_account'].includes(word));
  return [...others, 'select_account'].join(' ');
}
