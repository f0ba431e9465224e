/** Images as OpenAI's clients send them: base64 in a data URI (RFC 2397). Nothing is fetched from an address. */
import { z } from 'zod';
import { checkBase64 } from '../ollama/check-base64.ts';

const header = /^data:(?:image\/(?:jpeg|jpg|png|webp))?;base64,/i;

export const imageDataUriField = z.string().superRefine((uri, context) => {
  const message = faultOf(uri);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** What stands behind the head of a URI, unchecked; undefined where it is no data URI of an image. */
export function base64OfDataUri(uri: string): string | undefined {
  return header.test(uri) ? uri.replace(header, '') : undefined;
}

/** The base64 text of a URI that passed the field's check. */
export function imageOfDataUri(uri: string): string {
  return uri.replace(header, '');
}

function faultOf(uri: string): string | undefined {
  const data = base64OfDataUri(uri);
  return data === undefined ? 'only base64 data URIs of JPEG, PNG or WebP images are accepted' : checkBase64(data);
}
