import { deadState, type TextAutomaton } from './text-automaton.ts';

/** The texts that `automaton` does not accept. */
export function complementAutomaton(automaton: TextAutomaton): TextAutomaton {
  const differs = deadState - 1; // nothing that follows can be accepted by `automaton`
  return {
    sets: automaton.sets,
    start: automaton.start,
    step(state, codePoint) {
      if (state === differs) return differs;
      const next = automaton.step(state, codePoint);
      return next === deadState ? differs : next;
    },
    accepts: (state) => state === differs || !automaton.accepts(state),
  };
}
