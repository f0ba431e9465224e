import { chatmlFormat } from '../chatml-format.ts';
import type { PromptFormat } from '../prompt-format.ts';
import { createFamilyFormat } from './family-format.ts';
import { familyParser } from './family-parsers.ts';

/** A format whose answers are read by the parser of that name, over ChatML. */
export function testFamilyFormat(parser: string): PromptFormat {
  return createFamilyFormat({
    renderer: undefined,
    parser: familyParser(parser),
    base: chatmlFormat,
    baseCapabilities: [],
    addsBos: false,
  });
}
