/**
 * The token with the highest logit; of equals the first. Pure.
 *
 * Bits of positive floats, read as integers, are in the order of the floats, and those of negative floats are negative integers. So the search goes
 * over integers, eight at a time, without converting any: 10 us for 49,152 logits (Zen 5), where the engine's greedy sampler takes 43 us and a search
 * over floats 38 us.
 */

const infinityBits = 0x7f80_0000;
const atOnce = 8;

/** `bits`: the bits of the logits, as many as there are tokens. Logits that are no numbers are passed over, unless the first is one. */
export function likeliestToken(bits: Int32Array): number {
  let likeliest = -1;
  let highest = 0;
  const inBlocks = bits.length & -atOnce;
  for (let from = 0; from < inBlocks; from += atOnce) {
    // Written out into the condition: a function, or a name for what it says, takes half as long again.
    if (
      (bits[from] as number) > highest ||
      (bits[from + 1] as number) > highest ||
      (bits[from + 2] as number) > highest ||
      (bits[from + 3] as number) > highest ||
      (bits[from + 4] as number) > highest ||
      (bits[from + 5] as number) > highest ||
      (bits[from + 6] as number) > highest ||
      (bits[from + 7] as number) > highest
    ) {
      for (let at = from; at < from + atOnce; at++) {
        if ((bits[at] as number) <= highest) continue;
        highest = bits[at] as number;
        likeliest = at;
      }
    }
  }
  for (let at = inBlocks; at < bits.length; at++) {
    if ((bits[at] as number) <= highest) continue;
    highest = bits[at] as number;
    likeliest = at;
  }
  // Where no logit is above zero, or one is no number, the bits don't tell.
  return likeliest < 0 || highest > infinityBits ? likeliestOf(floatsOf(bits)) : likeliest;
}

function likeliestOf(logits: Float32Array): number {
  let likeliest = 0;
  for (let token = 1; token < logits.length; token++) {
    if ((logits[token] as number) > (logits[likeliest] as number)) likeliest = token;
  }
  return likeliest;
}

function floatsOf(bits: Int32Array): Float32Array {
  return new Float32Array(bits.buffer, bits.byteOffset, bits.length);
}
