/** The lines of a batch's input file, each a request. */
import { z } from 'zod';
import type { BatchRecord } from '../../store/batch/batch-record.ts';

/** A chat with several photographs in base64. Two lines are in memory at a time, with what is parsed from them. */
const maxLineBytes = 16 * 1024 * 1024;

/** OpenAI's own bound. At a second each it is half a day's work. */
export const mostLines = 50_000;

/** More of them help nobody. */
const mostErrors = 100;

export interface BatchLine {
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export type LineError = NonNullable<BatchRecord['errors']>['data'][number];

const lineSchema = z.object({
  custom_id: z.string().min(1).max(512),
  method: z.literal('POST'),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
});

/** Lines that are not blank, each with its number from 1. A line that is too long ends the file with an error. */
async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly [number, string | undefined]> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  const line = () => {
    number++;
    const text = Buffer.concat(parts).toString();
    parts = [];
    length = 0;
    return [number, text] as const;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at));
      from = at + 1;
      yield line();
    }
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > maxLineBytes) {
      yield [number + 1, undefined];
      return;
    }
  }
  if (length > 0) yield line();
}

/** One line of a file that has been checked. */
export async function* batchLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<BatchLine, void, undefined> {
  for await (const [, text] of textLines(chunks)) {
    if (text === undefined || text.trim() === '') continue;
    const { custom_id: customId, body } = lineSchema.parse(JSON.parse(text));
    yield { customId, body };
  }
}

export interface CheckedFile {
  readonly lines: number;
  /** Empty = the file may be worked on. */
  readonly errors: readonly LineError[];
}

export async function checkBatchFile(chunks: AsyncIterable<Uint8Array>, endpoint: string): Promise<CheckedFile> {
  const ids = new Set<string>();
  const errors: LineError[] = [];
  let lines = 0;
  const refuse = (code: string, message: string, param: string | null, line: number | null) => {
    if (errors.length < mostErrors) errors.push({ code, message, param, line });
  };
  for await (const [number, text] of textLines(chunks)) {
    if (text === undefined) {
      refuse('line_too_long', `a line has more than ${maxLineBytes / 1024 / 1024} MB`, null, number);
      break;
    }
    if (text.trim() === '') continue;
    lines++;
    if (lines > mostLines) {
      refuse('too_many_requests', `a batch has at most ${mostLines} requests`, null, number);
      break;
    }
    const parsed = lineSchema.safeParse(jsonOf(text));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const param = issue?.path.join('.') || null;
      refuse('invalid_request', param === null ? 'this line is not a JSON object' : `invalid ${param}`, param, number);
    } else if (parsed.data.url !== endpoint) {
      refuse('mismatched_url', `the url is not the batch's endpoint ${endpoint}`, 'url', number);
    } else if (ids.has(parsed.data.custom_id)) {
      refuse('duplicate_custom_id', 'this custom_id was used on a line before', 'custom_id', number);
    } else {
      ids.add(parsed.data.custom_id);
    }
  }
  if (lines === 0 && errors.length === 0) refuse('empty_file', 'the file has no requests', null, null);
  return { lines, errors };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
