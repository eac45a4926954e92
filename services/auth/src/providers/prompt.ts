/**
 * Adds that the person is to prove who they are, whatever the provider remembers (OpenID Connect Core, section 3.1.2.1). `none`
 * goes, as below.
 */
export function withProof(prompt = ''): string {
  return withAccountChoice(prompt, 'login');
}

/**
 * Adds a choice among accounts to the configured `prompt` (OpenID Connect Core, section 3.1.2.1). `none` goes: it
 * forbids the very page that is wanted.
 *
 * @param word what the provider calls it
 */
export function withAccountChoice(prompt = '', word = 'select_account'): string {
  const others = prompt.split(' ').filter((one) => !['', 'none', word].includes(one));
  return [...others, word].join(' ');
}
