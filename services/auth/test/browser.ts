import { cookieValues } from '@latchkey/session';
import { request } from 'undici';

/** An answer as a browser sees it. */
export type Seen = {
  readonly url: URL;
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly setCookies: readonly string[];
  readonly text: string;
};

type Kept = { name: string; value: string; domain: string; hostOnly: boolean; path: string; secure: boolean };

/**
 * As much of a browser as a sign-in needs: a cookie jar with domains, and redirects that are followed only when asked.
 * The one host that is auth's leads to its port on this machine, every IP address to itself.
 */
export class Browser {
  readonly #authPort: number;
  #cookies: Kept[] = [];

  constructor(authPort: number) {
    this.#authPort = authPort;
  }

  /** One request; a form makes it a POST. */
  async visit(
    address: string | URL,
    options: { form?: Record<string, string> | [string, string][]; headers?: Record<string, string> } = {},
  ): Promise<Seen> {
    const url = new URL(address);
    const { form } = options;
    const answer = await request(this.#connectTo(url), {
      method: form ? 'POST' : 'GET',
      headers: {
        host: url.host,
        accept: 'text/html',
        cookie: this.cookieHeader(url),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...options.headers,
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    });
    const setCookies = [answer.headers['set-cookie'] ?? []].flat();
    for (const line of setCookies) this.#keep(line, url);
    const { location } = answer.headers;
    return {
      url,
      status: answer.statusCode,
      location: typeof location === 'string' ? new URL(location, url).href : undefined,
      headers: answer.headers,
      setCookies,
      text: await answer.body.text(),
    };
  }

  /** Follows redirects for as long as `goOn` agrees to the next address. */
  async follow(first: Seen, goOn: (next: URL) => boolean): Promise<Seen> {
    let seen = first;
    while (seen.location !== undefined && goOn(new URL(seen.location)))
      seen = await this.visit(seen.location);
    return seen;
  }

  /** The cookies that a request to an address carries. */
  cookieHeader(url: URL): string {
    const sent = this.#cookies.filter(
      ({ domain, hostOnly, path, secure }) =>
        (url.hostname === domain || (!hostOnly && url.hostname.endsWith(`.${domain}`))) &&
        url.pathname.startsWith(path) &&
        (!secure || url.protocol === 'https:'),
    );
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** The value of a cookie as sent to an address. */
  cookie(name: string, address: string): string | undefined {
    return cookieValues(this.cookieHeader(new URL(address)), name)[0];
  }

  /** Names of the cookies kept. */
  cookieNames(): string[] {
    return this.#cookies.map(({ name }) => name);
  }

  /** Takes a cookie as if it had been set by the host of an address. */
  plant(line: string, address: string): void {
    this.#keep(line, new URL(address));
  }

  /** Forgets the cookies whose name is picked. */
  forget(isPicked: (name: string) => boolean): void {
    this.#cookies = this.#cookies.filter(({ name }) => !isPicked(name));
  }

  #connectTo(url: URL): URL {
    if (url.hostname === '127.0.0.1') return url;
    return new URL(url.pathname + url.search, `http://127.0.0.1:${this.#authPort}`);
  }

  #keep(line: string, url: URL): void {
    const [pair = '', ...attributes] = line.split('; ');
    const attribute = (name: string) =>
      attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
    const equals = pair.indexOf('=');
    const cookie: Kept = {
      name: pair.slice(0, equals),
      value: pair.slice(equals + 1),
      domain: attribute('domain') ?? url.hostname,
      hostOnly: attribute('domain') === undefined,
      path: attribute('path') ?? '/',
      secure: attributes.includes('Secure'),
    };
    this.#cookies = this.#cookies.filter(
      ({ name, domain, path }) => name !== cookie.name || domain !== cookie.domain || path !== cookie.path,
    );
    const expires = attribute('expires');
    const isOver =
      attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
    if (!isOver) this.#cookies.push(cookie);
  }
}
