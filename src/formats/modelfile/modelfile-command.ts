/** The instructions of a Modelfile as values. */

export const valueKeywords = [
  'from',
  'license',
  'template',
  'system',
  'adapter',
  'draft',
  'renderer',
  'parser',
  'requires',
] as const;

export type ValueKeyword = (typeof valueKeywords)[number];

export const messageRoles = ['system', 'user', 'assistant'] as const;

export type MessageRole = (typeof messageRoles)[number];

export type ModelfileCommand =
  | { readonly kind: ValueKeyword; readonly value: string }
  /** Every name that is spelled like one is read; which ones there are is for the reader of the commands to say. */
  | { readonly kind: 'parameter'; readonly name: string; readonly value: string }
  | { readonly kind: 'message'; readonly role: MessageRole; readonly value: string };

/** A command with the line it begins in, counted from 1. */
export type PlacedCommand = ModelfileCommand & { readonly line: number };
