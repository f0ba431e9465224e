/** Prompts and texts to embed. Each begins differently, so that no contestant can answer from an earlier prompt's cache unless it is meant to. */

const sentence =
  'Every evening the harbour master walks along the quay, counts the boats, notes the wind and the height of the water, and writes the figures into a book that nobody but the insurers ever reads.'.split(
    ' ',
  );

const topics = [
  'a parcel that never arrived',
  'the opening hours of the library',
  'how to renew a passport',
  'a leaking kitchen tap',
  'the price of winter tyres',
  'a train that was cancelled',
  'the results of the annual audit',
  'a recipe for barley soup',
] as const;

let issued = 0;

/** About `words` words of English after a unique beginning. A word is a little more than one token. */
export function uniquePrompt(words: number): string {
  issued += 1;
  const text = Array.from({ length: words }, (_, index) => sentence[index % sentence.length]);
  return `Record ${process.pid}-${issued}: ${text.join(' ')}`;
}

/** Short texts of about ten words, all different, also from call to call. */
export function shortTexts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    issued += 1;
    return `Customer ${issued} writes about ${topics[index % topics.length]} and asks for help`;
  });
}

const leastWords = 8;
const mostWords = 200;
/** Shares no factor with the number of lengths, so that every length comes once before any comes twice, in no order. */
const lengthStride = 37;

/** Texts of 8 to 200 words, all different, also from call to call. */
export function mixedTexts(count: number): string[] {
  return Array.from({ length: count }, () => {
    issued += 1;
    const words = leastWords + ((issued * lengthStride) % (mostWords - leastWords + 1));
    const text = Array.from({ length: words - 2 }, (_, index) => sentence[(index + issued) % sentence.length]);
    return `Entry ${issued} ${text.join(' ')}`;
  });
}
