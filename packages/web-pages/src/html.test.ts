import { describe, expect, test } from '@jest/globals';
import { html, htmlText, trustedHtml } from './html.ts';

describe('html', () => {
  test('escapes what could end the text or the attribute it stands in', () => {
    const hostile = `"><script>alert('&')</script>`;

    expect(htmlText(html`<p title="${hostile}">${hostile}</p>`)).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">' +
        '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>',
    );
  });

  test('keeps nested markup and lists of it, escaped once', () => {
    const parts = ['a & b', '<c>'].map((part) => html`<i>${part}</i>`);

    expect(htmlText(html`<b>${parts}</b>`)).toBe('<b><i>a &amp; b</i><i>&lt;c&gt;</i></b>');
  });

  test('leaves nothing where the value is undefined', () => {
    expect(htmlText(html`<p>${undefined}</p>`)).toBe('<p></p>');
  });

  test('takes a trusted constant as it is', () => {
    expect(htmlText(html`<p>${trustedHtml('<b>&amp;</b>')}</p>`)).toBe('<p><b>&amp;</b></p>');
  });
});
