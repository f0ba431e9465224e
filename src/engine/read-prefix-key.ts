/** The key under which prefix files are encrypted, from the file that CORRAL_PREFIX_KEY_FILE names. */
import { readFile } from 'node:fs/promises';
import { CorralError } from '../core/corral-error.ts';
import { fewestKeyBytes, sealingKey } from '../formats/prefix-file/section.ts';

/** A key file is text or bytes of about a key's size; a larger one is a mistake. */
const mostKeyFileBytes = 65_536;

/** Throws `bad_setting` where the file can't be read or holds too little: then nothing must be written unencrypted. */
export async function readPrefixKey(file: string): Promise<Buffer> {
  const secret = await readFile(file).catch((cause: unknown) => {
    throw new CorralError('bad_setting', 'the file that CORRAL_PREFIX_KEY_FILE names can not be read', { cause, hint });
  });
  if (secret.length < fewestKeyBytes || secret.length > mostKeyFileBytes) {
    throw new CorralError('bad_setting', `the key file must hold ${fewestKeyBytes} to ${mostKeyFileBytes} bytes`, {
      hint,
    });
  }
  return sealingKey(secret);
}

const hint = 'Make one with: head -c 32 /dev/urandom > KEYFILE && chmod 600 KEYFILE';
