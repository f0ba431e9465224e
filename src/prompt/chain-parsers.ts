/** Two answer parsers in a row: the second one gets the first one's content. */
import type { AnswerParser, AnswerPiece } from './prompt-format.ts';

export function chainParsers(first: AnswerParser, second: AnswerParser): AnswerParser {
  const onward = (pieces: readonly AnswerPiece[]): AnswerPiece[] =>
    pieces.flatMap((piece) => {
      const { content, ...rest } = piece;
      const own: AnswerPiece[] = Object.keys(rest).length > 0 ? [rest] : [];
      return content === undefined ? own : [...own, ...second.push(content)];
    });
  return {
    push: (text) => onward(first.push(text)),
    end: () => [...onward(first.end()), ...second.end()],
  };
}

/** All text is content. */
export const contentParser: AnswerParser = {
  push: (text) => (text === '' ? [] : [{ content: text }]),
  end: () => [],
};
