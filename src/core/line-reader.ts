/** Lines of a text stream, without their ends. A line over the limit is cut: a log line is for reading, not for memory. */
import { StringDecoder } from 'node:string_decoder';

const mostCharacters = 64 * 1024;

export async function* readLines(stream: AsyncIterable<unknown>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.write(chunk as Buffer);
    const lines = rest.split(/\r?\n/);
    rest = (lines.pop() ?? '').slice(0, mostCharacters);
    yield* lines;
  }
  if (rest !== '') yield rest;
}
