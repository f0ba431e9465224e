import type { TextAutomaton } from './text-automaton.ts';

const zero = 0x30;

/** Decimal numbers that `step`, a whole number, divides: the remainder is all that must be remembered. Signs are left to others. */
export function multipleAutomaton(step: number): TextAutomaton {
  return {
    sets: Array.from({ length: 10 }, (_, digit) => [[zero + digit, zero + digit]]),
    start: 0,
    step: (remainder, codePoint) => {
      const digit = codePoint - zero;
      return digit >= 0 && digit <= 9 ? (remainder * 10 + digit) % step : remainder;
    },
    accepts: (remainder) => remainder === 0,
  };
}
