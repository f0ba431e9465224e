/**
 * One way in which models write tool calls. A shape knows what opens a call and reads one block; finding openers, holding
 * text back and giving malformed calls back as content is the scanner's work (`tool-call-scanner.ts`), the same for all.
 */
import type { Tool } from '../chat-message.ts';
import type { ToolCallSyntax } from './tool-call-syntax.ts';

export interface ParsedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * What a block turned out to be. `endIndex` is where it ends. A decision must not depend on anything after the
 * text it was made on: whatever follows, the same text gives the same decision.
 */
export type BlockReading =
  | { readonly kind: 'more' }
  | { readonly kind: 'text'; readonly endIndex: number }
  | { readonly kind: 'calls'; readonly calls: readonly ParsedCall[]; readonly endIndex: number };

export interface BlockInput {
  /** Begins with one of the openers. */
  readonly text: string;
  /** Nothing follows. Models often leave the closing marker out when they stop. */
  readonly ended: boolean;
  readonly tools: readonly Tool[];
}

export interface ToolCallShape {
  /** Texts that open a call anywhere in an answer. */
  readonly openers: readonly string[];
  /** Texts that open a call only where the answer, or the text after a call, begins. */
  readonly startOpeners: readonly string[];
  /** A block can only be complete once one of these characters has come. */
  readonly closingCharacters: string;
  /** Markers that vocabularies hold as special tokens and that must stay visible in the generated text. */
  readonly specialTokens: readonly string[];
  /** The same as a grammar, for answers that must call. */
  readonly syntax: ToolCallSyntax;
  read(block: BlockInput): BlockReading;
}

export const more: BlockReading = { kind: 'more' };
