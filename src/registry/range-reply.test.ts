import { expect, test } from 'vitest';
import { readRangeReply, type RangeReply } from './range-reply.ts';

const wrong: RangeReply = { type: 'wrong range' };

/** Of byte 100 of a blob of 1000. */
const cases: [
  name: string,
  status: number,
  range: string | undefined,
  length: string | undefined,
  reply: RangeReply,
][] = [
  ['what was asked for', 206, 'bytes 100-999/1000', '900', { type: 'bytes', from: 100 }],
  ['less than was asked for', 206, 'bytes 100-199/1000', '100', { type: 'bytes', from: 100 }],
  ['a total that nobody knows', 206, 'bytes 100-199/*', '100', { type: 'bytes', from: 100 }],
  ['the whole', 200, undefined, '1000', { type: 'bytes', from: 0 }],
  ['the whole without a length', 200, undefined, undefined, { type: 'bytes', from: 0 }],
  ['a whole of another size', 200, undefined, '999', { type: 'wrong size', saidBytes: 999 }],
  ['a range of another whole', 206, 'bytes 100-199/200', '100', { type: 'wrong size', saidBytes: 200 }],
  ['another range', 206, 'bytes 0-99/1000', '100', wrong],
  ['an empty range', 206, 'bytes 100-99/1000', '0', wrong],
  ['a range that is not told', 206, undefined, '100', wrong],
  ['nonsense', 206, 'bytes a-b/c', '100', wrong],
  ['a refusal', 416, 'bytes */1000', '0', wrong],
];

test.each(cases)('%s', (_, status, contentRange, contentLength, reply) => {
  expect(readRangeReply({ status, contentRange, contentLength }, { from: 100, sizeBytes: 1000 })).toEqual(reply);
});
