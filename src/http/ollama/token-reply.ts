import type { TokenizedText } from '../../usecases/tokenize.ts';
import type { Timed } from '../../usecases/with-runner.ts';

/** One text's tokens as a list, several texts' as a list of lists; with pieces, each token is an object, as llama.cpp's server has it. */
export function tokenizeReply(model: string, texts: Timed<readonly TokenizedText[]>, isList: boolean): object {
  const lists = texts.value.map(tokenList);
  const counts = texts.value.map(({ tokens }) => tokens.length);
  return {
    model,
    tokens: isList ? lists : lists[0],
    count: counts.reduce((sum, count) => sum + count, 0),
    ...(isList && { counts }),
    total_duration: texts.totalNs,
    load_duration: texts.loadNs,
  };
}

function tokenList({ tokens, pieces }: TokenizedText): readonly unknown[] {
  if (pieces === undefined) return tokens;
  return tokens.map((id, index) => ({ id, piece: pieceValue(pieces[index] ?? new Uint8Array()) }));
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text where the bytes are some, otherwise the bytes as numbers: half a character has no text. */
function pieceValue(piece: Uint8Array): string | readonly number[] {
  try {
    return strict.decode(piece);
  } catch {
    return [...piece];
  }
}
