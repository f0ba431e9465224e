import { describe, expect, it } from 'vitest';
import { createOriginPolicy } from './origin-policy.ts';

const decide = (origin: string | undefined, configured: string[] = [], method = 'GET') =>
  createOriginPolicy(configured).decide({ origin, host: '127.0.0.1:11434', method });

describe('which pages may use the server', () => {
  it.each([
    ['a request without origin passes', undefined, [], 'pass'],
    ['the server’s own pages pass', 'http://127.0.0.1:11434', [], 'pass'],
    ['its own pages behind TLS pass', 'https://127.0.0.1:11434', [], 'pass'],
    ['localhost with a port is allowed', 'http://localhost:3000', [], 'allowed'],
    ['localhost without a port is allowed', 'https://localhost', [], 'allowed'],
    ['0.0.0.0 is allowed', 'http://0.0.0.0:8080', [], 'allowed'],
    ['a desktop app is allowed', 'app://obsidian.md', [], 'allowed'],
    ['an editor is allowed', 'vscode-webview://abc', [], 'allowed'],
    ['a stranger is not', 'https://evil.example', [], 'forbidden'],
    ['a name that begins like localhost is not', 'http://localhost.evil.example', [], 'forbidden'],
    ['a file’s null origin is not', 'null', [], 'forbidden'],
    ['a configured origin is allowed', 'https://ai.example', ['https://ai.example'], 'allowed'],
    ['a configured pattern is allowed', 'https://a.corp.example', ['https://*.corp.example'], 'allowed'],
    ['case does not count', 'HTTPS://AI.example', ['https://ai.example'], 'allowed'],
    ['a star allows everyone', 'https://evil.example', ['*'], 'allowed'],
  ])('%s', (_, origin, configured, expected) => {
    expect(decide(origin, configured).type).toBe(expected);
  });

  it('echoes the origin and varies by it', () => {
    const headers = { 'Access-Control-Allow-Origin': 'http://localhost:3000', Vary: 'Origin' };
    expect(decide('http://localhost:3000')).toEqual({ type: 'allowed', headers });
  });

  it('answers everyone alike with a star', () => {
    const headers = { 'Access-Control-Allow-Origin': '*' };
    expect(decide('https://evil.example', ['*'])).toEqual({ type: 'allowed', headers });
  });

  it('tells a preflight what it may send', () => {
    expect(decide('http://localhost:3000', [], 'OPTIONS')).toMatchObject({
      headers: {
        'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
        'Access-Control-Max-Age': '43200',
        'Access-Control-Allow-Headers': expect.stringContaining('x-stainless-retry-count'),
      },
    });
  });

  it.each(['example.com', 'ftp://example.com'])('refuses to start with the origin %s', (origin) => {
    expect(() => createOriginPolicy([origin])).toThrow(expect.objectContaining({ code: 'bad_setting' }));
  });
});
