import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { PageAction, Page } from './page.ts';
import { renderPage } from './page.ts';

const simple: Page = { title: 'Title', heading: 'Heading', paragraphs: [], mood: 'plain' };
const policyOf = (page: Page) => renderPage(page).headers['content-security-policy'];
const withAction = (action: PageAction): Page => ({ ...simple, actions: [action] });

describe('renderPage', () => {
  test('shows nothing raw, whichever field a hostile string comes in', () => {
    const hostile = `'"><img src=x onerror=alert(1)>`;
    const { body } = renderPage({
      title: hostile,
      heading: hostile,
      status: hostile,
      paragraphs: [hostile],
      facts: [[hostile, hostile]],
      actions: [
        { label: hostile, href: `/?${hostile}` },
        { label: hostile, post: `/?${hostile}`, fields: { [hostile]: hostile } },
      ],
      requestId: hostile,
      mood: 'plain',
    });

    expect(body.match(/&#39;&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;/g)).toHaveLength(13);
    expect(body).not.toContain('<img');
    expect(body).not.toContain(`'"`);
  });

  test('allows the very style sheet that it sends, and nothing else', () => {
    const { body } = renderPage(simple);
    const sheet = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(sheet).digest('base64');

    expect(policyOf(simple)).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
    );
  });

  test('has no script, no inline style and no address to load from', () => {
    expect(renderPage(simple).body).not.toMatch(/<script|<link|<img|style=|src=|url\(|@import| on\w+=/);
  });

  test.each([
    ['/sign_out', "form-action 'self';"],
    ['https://sso.example.com/sign_out?a=b', 'form-action https://sso.example.com;'],
  ])('lets a form go to %s only', (post, directive) => {
    expect(policyOf(withAction({ label: 'Go', post, fields: {} }))).toContain(directive);
  });

  test('is never stored, sniffed or framed, and keeps Origin on its own forms', () => {
    expect(renderPage(simple).headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const form = withAction({ label: 'Go', post: '/go', fields: {} });
    expect(renderPage(form).headers).toMatchObject({ 'referrer-policy': 'same-origin' });
  });

  test.each([
    { label: 'Go', href: 'javascript:alert(1)' },
    { label: 'Go', post: 'javascript:alert(1)', fields: {} },
    { label: 'Go', href: '//evil.example' },
  ])('refuses an action that leads nowhere safe: %j', (action) => {
    expect(() => renderPage(withAction(action))).toThrow(TypeError);
  });

  test('sends the hidden fields of a form', () => {
    const { body } = renderPage(withAction({ label: 'Go', post: '/go', fields: { sig: 'a+b', ts: '1' } }));

    expect(body).toMatch(/<form method="post" action="\/go">/);
    expect(body).toMatch(/<input type="hidden" name="sig" value="a\+b" \/>/);
    expect(body).toMatch(/<input type="hidden" name="ts" value="1" \/>/);
  });

  test('leaves out what it was not given', () => {
    expect(renderPage(simple).body).not.toMatch(/<p[ >]|<dl|class="actions"|Reference/);
  });

  test('names its language and fits a phone', () => {
    const { body } = renderPage(simple);

    expect(body).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(body).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(body).toContain('name="color-scheme" content="light dark"');
    expect(body).toContain('<title>Title</title>');
  });
});
