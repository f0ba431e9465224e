import { expect, it } from 'vitest';

import { pythonStrftime } from './python-strftime.ts';

it('writes dates as Python does in the C locale', () => {
  const date = new Date(2026, 2, 9, 0, 5, 7);
  expect(pythonStrftime(date, '%A, %d %B %Y; %a %e %b %y; %H:%M:%S %I %p; %-d/%-m 100%% %Q')).toBe(
    'Monday, 09 March 2026; Mon  9 Mar 26; 00:05:07 12 AM; 9/3 100% %Q',
  );
});
