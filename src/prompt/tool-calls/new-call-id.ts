import { randomInt } from 'node:crypto';

const characters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `call_` and eight lowercase letters or digits, as Ollama's clients know them. */
export function newCallId(): string {
  return `call_${Array.from({ length: 8 }, () => characters[randomInt(characters.length)]).join('')}`;
}
