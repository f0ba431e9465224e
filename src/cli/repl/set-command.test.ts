import { describe, expect, test } from 'vitest';
import { readRunFlags } from '../answer/run-flags.ts';
import { chatRequest, cleared, startSession, withExchange, withSystem } from './chat-session.ts';
import { parameterHelp, readParameter } from './model-parameters.ts';
import { applySet } from './set-command.ts';

const session = startSession('m', readRunFlags({}));
const set = (line: string, rest = '') => applySet(session, line.split(' '), rest);

describe('/set', () => {
  test.each([
    ['verbose', { verbose: true }, "Set 'verbose' mode."],
    ['quiet', { verbose: false }, "Set 'quiet' mode."],
    ['nowordwrap', { wordWrap: false }, "Set 'nowordwrap' mode."],
    ['format json', { format: 'json' }, "Set format to 'json' mode."],
    ['noformat', { format: undefined }, 'Disabled format.'],
    ['think', { think: true }, "Set 'think' mode."],
    ['think high', { think: 'high' }, "Set 'think' mode to 'high'."],
    ['nothink', { think: false }, "Set 'nothink' mode."],
    ['parameter num_ctx 4096', { parameters: { num_ctx: 4096 } }, "Set parameter 'num_ctx' to '4096'"],
    ['parameter stop a b', { parameters: { stop: ['a', 'b'] } }, "Set parameter 'stop' to 'a, b'"],
  ])('%s', (line, changed, message) => {
    const result = set(line);
    expect(result.session).toEqual({ ...session, ...changed });
    expect(result.message).toBe(message);
  });

  test('history and nohistory turn the history', () => {
    expect([set('history').history, set('nohistory').history]).toEqual([true, false]);
  });

  test('an unknown word, a missing value and no word change nothing', () => {
    expect(set('bogus')).toEqual({ session, message: "Unknown command '/set bogus'. Type /? for help" });
    expect(set('format xml').session).toBe(session);
    expect(set('').message).toContain('/set verbose');
    expect(set('parameter').message).toContain('/set parameter num_ctx N');
  });

  test.each([
    [['temperature', 'warm'], "'temperature' is a number, not 'warm'"],
    [['num_ctx', '1.5'], "'num_ctx' is a whole number, not '1.5'"],
    [['use_mmap', 'maybe'], "'use_mmap' is true or false, not 'maybe'"],
    [['bogus', '1'], "unknown parameter 'bogus'"],
  ])('parameter %j is refused', ([name = '', ...values], message) => {
    expect(() => readParameter(name, values)).toThrow(message);
  });

  test('every parameter in the help can be set', () => {
    for (const [name] of parameterHelp()) expect(readParameter(name, ['1'])).toEqual(name === 'stop' ? ['1'] : 1);
  });
});

describe('chat session', () => {
  test('a request carries the conversation and what was set', () => {
    const spoken = withExchange(withSystem(session, 'be kind'), 'hi', 'hello', 'hm');
    const { session: tuned } = applySet(spoken, ['parameter', 'seed', '1'], '');
    expect(JSON.parse(JSON.stringify(chatRequest(tuned, 'why?')))).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'be kind' },
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'hello', thinking: 'hm' },
        { role: 'user', content: 'why?' },
      ],
      options: { seed: 1 },
    });
  });

  test('a system message that nothing followed is replaced, and clearing keeps it', () => {
    const twice = withSystem(withSystem(session, 'a'), 'b');
    expect(twice.messages).toEqual([{ role: 'system', content: 'b' }]);
    expect(cleared(withExchange(twice, 'q', 'a', '')).messages).toEqual([{ role: 'system', content: 'b' }]);
    expect(cleared(withExchange(session, 'q', 'a', '')).messages).toEqual([]);
  });
});
