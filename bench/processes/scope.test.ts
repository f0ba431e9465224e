import { expect, it } from 'vitest';
import { Scope } from './scope.ts';

it('undoes in the reverse order, once, however many ask', async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.defer(() => void log.push('first'));
  const child = scope.child();
  child.defer(async () => void log.push('child'));
  scope.defer(() => void log.push('last'));
  await Promise.all([scope.close(), scope.close()]);
  await child.close();
  expect(log).toEqual(['last', 'child', 'first']);
});

it('undoes at once what comes after it was closed', async () => {
  const log: string[] = [];
  const scope = new Scope();
  await scope.close();
  scope.defer(() => void log.push('late'));
  await scope.close();
  expect(log).toEqual(['late']);
});

it('undoes everything even if a step fails, and then tells', async () => {
  const log: string[] = [];
  const scope = new Scope();
  scope.defer(() => void log.push('first'));
  scope.defer(() => Promise.reject(new Error('stuck')));
  await expect(scope.close()).rejects.toThrow('stuck');
  expect(log).toEqual(['first']);
});
