/** Marks the places of images in a conversation's text: `[img-0]`, `[img-1]`, … counted through the whole request. */
import type { ChatMessage } from './chat-message.ts';

export interface MarkedMessages {
  readonly messages: readonly ChatMessage[];
  /** Base64, in the order of their numbers. */
  readonly images: readonly string[];
}

/** For a format that marks images itself. */
export function collectImages(messages: readonly ChatMessage[]): MarkedMessages {
  return { messages, images: messages.flatMap((message) => message.images ?? []) };
}

/** Each image takes the next `[img]` that its message's text holds; the rest stand before the text. */
export function markImages(messages: readonly ChatMessage[]): MarkedMessages {
  const images: string[] = [];
  const marked = messages.map((message) => {
    if (message.images === undefined || message.images.length === 0) return message;
    const markers = message.images.map((image) => `[img-${images.push(image) - 1}]`);
    const content = message.content.replaceAll('[img]', (place) => markers.shift() ?? place);
    return { ...message, content: markers.join('') + content };
  });
  return { messages: marked, images };
}
