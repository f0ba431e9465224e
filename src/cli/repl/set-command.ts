/** `/set …`: what it changes in the session, and what it says. Pure but for the history's switch, which the caller turns. */
import { readThink } from '../answer/run-flags.ts';
import { type ChatSession, withSystem } from './chat-session.ts';
import { readParameter } from './model-parameters.ts';
import { replHelp } from './repl-help.ts';

export interface SetResult {
  readonly session: ChatSession;
  readonly message: string;
  /** Present where the history is switched on or off. */
  readonly history?: boolean;
}

/** Throws CorralError `bad_request` for a value that cannot be set. */
export function applySet(session: ChatSession, words: readonly string[], rest: string): SetResult {
  const [what = '', ...values] = words;
  const change = (changed: Partial<ChatSession>, message: string): SetResult => ({
    session: { ...session, ...changed },
    message,
  });
  switch (what) {
    case 'history':
      return { session, message: '', history: true };
    case 'nohistory':
      return { session, message: '', history: false };
    case 'wordwrap':
      return change({ wordWrap: true }, "Set 'wordwrap' mode.");
    case 'nowordwrap':
      return change({ wordWrap: false }, "Set 'nowordwrap' mode.");
    case 'verbose':
      return change({ verbose: true }, "Set 'verbose' mode.");
    case 'quiet':
      return change({ verbose: false }, "Set 'quiet' mode.");
    case 'format':
      if (values[0] !== 'json')
        return { session, message: "Invalid or missing format. For 'json' mode use '/set format json'" };
      return change({ format: 'json' }, "Set format to 'json' mode.");
    case 'noformat':
      return change({ format: undefined }, 'Disabled format.');
    case 'think': {
      const think = values[0] === undefined ? true : readThink(values[0]);
      return change({ think }, values[0] === undefined ? "Set 'think' mode." : `Set 'think' mode to '${values[0]}'.`);
    }
    case 'nothink':
      return change({ think: false }, "Set 'nothink' mode.");
    case 'parameter':
      return setParameter(session, values);
    case 'system':
      if (rest === '') return { session, message: replHelp('set').trimEnd() };
      return { session: withSystem(session, rest), message: 'Set system message.' };
    case '':
      return { session, message: replHelp('set').trimEnd() };
    default:
      return { session, message: `Unknown command '/set ${what}'. Type /? for help` };
  }
}

function setParameter(session: ChatSession, [name, ...values]: readonly string[]): SetResult {
  if (name === undefined || values.length === 0) return { session, message: replHelp('parameters').trimEnd() };
  const parameters = { ...session.parameters, [name]: readParameter(name, values) };
  return { session: { ...session, parameters }, message: `Set parameter '${name}' to '${values.join(', ')}'` };
}
