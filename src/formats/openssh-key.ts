/**
 * Ed25519 keys as OpenSSH keeps them in a file (PROTOCOL.key of OpenSSH), without a passphrase: the form of `~/.ollama/id_ed25519`, which
 * Ollama and Corral share.
 */
import { CorralError } from '../core/corral-error.ts';

export interface Ed25519Key {
  /** 32 bytes from which everything else follows. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

const magic = 'openssh-key-v1\0';
const keyType = 'ssh-ed25519';
const pemBegin = '-----BEGIN OPENSSH PRIVATE KEY-----';
const pemEnd = '-----END OPENSSH PRIVATE KEY-----';
const pemColumns = 64;
/** The padding brings the private part to a multiple of this, the block of the absent cipher. */
const blockBytes = 8;

/** Throws `registry_denied` for anything but an Ed25519 key without passphrase. Quotes nothing of `text`. */
export function parseOpensshKey(text: string): Ed25519Key {
  const begin = text.indexOf(pemBegin);
  const end = text.indexOf(pemEnd);
  if (begin === -1 || end < begin) throw badKey('not an OpenSSH private key');
  const outer = new Fields(Buffer.from(text.slice(begin + pemBegin.length, end), 'base64'));
  if (outer.bytes(magic.length).toString('latin1') !== magic) throw badKey('not an OpenSSH private key');
  const cipher = outer.text();
  if (cipher !== 'none') throw badKey('it has a passphrase');
  outer.field();
  outer.field();
  if (outer.number() !== 1) throw badKey('it does not hold one key');
  outer.field();
  const inner = new Fields(outer.field());
  if (inner.number() !== inner.number()) throw badKey('it is damaged');
  if (inner.text() !== keyType) throw badKey('not an Ed25519 key');
  const publicKey = inner.field();
  const secret = inner.field();
  if (publicKey.length !== 32 || secret.length !== 64) throw badKey('it is damaged');
  return { seed: Uint8Array.from(secret.subarray(0, 32)), publicKey: Uint8Array.from(publicKey) };
}

/** The file's text for a key. `check` is any number; readers compare its two copies. */
export function printOpensshKey({ seed, publicKey }: Ed25519Key, check: number): string {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(check);
  const inner = Buffer.concat([
    number,
    number,
    field(keyType),
    field(publicKey),
    secretField(seed, publicKey),
    field(''),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (blockBytes - (inner.length % blockBytes)) % blockBytes }, (_, index) => index + 1),
  );
  const one = Buffer.from([0, 0, 0, 1]);
  const outer = Buffer.concat([
    Buffer.from(magic, 'latin1'),
    field('none'),
    field('none'),
    field(''),
    one,
    field(sshPublicKey(publicKey)),
    field(Buffer.concat([inner, padding])),
  ]);
  const lines = outer.toString('base64').match(new RegExp(`.{1,${pemColumns}}`, 'g')) ?? [];
  return [pemBegin, ...lines, pemEnd, ''].join('\n');
}

/** The public key as SSH sends it; its base64 is the middle of a line of `id_ed25519.pub`. */
export function sshPublicKey(publicKey: Uint8Array): Buffer {
  return Buffer.concat([field(keyType), field(publicKey)]);
}

function secretField(seed: Uint8Array, publicKey: Uint8Array): Buffer {
  return field(Buffer.concat([seed, publicKey]));
}

function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads lengths and fields; every length is checked against what is there. */
class Fields {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw badKey('it is cut off');
    const part = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return part;
  }

  number(): number {
    return this.bytes(4).readUInt32BE();
  }

  field(): Buffer {
    return this.bytes(this.number());
  }

  text(): string {
    return this.field().toString('latin1');
  }
}

function badKey(reason: string): CorralError {
  return new CorralError('registry_denied', `the key id_ed25519 can't be used: ${reason}`, {
    hint: 'Move it away from the .ollama folder; a new one is made when one is needed.',
  });
}
