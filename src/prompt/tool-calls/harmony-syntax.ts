/**
 * gpt-oss calls in a message of its own, whose header names the tool: `<|channel|>commentary to=functions.name <|constrain|>json<|message|>{…}`,
 * or the recipient before the channel. A header stands behind `<|start|>assistant`, which the prompt has written for the first one.
 */
import {
  beginningFreeAutomaton,
  wordFreeAutomaton,
} from '../../formats/json-schema-grammar/automaton/word-free-automaton.ts';
import { choice, optional, sequence, text } from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import { restrictedJson } from '../../formats/json-schema-grammar/notation/json-notation.ts';
import { toHarmonyTools, userToolName } from '../families/harmony-tool-names.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

const messageEnd = '<|end|>';
const nextMessage = '<|start|>assistant';
const commentary = '<|channel|>commentary';
const recipient = 'to=functions.';

/** An end of the message inside a string would be taken for one. */
const argumentsJson = restrictedJson(
  'harmony',
  [wordFreeAutomaton([messageEnd])],
  [beginningFreeAutomaton([messageEnd])],
);

export const harmonySyntax: ToolCallSyntax = {
  triggers: [
    { text: `${commentary} ${recipient}`, where: 'anywhere' },
    { text: `${nextMessage} ${recipient}`, where: 'anywhere' },
    { text: recipient, where: 'start' },
  ],
  heads: {
    first:
      /(?:<\|channel\|>commentary to=functions\.(?<plain>[^\s<]+)|to=functions\.(?<other>[^\s<]+)<\|channel\|>commentary)(?: ?<\|constrain\|>json| json)?<\|message\|>(?=\{)/,
    onlyAtStart: false,
    toolName: userToolName,
  },
  block: ({ composer, tools, offered, waits }) => {
    const constraint = optional(choice([text(' <|constrain|>json'), text('<|constrain|>json'), text(' json')]));
    const headerEnd = composer.define(sequence(constraint, text('<|message|>')));
    const seen = toHarmonyTools(offered);
    const calls = tools.map((tool) => {
      const name = seen[offered.indexOf(tool.tool)]?.function.name ?? tool.name;
      const behind = text(`${commentary} ${recipient}${name}`);
      // A trigger at the start stands without the space before it.
      const before = text(`${waits ? '' : ' '}${recipient}${name}${commentary}`);
      const later = waits ? [text(`${nextMessage} ${recipient}${name}${commentary}`)] : [];
      return sequence(choice([behind, before, ...later]), headerEnd, tool.arguments(argumentsJson));
    });
    return choice(calls);
  },
  between: () => text(messageEnd + nextMessage),
  content: (document) => sequence(text('<|channel|>final<|message|>'), document),
  reopened: reopenedAnswer,
};

/** Back to where the header of the next message stands; thinking that was broken off is ended. */
function reopenedAnswer(written: string): string {
  const end = written.lastIndexOf(messageEnd);
  if (end >= 0) return written.slice(0, end) + messageEnd + nextMessage;
  const isThinking = /^[^<]*<\|channel\|>analysis\b/.test(written) && written.includes('<|message|>');
  return isThinking ? written + messageEnd + nextMessage : '';
}
