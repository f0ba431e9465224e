/** Marks where a conversation's images stand, `[img-0]`, `[img-1]`, …, the way the renderers of vision families do it. */
import type { ChatMessage } from '../../chat-message.ts';

export class ImageTags {
  #next = 0;

  /** A message's content with markers for its images: in place of each `[img]`, the rest in front. Content that already has markers stays. */
  tagged({ content, images = [] }: ChatMessage): string {
    const first = this.#next;
    this.#next += images.length;
    if (images.length === 0 || content.includes('[img-')) return content;
    const tags = images.map((_, index) => `[img-${first + index}]`);
    const text = content.replaceAll('[img]', (place) => tags.shift() ?? place);
    const joint = tags.length > 0 && /^\S/.test(text) ? ' ' : '';
    return tags.join('') + joint + text;
  }
}
