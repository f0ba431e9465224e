/** The message that a stream's events add up to. */
import { CorralError } from '../../core/corral-error.ts';
import type { BlockDelta, ContentBlock, Message, MessageEvent } from './message-event.ts';

export async function foldMessage(events: AsyncIterable<MessageEvent>): Promise<Message> {
  let message: Message | undefined;
  let inputText = '';
  for await (const event of events) {
    if (event.type === 'message_start') {
      message = { ...event.message, content: [] };
      continue;
    }
    if (message === undefined) continue;
    const { content } = message;
    switch (event.type) {
      case 'content_block_start':
        content.push(event.content_block);
        inputText = '';
        break;
      case 'content_block_delta':
        if (event.delta.type === 'input_json_delta') inputText += event.delta.partial_json;
        else content.push(extend(content.pop(), event.delta));
        break;
      case 'content_block_stop': {
        const last = content.at(-1);
        if (last?.type === 'tool_use' && inputText !== '')
          content[content.length - 1] = { ...last, input: parse(inputText) };
        break;
      }
      case 'message_delta':
        message = { ...message, ...event.delta, usage: { ...message.usage, ...event.usage } };
        break;
      case 'message_stop':
        return message;
      case 'ping':
        break;
    }
  }
  throw new CorralError('runner_failed', 'the answer has no end');
}

function extend(block: ContentBlock | undefined, delta: BlockDelta): ContentBlock {
  if (block?.type === 'text' && delta.type === 'text_delta') return { ...block, text: block.text + delta.text };
  if (block?.type === 'thinking') {
    if (delta.type === 'thinking_delta') return { ...block, thinking: block.thinking + delta.thinking };
    if (delta.type === 'signature_delta') return { ...block, signature: delta.signature };
  }
  throw new CorralError('internal', `a ${delta.type} without its block`);
}

/** A call that the token limit broke off has no whole input; what there is of it shows as text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { _incomplete: text };
  }
}
