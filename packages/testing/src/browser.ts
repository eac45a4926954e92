import { Cookie, CookieJar } from 'tough-cookie';
import { Agent, request } from 'undici';

/** One answer on the way to a page. */
export type Hop = {
  readonly url: string;
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** where it leads, as a whole address */
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  readonly body: string;
};

/** Where a visit ended, and every answer on the way there. */
export type Visit = Hop & { readonly hops: readonly Hop[] };

export type VisitOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** sent as a POST, in place of `body` */
  form?: Record<string, string> | [string, string][];
  /** default: as the browser does */
  follow?: boolean;
};

/** How a browser comes to what stands in front: what it takes for genuine, and from which address of loopback. */
export type Front = { readonly rejectUnauthorized: false; readonly localAddress: string };

export type BrowserOptions = {
  /** that really ends TLS */
  readonly front?: Front;
  /** where hosts listen whose addresses name no port */
  readonly ports?: Readonly<Record<string, number>>;
  /** whether visits follow redirects, default true */
  readonly follow?: boolean;
};

/**
 * A client with a cookie jar that follows redirects, as a browser does and `fetch` does not. Every host is at
 * 127.0.0.1: Node does not resolve `*.localhost` everywhere. For `https` it plays the load balancer as well, unless there is
 * one: the request goes on as plain HTTP and says how it came.
 */
export class Browser {
  readonly #agent: Agent;
  readonly #options: BrowserOptions;
  #jar = new CookieJar(undefined, { rejectPublicSuffixes: false, allowSpecialUseDomain: true });

  constructor(options: BrowserOptions = {}) {
    this.#options = options;
    this.#agent = new Agent({
      maxHeaderSize: 65_536,
      connect: {
        lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
        ...options.front,
      },
    });
  }

  get jar(): CookieJar {
    return this.#jar;
  }

  /** Goes to a page as a person does: a navigation, redirects followed. */
  async visit(url: string | URL, options: VisitOptions = {}): Promise<Visit> {
    const first = await this.#navigate(String(url), options);
    const follows = options.follow ?? this.#options.follow ?? true;
    return follows ? this.follow(first) : { ...first, hops: [first] };
  }

  /** Follows redirects, for as long as `goOn` agrees to the next address. */
  async follow(first: Hop, goOn: (next: URL) => boolean = () => true): Promise<Visit> {
    const hops = [first];
    let last = first;
    while (last.location !== undefined && goOn(new URL(last.location))) {
      if (hops.length > 20)
        throw new Error(`redirected without end: ${hops.map((hop) => hop.url).join(' -> ')}`);
      last = await this.#navigate(last.location);
      hops.push(last);
    }
    return { ...last, hops };
  }

  /** Calls as a script does: no navigation, no redirects followed. */
  async fetch(url: string, options: VisitOptions = {}): Promise<Hop> {
    return this.#ask(url, {
      ...options,
      headers: { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*', ...options.headers },
    });
  }

  /** The value of a cookie that would be sent to a URL. */
  cookie(url: string, name: string): string | undefined {
    return this.#jar.getCookiesSync(url).find((cookie) => cookie.key === name)?.value;
  }

  /** The names of all cookies that are kept, for whichever host. */
  cookieNames(): string[] {
    return this.#kept().cookies.map(({ key }) => String(key));
  }

  /** Forgets the cookies whose name is picked. */
  forget(isPicked: (name: string) => boolean): void {
    const { cookies, ...rest } = this.#kept();
    const left = cookies.filter(({ key }) => !isPicked(String(key)));
    this.#jar = CookieJar.deserializeSync({ ...rest, cookies: left });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #kept() {
    const kept = this.#jar.serializeSync();
    if (kept === undefined) throw new Error('a jar in memory can be read at once');
    // A jar drops what is over only when it is asked for cookies of that host.
    return { ...kept, cookies: kept.cookies.filter((one) => (Cookie.fromJSON(one)?.TTL() ?? 0) > 0) };
  }

  #navigate(url: string, options: VisitOptions = {}): Promise<Hop> {
    const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' };
    return this.#ask(url, { ...options, headers: { ...navigation, ...options.headers } });
  }

  async #ask(url: string, { form, ...options }: VisitOptions): Promise<Hop> {
    const { method = form ? 'POST' : 'GET', headers } = options;
    const body = form ? new URLSearchParams(form).toString() : options.body;
    const cookies = this.#jar.getCookieStringSync(url);
    const answer = await request(this.#connectTo(url), {
      method,
      headers: {
        host: new URL(url).host,
        ...(cookies === '' ? {} : { cookie: cookies }),
        ...(this.#playsFrontOf(url) && { 'x-forwarded-proto': 'https' }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      dispatcher: this.#agent,
    });
    const setCookies = [answer.headers['set-cookie'] ?? []].flat();
    for (const cookie of setCookies) this.#jar.setCookieSync(cookie, url, { ignoreError: true });
    const location = [answer.headers['location']].flat()[0];
    return {
      url,
      status: answer.statusCode,
      headers: answer.headers,
      location: location === undefined ? undefined : new URL(location, url).href,
      setCookies,
      body: await answer.body.text(),
    };
  }

  #playsFrontOf(url: string): boolean {
    return this.#options.front === undefined && url.startsWith('https:');
  }

  #connectTo(url: string): string {
    const { protocol, hostname, host, pathname, search } = new URL(url);
    const scheme = this.#playsFrontOf(url) ? 'http:' : protocol;
    const port = this.#options.ports?.[hostname];
    return `${scheme}//${port === undefined ? host : `${hostname}:${port}`}${pathname}${search}`;
  }
}
