/**
 * Signatures of thinking blocks. Anthropic's prove that a block is its own; here they prove nothing and any is accepted back. A block
 * whose thinking the client did not want to see carries it in there, so that the model still has it in the next turn.
 */
const plain = 'corral';
const carrying = 'corral-thinking.';

export function thinkingSignature(thinking: string, isShown: boolean): string {
  return isShown ? plain : carrying + Buffer.from(thinking).toString('base64url');
}

/** The thinking of a block that a client sent back. */
export function signedThinking({ thinking, signature }: { thinking: string; signature: string }): string {
  if (thinking !== '' || !signature.startsWith(carrying)) return thinking;
  return Buffer.from(signature.slice(carrying.length), 'base64url').toString();
}
