import { describe, expect, it } from 'vitest';

import { markImages } from './image-markers.ts';

describe('image markers', () => {
  const cases: readonly [string, string, readonly string[], string][] = [
    ['stand before the text', 'What is it?', ['a'], '[img-0]What is it?'],
    ['take the places that the text holds', 'This [img] or that [img]?', ['a', 'b'], 'This [img-0] or that [img-1]?'],
    ['that find no place stand before', 'This [img]?', ['a', 'b'], '[img-1]This [img-0]?'],
    ['leave a place without image alone', '[img] [img]', ['a'], '[img-0] [img]'],
    ['are none without images', 'Text [img]', [], 'Text [img]'],
  ];
  it.each(cases)('%s', (_name, content, images, marked) => {
    expect(markImages([{ role: 'user', content, images }]).messages[0]?.content).toBe(marked);
  });

  it('are counted through the whole request', () => {
    const messages = [
      { role: 'user', content: 'x', images: ['a', 'b'] },
      { role: 'assistant', content: 'y' },
      { role: 'user', content: 'z', images: ['c'] },
    ];
    const { messages: marked, images } = markImages(messages);
    expect(marked.map(({ content }) => content)).toEqual(['[img-0][img-1]x', 'y', '[img-2]z']);
    expect(images).toEqual(['a', 'b', 'c']);
  });
});
