import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { launcherScript } from './launcher-script.ts';
import { launcherPage } from './launcher.ts';
import type { App } from './launcher.ts';

const grafana: App = {
  title: 'Grafana',
  href: 'https://grafana.example.com/',
  host: 'grafana.example.com',
  description: 'Dashboards and alerts',
};
const person = {
  email: 'engineer@example.com',
  signOutHref: '/oauth2/sign_out',
  accountHref: '/account',
  scriptHref: '/oauth2/apps.js',
  requestId: 'req-4f1c',
};
const pageOf = (...apps: App[]) => launcherPage({ ...person, apps });
const policyOf = (...apps: App[]) => pageOf(...apps).headers['content-security-policy'];
const iconsFrom = (count: number): App[] =>
  Array.from({ length: count }, (_, index) => ({ ...grafana, icon: `https://icons-${index}.example/i.png` }));

describe('the launcher page', () => {
  test('has a link to every application, in the order given', () => {
    const hosts = Array.from({ length: 500 }, (_, index) => `app-${index}.example.com`);
    const { body } = pageOf(...hosts.map((host) => ({ title: host, host, href: `https://${host}/` })));

    expect(Array.from(body.matchAll(/<a href="(https[^"]*)"/g), ([, href]) => href)).toEqual(
      hosts.map((host) => `https://${host}/`),
    );
    expect(body).toContain('500 applications');
  });

  test('says who is signed in, where to sign out and which request this was', () => {
    const { body } = pageOf(grafana);

    expect(body).toContain('<title>Applications</title>');
    expect(body).toContain('<b>engineer@example.com</b>');
    expect(body).toContain('<a href="/oauth2/sign_out">Sign out</a>');
    expect(body).toContain('Reference: <code>req-4f1c</code>');
    expect(body).toMatch(/>\s*1 application\s*</);
  });

  test('shows nothing raw, whichever field a hostile string comes in', () => {
    const hostile = `'"><b onclick=alert(1)>`;
    const escaped = '&#39;&quot;&gt;&lt;b onclick=alert(1)&gt;';
    const { body } = launcherPage({
      apps: [
        {
          title: hostile,
          href: `https://a.example/?${hostile}`,
          host: `a${hostile}`,
          description: hostile,
          icon: `https://a.example/?${hostile}`,
        },
      ],
      email: hostile,
      accountHref: '/',
      signOutHref: `/?${hostile}`,
      scriptHref: `/?${hostile}`,
      requestId: hostile,
    });

    expect(body.split(escaped)).toHaveLength(10);
    expect(body).not.toContain('<b onclick');
    expect(body).not.toContain(`'"`);
  });

  test('does not say a host twice', () => {
    expect(pageOf({ ...grafana, title: grafana.host }).body).not.toContain('class="host"');
  });

  test.each([
    ['javascript:alert(1)'],
    [' javascript:alert(1)'],
    ['data:text/html,x'],
    ['ftp://grafana.example.com/'],
    ['/d/1'],
    ['//evil.example/'],
    ['grafana.example.com'],
    [''],
  ])('refuses an application at %j', (href) => {
    expect(() => pageOf({ ...grafana, href })).toThrow(TypeError);
  });

  test.each([
    [{ signOutHref: 'javascript:alert(1)' }],
    [{ scriptHref: 'data:text/javascript,x' }],
    [{ scriptHref: '//evil.example/apps.js' }],
  ])('refuses %j', (hostile) => {
    expect(() => launcherPage({ ...person, ...hostile, apps: [grafana] })).toThrow(TypeError);
  });

  test('hides its search, which does nothing without the script', () => {
    expect(pageOf(grafana).body).toContain('<search hidden>');
  });

  test('tells who may open nothing what to do, and lets them sign out', () => {
    const { body, headers } = pageOf();

    expect(body).toContain('No applications yet');
    expect(body).toContain('engineer@example.com');
    expect(body).toContain('href="/oauth2/sign_out"');
    expect(body).toContain('req-4f1c');
    expect(body).not.toContain('<script');
    expect(headers['content-security-policy']).not.toContain('script-src');
  });
});

describe('the policy of the launcher page', () => {
  test('allows its own style and script, and nothing else', () => {
    const sheet = /<style>([^]*)<\/style>/.exec(pageOf(grafana).body)?.[1] ?? '';
    const hash = createHash('sha256').update(sheet).digest('base64');

    expect(policyOf(grafana)).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; script-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
    );
  });

  test('needs nothing inline', () => {
    const { body } = pageOf({ ...grafana, icon: 'https://cdn.example.com/g.svg' });

    expect(body.match(/<script[^]*?<\/script>/g)).toEqual([
      '<script type="module" src="/oauth2/apps.js"></script>',
    ]);
    expect(body).not.toMatch(/ style=| on\w+=|javascript:/);
  });

  test('lets images come from the very origins of the icons', () => {
    const icons = [
      'https://cdn.example.com/a.svg',
      'https://cdn.example.com/b.svg',
      '/c.svg',
      '📈',
      undefined,
    ];

    expect(policyOf(...icons.map((icon) => ({ ...grafana, icon })))).toContain(
      ' img-src https://cdn.example.com https://grafana.example.com; ',
    );
  });

  test('names fifty such origins at most, and leaves the icons of others out', () => {
    const { body, headers } = pageOf(...iconsFrom(60));

    expect(headers['content-security-policy']?.match(/https:/g)).toHaveLength(50);
    expect(body.match(/<img /g)).toHaveLength(50);
    expect(body.match(/class="tile /g)).toHaveLength(60);
  });

  test('tells the hosts of images nothing about the page', () => {
    const { body } = pageOf({ ...grafana, icon: 'https://cdn.example.com/g.svg' });

    expect(body).toMatch(/<img [^>]*referrerpolicy="no-referrer"/);
  });
});

describe('the script of the launcher page', () => {
  test('compiles, and turns no text into code or markup', () => {
    expect(() => new Script(launcherScript)).not.toThrow();
    expect(launcherScript).not.toMatch(
      /eval|Function\(|innerHTML|outerHTML|insertAdjacent|document\.write|import/,
    );
  });
});
