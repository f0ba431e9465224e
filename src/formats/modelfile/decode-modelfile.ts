/**
 * A Modelfile's bytes as text: UTF-8, or UTF-16 of either byte order where a byte order mark says so. Bytes that are neither are refused
 * with the line they stand in; Ollama puts U+FFFD for them, and a system message in Latin-1 loses its umlauts without a word.
 */
import { isUtf8 } from 'node:buffer';
import { badModelfile } from './bad-modelfile.ts';

/**
 * The largest real ones are saved chats and licence texts, some hundred KB; a chat that fills a context of a million tokens takes about
 * 4 MB. More is a weights file given by mistake, and would be held in memory several times over.
 */
export const maxModelfileBytes = 16 * 1024 * 1024;

const newline = 0x0a;

/** Throws `bad_modelfile`. */
export function decodeModelfile(bytes: Uint8Array): string {
  if (bytes.length > maxModelfileBytes) {
    throw badModelfile(
      `the Modelfile is larger than ${maxModelfileBytes} bytes`,
      'A Modelfile is a short text; weights are named in it: FROM ./model.gguf',
    );
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 'utf-16be');
  if (!isUtf8(bytes)) throw notUtf8(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

function decodeUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw badModelfile(
      'the Modelfile is not valid UTF-16, as its byte order mark says it is',
      'It is cut off or damaged; save it again, best as UTF-8.',
    );
  }
}

function notUtf8(bytes: Uint8Array): Error {
  if (startsWith(bytes, 'GGUF')) {
    return badModelfile(
      'this is a GGUF file, not a Modelfile',
      'Write a Modelfile that names it, for example: FROM ./model.gguf',
    );
  }
  return badModelfile(
    `(line ${firstBadLine(bytes)}): the text is neither UTF-8 nor UTF-16`,
    'It looks like Latin-1 or another old encoding; save the file as UTF-8.',
  );
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return Buffer.from(bytes.subarray(0, text.length)).toString('latin1') === text;
}

/** A newline byte is never part of another UTF-8 character, so each line stands for itself. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(newline, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
