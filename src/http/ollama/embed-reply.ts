import type { EmbedResult } from '../../usecases/embed.ts';

/** `model` is the name as the client sent it. */
export function embedReply(model: string, { vectors, counts }: EmbedResult): object {
  return {
    model,
    embeddings: vectors.map(shortNumbers),
    ...(counts !== undefined && {
      total_duration: counts.totalNs,
      load_duration: counts.loadNs,
      ...(counts.promptTokens > 0 && { prompt_eval_count: counts.promptTokens }),
    }),
  };
}

/**
 * The shortest decimals that are the same float32 values, as Go writes them: half the bytes of a float32 written as a double. Dividing
 * a whole number by a power of ten rounds correctly, so what comes out prints with no more digits; this is ten times as fast as trying
 * `toPrecision`, and a batch has a hundred thousand of these.
 */
export function shortNumbers(vector: Float32Array): number[] {
  return Array.from(vector, (value) => {
    for (let scale = 1e6; scale <= 1e12; scale *= 10) {
      const short = Math.round(value * scale) / scale;
      if (Math.fround(short) === value) return short;
    }
    return Number(value.toPrecision(9));
  });
}
