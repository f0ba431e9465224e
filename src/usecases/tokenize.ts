/** Tells a model's tokens of texts. */
import type { TokenizeRequest } from '../api/ollama/token-request.ts';
import { CorralError } from '../core/corral-error.ts';
import { findModel, notFoundTryPulling } from './find-model.ts';
import type { UseCaseParts } from './use-case-parts.ts';
import { withRunner, type Timed } from './with-runner.ts';

export interface TokenizedText {
  readonly tokens: readonly number[];
  /** UTF-8 bytes of each token, where they were asked for; a token may be a part of a character. */
  readonly pieces: readonly Uint8Array[] | undefined;
}

/**
 * Characters of all texts together. The tokenizer works through a text in one go, at some megabytes a second, while nobody else's
 * answer advances. The text of a million-token context has about 5 million characters.
 */
const mostCharacters = 8_000_000;

/** In the order of the texts. Throws `bad_request`, or what finding and loading the model throws. */
export async function tokenize(
  request: TokenizeRequest,
  parts: UseCaseParts,
  signal: AbortSignal,
): Promise<Timed<readonly TokenizedText[]>> {
  const texts = textsOf(request);
  const model = await findModel(parts.store, request.model, { whenEmpty: 'required', notFound: notFoundTryPulling });
  return await withRunner(model, request, parts, signal, async (runner) => {
    const tokenized: TokenizedText[] = [];
    // One message a text: between them the runner goes on with other requests.
    for (const text of texts) {
      const answer = await runner.tokenize(
        {
          texts: [text],
          addSpecial: request.add_special,
          parseSpecial: request.parse_special,
          countOnly: false,
          withPieces: request.with_pieces,
        },
        signal,
      );
      tokenized.push({ tokens: answer.tokens[0] ?? [], pieces: answer.pieces?.[0] });
    }
    return tokenized;
  });
}

function textsOf({ text, input, prompt, content }: TokenizeRequest): readonly string[] {
  const sent = text ?? input ?? prompt ?? content;
  if (sent === undefined) {
    throw new CorralError('bad_request', 'text is required', { hint: 'Send "text": a string or a list of strings.' });
  }
  const texts = typeof sent === 'string' ? [sent] : sent;
  const characters = texts.reduce((sum, one) => sum + one.length, 0);
  if (characters <= mostCharacters) return texts;
  throw new CorralError(
    'bad_request',
    `the text is too long: at most ${mostCharacters} characters are tokenized at once`,
    {
      status: 413,
      hint: 'Send it in several requests.',
    },
  );
}
