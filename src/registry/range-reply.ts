/** What a reply to a ranged request brings: registries ignore ranges, cut them short or get them wrong. Pure. */

export interface AskedRange {
  /** First byte asked for. */
  readonly from: number;
  /** Size of the whole blob, as its manifest says. */
  readonly sizeBytes: number;
}

export type RangeReply =
  /** Bytes from `from` on. */
  | { readonly type: 'bytes'; readonly from: number }
  /** The registry takes the blob for one of another size. */
  | { readonly type: 'wrong size'; readonly saidBytes: number }
  /** A range that was not asked for, or none where there must be one. */
  | { readonly type: 'wrong range' };

const contentRange = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i;

export interface RangeReplyHead {
  readonly status: number;
  readonly contentRange: string | undefined;
  readonly contentLength: string | undefined;
}

/** The beginning of a reply of status 200, 206 or 416. */
export function readRangeReply(head: RangeReplyHead, { from, sizeBytes }: AskedRange): RangeReply {
  if (head.status === 200) {
    const saidBytes = Number(head.contentLength ?? sizeBytes);
    return saidBytes === sizeBytes ? { type: 'bytes', from: 0 } : { type: 'wrong size', saidBytes };
  }
  const range = head.status === 206 ? contentRange.exec(head.contentRange ?? '') : null;
  if (range === null) return { type: 'wrong range' };
  const [, first, last, total] = range;
  if (total !== '*' && Number(total) !== sizeBytes) return { type: 'wrong size', saidBytes: Number(total) };
  // It may end early; the rest is asked for again.
  return Number(first) === from && Number(last) >= from ? { type: 'bytes', from } : { type: 'wrong range' };
}
