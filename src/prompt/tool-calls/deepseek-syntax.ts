/** DeepSeek's two ways of calling, and Cogito's, which is the older one; one outer pair of markers stands around all calls. */
import {
  anyNumberOf,
  choice,
  type GrammarExpression,
  optional,
  sequence,
  text,
} from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import type { CallableTool, ToolCallSyntax } from './tool-call-syntax.ts';

const outerOpen = '<｜tool▁calls▁begin｜>';
const outerClose = '<｜tool▁calls▁end｜>';
const open = '<｜tool▁call▁begin｜>';
const separator = '<｜tool▁sep｜>';
const close = '<｜tool▁call▁end｜>';

type Dialect = 'fenced' | 'plain';

/** `function<sep>name` with the arguments in a fenced block, or `name<sep>` with the arguments behind. */
const written: Readonly<Record<Dialect, (tool: CallableTool) => GrammarExpression>> = {
  fenced: (tool) => sequence(text(`function${separator}${tool.name}\n\`\`\`json\n`), tool.arguments(), text('\n```')),
  plain: (tool) => sequence(text(`${tool.name}${separator}`), tool.arguments()),
};

export function createDeepseekSyntax(dialects: readonly Dialect[]): ToolCallSyntax {
  return {
    triggers: [{ text: outerOpen, where: 'anywhere' }],
    heads: {
      first:
        /<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>(?<plain>[^\n]+)\n```json\n|(?<other>(?!function<｜tool▁sep｜>[^{])[^<]+)<｜tool▁sep｜>)\s*(?=\{)/,
      onlyAtStart: false,
    },
    block: ({ composer, tools, parallel }) => {
      const calls = dialects.flatMap((dialect) => tools.map((tool) => written[dialect](tool)));
      const call = composer.define(sequence(text(open), choice(calls), text(close)));
      const more = parallel ? [anyNumberOf(composer.define(sequence(optional(text('\n')), call)))] : [];
      return sequence(text(outerOpen), call, ...more, text(outerClose));
    },
    between: () => undefined,
  };
}
