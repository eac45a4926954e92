// An MCP client of the official SDK is given the address of an MCP server behind the proxy, and finds its way by itself.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { authorizationServerPaths as paths, tokenPath } from '@latchkey/contract';
import type { Browser } from '@latchkey/testing/browser';
import { mcpClient, mcpServer } from '../fixtures/mcp.ts';
import type { McpClient } from '../fixtures/mcp.ts';
import { newTokenKey } from '../fixtures/program.ts';
import { useStack } from '../fixtures/use-stack.ts';

let later = 0;
let agent: McpClient;
beforeEach(() => {
  later = 0;
});
afterEach(() => agent.client.close());

const the = useStack({
  authEnv: { ACCESS_TOKEN_KEY: newTokenKey(), PROGRAM_REGISTRATION: 'true' },
  now: () => Date.now() + later,
  upstreams: `
- service: mcp
  default: {from: mcp.latchkey.localhost, to: '{{app}}', options: {allowed_groups: [engineering@example.com], bearer: true, required_scopes: [tools]}}
`,
  providerType: 'oidc',
});

const address = () => the.stack.url('mcp', '/mcp');

async function approveIn(browser: Browser, url: URL): Promise<string> {
  const page = await browser.visit(url);
  expect(page.body).toContain('An agent (it calls itself so)');
  const approval = /name="approval" value="([^"]*)"/.exec(page.body)?.[1] ?? '';
  const answer = await browser.visit(the.stack.authUrl(paths.approve), {
    form: { approval, decision: 'approve' },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  const back = new URL(String(answer.headers['refresh']).replace('0; url=', ''));
  expect(back.searchParams.get('state')).toBe('a state');
  return back.searchParams.get('code') ?? '';
}

async function connected(): Promise<Browser> {
  const browser = await the.signedIn('engineer@example.com', the.stack.url('mcp'));
  the.stack.app.answer = await mcpServer();
  agent = mcpClient({ server: address(), approve: (url) => approveIn(browser, url) });
  await agent.connect();
  return browser;
}

const asEngineer = [{ type: 'text', text: 'engineer@example.com, without a token' }];

test('it registers, asks the person once, and calls tools as them', async () => {
  await connected();
  expect(await agent.whoami()).toEqual(asEngineer);
  expect([...new Set(agent.called)]).toEqual([
    address(),
    the.stack.url('mcp', '/.well-known/oauth-protected-resource'),
    the.stack.authUrl(paths.metadata),
    the.stack.authUrl(paths.register),
    the.stack.authUrl(tokenPath),
  ]);
  expect(agent.kept.tokens).toMatchObject({ token_type: 'Bearer', scope: 'tools' });
  expect(agent.asked).toHaveLength(1);
});

test('it goes on by itself when its token is over', async () => {
  await connected();
  const before = agent.kept.tokens?.access_token;
  later = 3_601_000;
  expect(await agent.whoami()).toEqual(asEngineer);
  expect(agent.kept.tokens?.access_token).not.toBe(before);
  expect(agent.asked).toHaveLength(1);
});

test('it asks the person again when they have signed out', async () => {
  const browser = await connected();
  await browser.visit(the.stack.authUrl('/google/sign_out'), {
    form: {},
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  later = 61_000;
  await expect(agent.whoami()).rejects.toThrow();
  expect(agent.asked).toHaveLength(2);
});
