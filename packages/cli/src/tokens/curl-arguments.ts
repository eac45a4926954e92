// Options of curl with a value, which is the word behind it. A new one that is not here has its value taken for an address, and
// is refused.
const valued = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers connect-timeout connect-to continue-at cookie
  cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode dns-interface dns-ipv4-addr
  dns-ipv6-addr dns-servers doh-url dump-header ech engine etag-compare etag-save expect100-timeout form form-string
  happy-eyeballs-timeout-ms haproxy-clientip header hsts interface json keepalive-cnt keepalive-time key key-type libcurl
  limit-rate local-port max-filesize max-redirs max-time netrc-file noproxy output output-dir pass pinnedpubkey preproxy proto
  proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type
  proxy-pass proxy-pinnedpubkey proxy-tls13-ciphers proxy-user proxy1.0 range rate referer request request-target resolve retry
  retry-delay retry-max-time socks4 socks4a socks5 socks5-hostname speed-limit speed-time stderr time-cond tls-max
  tls13-ciphers trace trace-ascii trace-config unix-socket upload-file url-query user user-agent variable write-out`.split(
    /\s+/,
  ),
);

// What has addresses of its own, begins another request, or takes the token along where a redirect leads.
const refused = ['config', 'location-trusted', 'next', 'oauth2-bearer', 'proto-redir', 'url'];

/**
 * The first of the words for curl by which the token could reach another host than that of the address which is given already;
 * undefined where there is none. Curl sends it to each address of a request, and takes every word for one that is neither an option
 * nor the value of one.
 */
export function otherAddressIn(args: readonly string[]): string | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    const kind = kindOf(word);
    if (kind === 'refused') return word;
    if (kind === 'with a value') at += 1;
  }
  return undefined;
}

function kindOf(word: string): 'refused' | 'with a value' | 'alone' {
  if (word.startsWith('--')) return kindOfName(word.slice(2).replace(/^expand-/, ''));
  return word.startsWith('-') && word !== '-' ? kindOfLetters(word.slice(1)) : 'refused';
}

// Older versions of curl take the beginning of a name for the name.
function kindOfName(name: string): ReturnType<typeof kindOf> {
  if (valued.has(name)) return 'with a value';
  const isShortForRefused = refused.some((one) => one.startsWith(name.split('=')[0] ?? ''));
  return isShortForRefused && name !== 'location' ? 'refused' : 'alone';
}

// Several may stand together; what follows the first one with a value is that value. `-K` is --config and `-:` is --next.
function kindOfLetters(letters: string): ReturnType<typeof kindOf> {
  const [, letter, rest] = /([:ACDEFHKPQTUXYbcdemortuwxyz])(.*)/s.exec(letters) ?? [];
  if (letter === undefined) return 'alone';
  if (letter === 'K' || letter === ':') return 'refused';
  return rest === '' ? 'with a value' : 'alone';
}
