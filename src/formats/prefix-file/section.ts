/**
 * A part of a prefix file with its check. Without a key: SHA-256, then the bytes. With a key: nonce, the bytes under AES-256-GCM, tag. The check covers the
 * file's header and the part's name too, so a part of another file is not taken for this one's.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const hashBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Under it a key is a password, and too short. */
export const fewestKeyBytes = 32;

export interface SectionBinding {
  readonly header: Uint8Array;
  readonly name: 'tokens' | 'state';
  /** As `sealingKey` made it; undefined = not sealed. */
  readonly key: Uint8Array | undefined;
}

/** The key for sections from what a key file holds (RFC 5869). */
export function sealingKey(secret: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'corral prefix file 1', 32));
}

/** Bytes that a section takes besides its own. */
export function sectionOverhead(key: Uint8Array | undefined): number {
  return key === undefined ? hashBytes : nonceBytes + tagBytes;
}

/** The section in pieces, in order. */
export function sealSection(bytes: Uint8Array, { header, name, key }: SectionBinding): Uint8Array[] {
  if (key === undefined) return [sum(bytes, header, name), bytes];
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.concat([header, Buffer.from(name)]));
  return [nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()];
}

/** Undefined when anything in it was changed, or another key made it. */
export function openSection(section: Uint8Array, { header, name, key }: SectionBinding): Buffer | undefined {
  if (section.length < sectionOverhead(key)) return undefined;
  if (key === undefined) {
    const bytes = section.subarray(hashBytes);
    const isWhole = timingSafeEqual(section.subarray(0, hashBytes), sum(bytes, header, name));
    return isWhole ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, section.subarray(0, nonceBytes));
    decipher.setAAD(Buffer.concat([header, Buffer.from(name)]));
    decipher.setAuthTag(section.subarray(section.length - tagBytes));
    const bytes = decipher.update(section.subarray(nonceBytes, section.length - tagBytes));
    decipher.final();
    return bytes;
  } catch {
    return undefined;
  }
}

function sum(bytes: Uint8Array, header: Uint8Array, name: string): Buffer {
  return createHash('sha256').update(header).update(name).update(bytes).digest();
}
