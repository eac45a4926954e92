import * as fc from 'fast-check';

/** The domain of the applications of these tests. */
export const home = 'latchkey.localhost';
const pieces = [
  'http://',
  'https://',
  'http:',
  'HTTPS://',
  '//',
  '/',
  '\\',
  '\\\\',
  '/\\',
  ':',
  '@',
  '.',
  '..',
  '#',
  '?',
  '&',
  home,
  `hello.${home}`,
  `HELLO.${home}.`,
  'evil.test',
  `evil${home}`,
  `${home}.evil.test`,
  '127.0.0.1',
  '[::1]',
  ':80',
  ':443',
  ':0x50',
  ':',
  '%2e',
  '%2f',
  '%5c',
  '%00',
  '%40',
  '%09',
  '。',
  '．',
  '／',
  '＠',
  'ⓔ',
  'ß',
  '\u00ad',
  ' ',
  '\t',
  '\n',
  '\r',
  '\v',
  '\0',
  '\u00a0',
  '\u2028',
  'javascript:',
  'data:',
  'x',
  'user:password@',
  '[',
  ']',
];
/** Texts that could be read as an address at `home` or elsewhere, depending on who reads them. */
export const addressTexts = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
  fc
    .array(fc.constantFrom(...pieces), { maxLength: 4 })
    .map((parts) => `http://hello.${home}${parts.join('')}`),
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
);

/** Whether a browser that goes there stays at the applications. */
export const isHome = ({ hostname }: URL) => /^(?:.+[.])?latchkey[.]localhost[.]?$/.test(hostname);
