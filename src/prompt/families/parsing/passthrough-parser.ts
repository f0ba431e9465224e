import { contentParser } from '../../chain-parsers.ts';
import type { FamilyParser } from '../family-parser.ts';

/** The answer is content as it is. */
export const passthroughParser: FamilyParser = {
  tools: false,
  thinking: false,
  visibleTokens: [],
  create: () => contentParser,
};
