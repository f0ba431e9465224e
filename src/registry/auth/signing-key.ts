/**
 * The user's key, `~/.ollama/id_ed25519`, with which token servers of Ollama's kind recognise a user. It is made when it is first needed
 * and there is none, in the form and with the rights that Ollama gives it, so that both programs are the same user.
 */
import { createPrivateKey, generateKeyPairSync, randomInt, sign } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CorralError } from '../../core/corral-error.ts';
import { parseOpensshKey, printOpensshKey, sshPublicKey, type Ed25519Key } from '../../formats/openssh-key.ts';

const keyFile = 'id_ed25519';

// RFC 8410: an Ed25519 private key in PKCS #8 is these bytes and the seed.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** `<public key>:<signature of text>`, both base64: the value of Ollama's authorization header. Throws `registry_denied`. */
export async function signWithUserKey(homeDir: string, text: string): Promise<string> {
  const { seed, publicKey } = await userKey(homeDir);
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
  const signature = sign(null, Buffer.from(text), key);
  return `${sshPublicKey(publicKey).toString('base64')}:${signature.toString('base64')}`;
}

async function userKey(homeDir: string): Promise<Ed25519Key> {
  const path = join(homeDir, keyFile);
  const text = await readText(path);
  if (text !== undefined) return parseOpensshKey(text);
  const key = newKey();
  try {
    await mkdir(homeDir, { recursive: true });
    await writeFile(path, printOpensshKey(key, randomInt(2 ** 32 - 1)), { mode: 0o600, flag: 'wx' });
    await writeFile(`${path}.pub`, `ssh-ed25519 ${sshPublicKey(key.publicKey).toString('base64')}\n`);
    return key;
  } catch (error) {
    // Another process made one in the same moment: that is the user's key then.
    const made = await readText(path);
    if (made !== undefined) return parseOpensshKey(made);
    throw unusable(error);
  }
}

function newKey(): Ed25519Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
  const open = publicKey.export({ format: 'der', type: 'spki' });
  return { seed: Uint8Array.from(secret.subarray(-32)), publicKey: Uint8Array.from(open.subarray(-32)) };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unusable(error);
  }
}

function unusable(cause: unknown): CorralError {
  return new CorralError('registry_denied', "the key id_ed25519 can't be read or made", {
    hint: 'Check the rights of the .ollama folder and of the key in it.',
    cause,
  });
}
