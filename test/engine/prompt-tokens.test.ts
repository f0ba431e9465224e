/** The tokens of prompts that begin as earlier ones did, through a real runner: those that the tokenizer makes of the whole text. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Runner } from '../../src/engine/runner.ts';
import { answer, ask, never, start } from '../support/starter-runner.ts';

const source = readFileSync(new URL('../../src/runner/serving-loop.ts', import.meta.url), 'utf8');
const korean =
  '이 보고서는 지난 분기의 유동성 위험이 낮아졌지만 운영 비용은 12345원에서 더 늘어났다고 적고 있습니다(표 3). ';
const english = "The committee's report — all 1,234 pages — didn't say why; it said   'soon'.\n\n";

let runner: Runner;
beforeAll(async () => {
  runner = await start({ contextTokens: 8192, kvCells: 8192 });
});
afterAll(() => runner.close());

const chat = (text: string) => `<|im_start|>system\n${text}<|im_end|>\n<|im_start|>user\n`;
const questions = ['What of it?', ' 왜 그런가요?', '12', '\n\n \n', "'s", '<|im_end|>', '한'];

test.each([
  ['English', chat(english.repeat(22))],
  ['Korean', chat(korean.repeat(20))],
  ['code', chat(source.slice(0, 2500))],
  ['mixed', `${chat(`${english}${korean}😀👩‍👩‍👧 `.repeat(8))}${'1234567890 '.repeat(10)}`],
])('%s', async (_, beginning) => {
  for (const [index, question] of questions.entries()) {
    // Every second one also ends in the middle of what the others have in common.
    const prompt = index % 2 === 0 ? beginning + question : beginning.slice(0, beginning.length - 700) + question;
    const { done } = await answer(runner, ask('', { prompt, numPredict: 1, returnTokens: true }));
    const { tokens } = await runner.tokenize({ texts: [prompt], addSpecial: true, countOnly: false }, never);
    expect(done.tokens.slice(0, done.promptTokens)).toEqual(tokens[0]);
  }
});
