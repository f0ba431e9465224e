import { describe, expect, test } from 'vitest';
import { editExternally } from './external-editor.ts';

describe('external editor', () => {
  test('gets the text and gives back what it wrote, without the last line end', async () => {
    expect(await editExternally('first', 'sh -c \'echo second >> "$0"; echo third >> "$0"\'')).toBe(
      'firstsecond\nthird',
    );
  });

  test('an editor that fails is an error', async () => {
    await expect(editExternally('x', 'false')).rejects.toThrow('ended with exit code 1');
  });
});
