/**
 * OpenAI's messages as templates know them. The parts of one message stay one message, texts joined by line breaks (Ollama makes a message
 * of each part, which templates that want turns to alternate refuse). Throws `bad_request` with the place of what is wrong.
 */
import { checkBase64 } from '../ollama/check-base64.ts';
import { base64OfDataUri } from './image-data-uri.ts';
import type { ChatCompletionMessage } from './chat-completion-request.ts';
import { invalidField } from './invalid-field.ts';

interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

interface Message {
  readonly role: string;
  readonly content: string;
  readonly thinking?: string;
  readonly images?: readonly string[];
  readonly toolCalls?: readonly Call[];
  readonly toolName?: string;
  readonly toolCallId?: string;
}

export function toMessages(messages: readonly ChatCompletionMessage[]): Message[] {
  const nameOfCall = new Map<string, string>();
  return messages.map((sent, index) => {
    const at = `messages[${index}]`;
    const toolCalls = callsOf(sent, at);
    for (const { id, name } of toolCalls) nameOfCall.set(id, name);
    const { text, images } = contentOf(sent, at, toolCalls.length > 0);
    const thinking = sent.reasoning ?? sent.reasoning_content ?? '';
    const toolName = isToolResult(sent.role) ? (sent.name ?? nameOfCall.get(sent.tool_call_id ?? '')) : undefined;
    return {
      role: roleOf(sent.role, at),
      content: text,
      ...(thinking !== '' && { thinking }),
      ...(images.length > 0 && { images }),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(toolName !== undefined && { toolName }),
      ...(sent.tool_call_id !== undefined && { toolCallId: sent.tool_call_id }),
    };
  });
}

const isToolResult = (role: string) => role === 'tool' || role === 'function';

/** Templates know OpenAI's newer name of the system and its older one of tools as the usual ones; other roles are theirs to know. */
function roleOf(role: string, at: string): string {
  if (role === '') throw invalidField(`${at}.role`, 'a message has a role');
  if (role === 'developer') return 'system';
  return role === 'function' ? 'tool' : role;
}

function callsOf({ tool_calls, function_call }: ChatCompletionMessage, at: string): Call[] {
  const calls = tool_calls.map((call, index) => {
    const place = `${at}.tool_calls[${index}]`;
    if (call.type !== 'function') throw invalidField(`${place}.type`, 'only calls of functions are supported');
    if (call.function === undefined) throw invalidField(`${place}.function`, 'a call has a function');
    return callOf(call.id, call.function, `${place}.function`);
  });
  if (function_call !== undefined) calls.push(callOf('', function_call, `${at}.function_call`));
  return calls;
}

function callOf(id: string, call: { readonly name: string; readonly arguments: string }, at: string): Call {
  if (call.name === '') throw invalidField(`${at}.name`, 'a call names its function');
  return { id, name: call.name, arguments: parseArguments(call.arguments, `${at}.arguments`) };
}

function parseArguments(text: string, at: string): Call['arguments'] {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidField(at, 'expected the JSON text of an object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField(at, 'expected the JSON text of an object');
  }
  return value as Call['arguments'];
}

interface Content {
  readonly text: string;
  readonly images: readonly string[];
}

function contentOf({ content, refusal }: ChatCompletionMessage, at: string, callsTools: boolean): Content {
  if (typeof content === 'string') return { text: content, images: [] };
  if (content === undefined) {
    if (refusal === undefined && !callsTools)
      throw invalidField(`${at}.content`, 'a message without tool calls has content');
    return { text: refusal ?? '', images: [] };
  }
  const texts: string[] = [];
  const images: string[] = [];
  for (const [index, part] of content.entries()) {
    const place = `${at}.content[${index}]`;
    switch (part.type) {
      case 'text':
        if (part.text === undefined) throw invalidField(`${place}.text`, 'a text part has a text');
        texts.push(part.text);
        break;
      case 'refusal':
        texts.push(part.refusal ?? '');
        break;
      case 'image_url':
        images.push(imageOf(part.image_url, `${place}.image_url`));
        break;
      case 'input_audio':
        throw invalidField(place, 'audio is not supported');
      case 'file':
        throw invalidField(place, 'files are not supported: send their text');
      default:
        throw invalidField(
          `${place}.type`,
          `parts of type ${JSON.stringify(part.type.slice(0, 40))} are not supported`,
        );
    }
  }
  return { text: texts.join('\n'), images };
}

const shownUrlLength = 200;

/** The image's base64. Nothing is ever fetched: a closed network has nowhere to fetch from, and a server that follows links can be led. */
function imageOf(image: string | { readonly url: string } | undefined, at: string): string {
  const url = typeof image === 'string' ? image : image?.url;
  if (!url) throw invalidField(at, 'an image part has a URL');
  const data = base64OfDataUri(url);
  if (data === undefined) {
    if (/^data:/i.test(url)) throw invalidField(at, 'an image is JPEG, PNG or WebP in base64');
    const shown = JSON.stringify(url.slice(0, shownUrlLength));
    throw invalidField(at, `${shown} is not fetched: send the image as a data URL (data:image/png;base64,...)`);
  }
  const fault = checkBase64(data);
  if (fault !== undefined) throw invalidField(at, fault);
  return data;
}
